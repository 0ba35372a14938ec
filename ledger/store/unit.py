"""One unit of work: under the head's lock, load what documents touch, let the engine post them, write everything, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from ledger.books.layout import CLOSINGS, INDEX, closing_path, documents_path, entries_path
from ledger.chart import Chart
from ledger.documents.closing import PERIOD_KINDS
from ledger.engine import Engine, with_hash
from ledger.journal.cash import by_month, cash_up
from ledger.journal.closings_file import closings_text
from ledger.journal.documents_file import document_line
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.journal.sums import add_up, count_orders, total_customers, with_contribution
from ledger.journal.text import declare_commodity, open_account
from ledger.limits import COPY_ROWS_MIN, OUTBOX_TEXT
from ledger.state.records import Account, Head, JournalMonth, Order, Sku
from ledger.state.working import State
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.driver import pipelined
from ledger.store.period_events import event_of, period_events
from ledger.store.reader import SqlReader
from ledger.store.sql import add_rows, delete_rows, insert_rows, update_rows
from ledger.store.unmoved import Beside, move_all

_ROW_OF = {record: attrgetter(*(c.name for c in table.columns)) for record, table in tables.RECORD_TABLES.items()}

_KEYS_OF = {
    record: tuple(i for i, column in enumerate(table.columns) if column.primary_key) for record, table in tables.RECORD_TABLES.items()
}


@contextmanager
def unit_of_work(
    database: Database, chart: Chart, now: Callable[[], str], *, publish: bool = True, beside: Beside | None = None
) -> Iterator[Engine]:
    """Open a unit of work; what the engine holds at the end is written and committed in one piece.

    `publish` false keeps its text out of the outbox: a rebuild finds it in the books already. While rows of a long document are on
    their way it loads around those that `beside` names; where it knows nothing of them it moves them first.
    """
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
        reader = SqlReader(connection)
        engine = Engine(chart, State(reader), now)
        if batch := engine.state.head.unmoved:
            if beside is not None and beside.batch == batch:
                reader.beside = beside
            else:
                move_all(connection)
        yield engine
        write(connection, engine, publish=publish)
    engine.state.let_go()


class HeadMoved(Exception):
    """Somebody else has posted since an engine began."""


def write_on(database: Database, engine: Engine, *, publish: bool) -> None:
    """Write and commit what an engine has worked out without the lock; HeadMoved where the head is another one by now."""
    stored = engine.state[Head].stored(1)
    if stored is None:
        return
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
        head = SqlReader(connection).load(Head, Head.key, "", (1,))[0]
        if replace(head, outbox=0) != replace(Head(*stored), outbox=0):
            raise HeadMoved
        # Text is numbered where it is written: the working set of the batch before does not know how much that was.
        engine.state.head.outbox = head.outbox
        write(connection, engine, publish=publish)


def write(connection: Connection, engine: Engine, *, publish: bool) -> None:
    """Write what an engine holds: rows, entries, sums and, with `publish`, the text that goes into the books."""
    if not engine.documents:
        return
    outbox = outbox_rows(connection, engine) if publish else []
    # So many documents have rows that come by COPY, which has no pipeline.
    with pipelined(connection) if len(engine.documents) < COPY_ROWS_MIN else nullcontext():
        _write_all(connection, engine, outbox)


def _write_all(connection: Connection, engine: Engine, outbox: list[tuple[int, int, str, str]]) -> None:
    write_records(connection, engine.state)
    write_entries(connection, engine.entries)
    insert_rows(
        connection,
        tables.posting,
        [row for entry in engine.entries if not entry.closing for row in posting_rows(entry.id, entry.date, entry.postings)],
    )
    closing = [(e.id, line, p.account, p.amount) for e in engine.entries if e.closing for line, p in enumerate(e.postings)]
    insert_rows(connection, tables.closing_posting, closing)
    for table, rows in sum_rows(engine.entries, engine.chart).items():
        add_rows(connection, table, rows)
    counted = count_orders(engine.state[Order].changes()[0])
    add_rows(connection, tables.order_month, [(*key, count) for key, count in sorted(counted.items())])
    add_cash(connection, engine)
    insert_rows(connection, tables.outbox, outbox)


def write_records(connection: Connection, state: State) -> None:
    """Write the rows that a working set has added, changed and removed."""
    for record in state.changed():
        table = tables.RECORD_TABLES[record]
        if gone := state[record].gone():
            delete_rows(connection, table, [key if isinstance(key, tuple) else (key,) for key in gone])
        insert_rows(connection, table, new_rows(state, record))
        for columns, rows in changed_rows(state, record).items():
            update_rows(connection, table, columns, rows)


def write_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries without their postings."""
    insert_rows(connection, tables.entry, [_entry_row(entry) for entry in entries])


def new_rows(state: State, record: type[Any]) -> list[tuple[Any, ...]]:
    """Return what INSERT needs: the rows that a working set has added."""
    return [_ROW_OF[record](row) for row in state[record].changes()[0]]


def changed_rows(state: State, record: type[Any]) -> dict[tuple[int, ...], list[tuple[Any, ...]]]:
    """Return what UPDATE needs, by the positions of the columns that change: their new values and the key of each row."""
    found: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for columns, values in state[record].changed_values():
        found.setdefault(columns, []).append(values)
    keys = _KEYS_OF[record]
    return {columns: list(map(itemgetter(*columns, *keys), rows)) for columns, rows in found.items()}


def sum_rows(entries: Iterable[Entry | Draft], chart: Chart) -> dict[Table, list[tuple[Any, ...]]]:
    """Return what entries add to the kept sums, by table: key, then amounts."""
    found = add_up(entries, chart)
    by_table: tuple[tuple[Table, Mapping[Any, list[int]]], ...] = (
        (tables.account_month, found.accounts),
        (tables.account_day, found.account_days),
        (tables.currency_month, found.currencies),
        (tables.view_day, found.view_days),
        (tables.dimension_day, found.dimension_days),
        (tables.cohort_shift, found.shifts),
    )
    ranked: tuple[tuple[Table, Mapping[Any, list[int]]], ...] = (
        (tables.dimension_month, found.dimensions),
        (tables.customer_total, total_customers(found.dimensions)),
        (tables.order_profit, found.orders),
    )
    return {
        **{table: [(*key, *sums) for key, sums in sorted(rows.items())] for table, rows in by_table},
        **{table: [(*key, *with_contribution(sums)) for key, sums in sorted(rows.items())] for table, rows in ranked},
    }


def add_cash(connection: Connection, engine: Engine) -> None:
    """Add what entries did to cash."""
    cash = cash_up(engine.entries, {row.seq: row.kind for row in engine.documents}, engine.chart)
    for table, amounts in ((tables.cash_day, cash), (tables.cash_month, by_month(cash))):
        add_rows(connection, table, [(*key, amount) for key, amount in sorted(amounts.items())])


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


def posting_rows(entry_id: int, date: str, postings: Iterable[Posting]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an entry's postings."""
    for line, p in enumerate(postings):
        yield (
            entry_id,
            line,
            date,
            p.account,
            p.amount,
            p.order.id if p.order is not None else None,
            p.sku,
            p.party,
            p.reference,
            p.carrier,
            p.supplier,
            p.quantity,
            p.lot.id if p.lot is not None else None,
            p.currency,
            p.foreign,
        )


def outbox_rows(connection: Connection, engine: Engine) -> list[tuple[int, int, str, str]]:
    """Return what the publisher has to append, numbered: (id, document, file, text)."""
    texts = list(_outbox_texts(connection, engine))
    return [(number, *text) for number, text in zip(engine.state.take_outbox(len(texts)), texts, strict=True)]


def _outbox_texts(connection: Connection, engine: Engine) -> Iterator[tuple[int, str, str]]:
    """Yield (document, file, text): openings first, then each document's entries and its own line.

    What some documents in a row add to one file is one row: they are read, written and dropped by the thousand. `document` is the last
    one that stands whole in the books once the row does.
    """
    opened = index_text(engine)
    if opened:
        yield engine.documents[0].seq, INDEX, opened
    currency = engine.chart.currency
    lock_moves = any(row.kind in PERIOD_KINDS for row in engine.documents)
    events = period_events(connection, currency) if lock_moves else []
    entries: dict[int, list[Entry]] = {}
    for entry in engine.entries:
        entries.setdefault(entry.seq, []).append(entry)
    texts: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    whole, size = engine.documents[0].seq - 1, 0
    for row in engine.documents:
        own = entries.get(row.seq, ())
        for entry in own:
            texts.setdefault(text_path(entry), []).append(with_hash(entry))
            size += len(entry.text)
        if row.kind in PERIOD_KINDS:
            events.append(event_of(row, currency))
            texts[CLOSINGS] = [closings_text(events, currency)]
        lines.setdefault(documents_path(row.date[:7]), []).append(document_line(row, own))
        size += len(row.body)
        if size >= OUTBOX_TEXT or row is engine.documents[-1]:
            *before, last = [(path, "".join(pieces)) for found in (texts, lines) for path, pieces in found.items()]
            yield from ((whole, *text) for text in before)
            yield row.seq, *last
            texts, lines, whole, size = {}, {}, row.seq, 0


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
