"""The rows that an engine's work comes to: made first, in whichever process has time for it, and written step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from ledger.chart import Chart
from ledger.engine import Engine
from ledger.journal.cash import by_month, cash_up
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.journal.sums import add_up, count_orders, total_customers, with_contribution
from ledger.state.records import Head, Order
from ledger.state.working import State
from ledger.store import tables
from ledger.store.sql import add_rows, delete_rows, insert_rows, update_rows

_ROW_OF = {record: attrgetter(*(c.name for c in table.columns)) for record, table in tables.RECORD_TABLES.items()}

_KEYS_OF = {record: tuple(table.columns.keys().index(column) for column in record.key) for record, table in tables.RECORD_TABLES.items()}

Step = Callable[[Connection], None]
"""Writes rows into one table."""


class _Step:
    """A function of `ledger.store.sql` with all that it needs but the connection."""

    __slots__ = ("_given", "_write")

    def __init__(self, write: Callable[..., None], *given: Any) -> None:
        self._write = write
        self._given = given

    def __call__(self, connection: Connection) -> None:
        self._write(connection, *self._given)


def steps_of(engine: Engine) -> list[Step]:
    """Return what writes all that an engine holds, but the head and the text: numbers of the text are given where it is written."""
    state, entries = engine.state, engine.entries
    counted = count_orders(state[Order].changes()[0])
    return [
        *_record_steps(state, [record for record in state.changed() if record is not Head]),
        _Step(insert_rows, tables.entry, entry_rows(entries)),
        _Step(insert_rows, tables.posting, [row for e in entries if not e.closing for row in posting_rows(e.id, e.date, e.postings)]),
        _Step(
            insert_rows,
            tables.closing_posting,
            [(e.id, line, p.account, p.amount) for e in entries if e.closing for line, p in enumerate(e.postings)],
        ),
        *(_Step(add_rows, table, rows) for table, rows in sum_rows(entries, engine.chart).items()),
        _Step(add_rows, tables.order_month, [(*key, count) for key, count in sorted(counted.items())]),
        *_cash_steps(engine),
    ]


def write_records(connection: Connection, state: State, records: Collection[type[Any]] | None = None) -> None:
    """Write the rows that a working set has added, changed and removed, of all tables or of some."""
    for step in _record_steps(state, [record for record in state.changed() if records is None or record in records]):
        step(connection)


def _record_steps(state: State, records: Iterable[type[Any]]) -> Iterator[Step]:
    for record in records:
        table = tables.RECORD_TABLES[record]
        if gone := state[record].gone():
            yield _Step(delete_rows, table, [key if isinstance(key, tuple) else (key,) for key in gone])
        yield _Step(insert_rows, table, new_rows(state, record))
        for columns, rows in changed_rows(state, record).items():
            yield _Step(update_rows, table, columns, rows)


def write_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries without their postings."""
    insert_rows(connection, tables.entry, entry_rows(entries))


def entry_rows(entries: Iterable[Entry]) -> list[tuple[Any, ...]]:
    """Return the rows of entries, without their postings."""
    return [_entry_row(entry) for entry in entries]


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
    for step in _cash_steps(engine):
        step(connection)


def _cash_steps(engine: Engine) -> Iterator[Step]:
    cash = cash_up(engine.entries, {row.seq: row.kind for row in engine.documents}, engine.chart)
    for table, amounts in ((tables.cash_day, cash), (tables.cash_month, by_month(cash))):
        yield _Step(add_rows, table, [(*key, amount) for key, amount in sorted(amounts.items())])


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
        entry.text_digest,
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
