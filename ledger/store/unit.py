"""One unit of work: under the head's lock, load what documents touch, let the engine post them, write everything, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from ledger.books.layout import CLOSINGS, INDEX, closing_path, documents_path, entries_path
from ledger.chart import Chart
from ledger.documents.closing import PERIOD_KINDS
from ledger.engine import Engine, with_hash
from ledger.journal.cash import by_month, cash_up
from ledger.journal.closings_file import closings_text
from ledger.journal.documents_file import document_line
from ledger.journal.entry import Entry
from ledger.journal.sums import add_up, count_orders, total_customers, with_contribution
from ledger.journal.text import declare_commodity, open_account
from ledger.state.records import RECORDS, Account, JournalMonth, Order, Sku
from ledger.state.working import Moved, State
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.period_events import event_of, period_events
from ledger.store.sql import add_text, delete_text, insert_text, many, mark, select_in, update_text

_ROW_OF = {record: attrgetter(*(c.name for c in table.columns)) for record, table in tables.RECORD_TABLES.items()}
_CHANGED_OF = {
    record: attrgetter(*(c.name for c in table.columns if not c.primary_key), *(c.name for c in table.columns if c.primary_key))
    for record, table in tables.RECORD_TABLES.items()
    if any(not c.primary_key for c in table.columns)
}


class SqlReader:
    """Loads records from the store's tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the rows whose `columns` equal one of `keys`, as records."""
        rows = select_in(self.connection, tables.RECORD_TABLES[record], columns, condition, keys)
        return [record(*row) for row in rows]

    def posted(self, seq: int) -> list[Moved]:
        """Return what the entries of a document posted, in order."""
        p, e = tables.posting.c, tables.entry.c
        columns = (p.account, p.amount, p.order_id, p.sku, p.party, p.reference, p.carrier, p.supplier, p.lot_id)
        query = select(*columns).join_from(tables.entry, tables.posting, e.id == p.entry_id).where(e.seq == seq, e.reverses.is_(None))
        return [Moved(*row) for row in self.connection.execute(query.order_by(e.id, p.line))]


@contextmanager
def unit_of_work(database: Database, chart: Chart, now: Callable[[], str], *, publish: bool = True) -> Iterator[Engine]:
    """Open a unit of work; what the engine holds at the end is written and committed in one piece.

    `publish` false keeps its text out of the outbox: a rebuild finds it in the books already.
    """
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
        engine = Engine(chart, State(SqlReader(connection)), now)
        yield engine
        if engine.documents:
            _write(connection, engine, list(_outbox(connection, engine)) if publish else [])


def _write(connection: Connection, engine: Engine, outbox: list[tuple[int, int, str, str]]) -> None:
    place = mark(connection)
    for record in RECORDS:
        table = tables.RECORD_TABLES[record]
        new, changed = engine.state[record].changes()
        if gone := engine.state[record].gone():
            many(connection, delete_text(table, place), [key if isinstance(key, tuple) else (key,) for key in gone])
        many(connection, insert_text(table, place), [_ROW_OF[record](row) for row in new])
        if changed:
            many(connection, update_text(table, place), [_CHANGED_OF[record](row) for row in changed])
    many(connection, insert_text(tables.entry, place), [_entry_row(entry) for entry in engine.entries])
    many(
        connection,
        insert_text(tables.posting, place),
        [row for entry in engine.entries if not entry.closing for row in _posting_rows(entry)],
    )
    closing = [(e.id, line, p.account, p.amount) for e in engine.entries if e.closing for line, p in enumerate(e.postings)]
    many(connection, insert_text(tables.closing_posting, place), closing)
    _add_sums(connection, engine)
    many(connection, insert_text(tables.outbox, place), outbox)


def _add_sums(connection: Connection, engine: Engine) -> None:
    place = mark(connection)
    found = add_up(engine.entries, engine.chart)
    for table, rows in (
        (tables.account_month, found.accounts),
        (tables.account_day, found.account_days),
        (tables.dimension_day, found.dimension_days),
        (tables.cohort_shift, found.shifts),
    ):
        many(connection, add_text(table, place), [(*key, *sums) for key, sums in sorted(rows.items())])
    for ranked, profits in (
        (tables.dimension_month, found.dimensions),
        (tables.customer_total, total_customers(found.dimensions)),
        (tables.order_profit, found.orders),
    ):
        many(connection, add_text(ranked, place), [(*key, *with_contribution(sums)) for key, sums in sorted(profits.items())])
    counted = count_orders(engine.state[Order].changes()[0])
    many(connection, add_text(tables.order_month, place), [(*key, count) for key, count in sorted(counted.items())])
    cash = cash_up(engine.entries, {row.seq: row.kind for row in engine.documents}, engine.chart)
    for table, amounts in ((tables.cash_day, cash), (tables.cash_month, by_month(cash))):
        many(connection, add_text(table, place), [(*key, amount) for key, amount in sorted(amounts.items())])


def _entry_row(entry: Entry) -> tuple[Any, ...]:
    order_id = entry.order.id if entry.order is not None else None
    return (
        entry.id,
        entry.seq,
        entry.date,
        entry.voucher,
        entry.payee,
        entry.narration,
        order_id,
        entry.document_digest,
        entry.text_digest,
        entry.previous_hash,
        entry.hash,
        entry.reverses,
    )


def _posting_rows(entry: Entry) -> Iterator[tuple[Any, ...]]:
    for line, p in enumerate(entry.postings):
        order_id = p.order.id if p.order is not None else None
        lot_id = p.lot.id if p.lot is not None else None
        traced = (p.sku, p.party, p.reference, p.carrier, p.supplier, p.quantity, lot_id)
        yield (entry.id, line, entry.date, p.account, p.amount, order_id, *traced)


def _outbox(connection: Connection, engine: Engine) -> Iterator[tuple[int, int, str, str]]:
    """Yield what the publisher has to append: openings first, then each document's entries and its own line."""
    state = engine.state
    opened = index_text(engine)
    if opened:
        yield state.next_outbox(), engine.documents[0].seq, INDEX, opened
    currency = engine.chart.currency
    lock_moves = any(row.kind in PERIOD_KINDS for row in engine.documents)
    events = period_events(connection, currency) if lock_moves else []
    entries: dict[int, list[Entry]] = {}
    for entry in engine.entries:
        entries.setdefault(entry.seq, []).append(entry)
    for row in engine.documents:
        texts: dict[str, list[str]] = {}
        for entry in entries.get(row.seq, ()):
            texts.setdefault(text_path(entry), []).append(with_hash(entry))
        for path, blocks in texts.items():
            yield state.next_outbox(), row.seq, path, "".join(blocks)
        if row.kind in PERIOD_KINDS:
            events.append(event_of(row, currency))
            yield state.next_outbox(), row.seq, CLOSINGS, closings_text(events, currency)
        yield state.next_outbox(), row.seq, documents_path(row.date[:7]), document_line(row, entries.get(row.seq, ()))


def text_path(entry: Entry) -> str:
    """Return the file that an entry's text belongs into."""
    return closing_path(entry.month) if entry.closing else entries_path(entry.month)


def index_text(engine: Engine) -> str:
    """Return what a batch adds to the journal's index: commodities, accounts, and the files of new months."""
    state = engine.state
    opened = "".join(declare_commodity(row.commodity, row.sku) for row in state[Sku].changes()[0])
    opened += "".join(open_account(row.name, row.raw, row.role) for row in state[Account].changes()[0])
    months = sorted(row.month for row in state[JournalMonth].changes()[0])
    return opened + "".join(f'include "{entries_path(month).partition("/")[2]}"\n' for month in months)
