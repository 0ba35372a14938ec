"""One long document, prepared beside the queue: its rows wait in temporary tables until the writer brings them over in one transaction.

Temporary tables belong to one connection, so that filling them locks nobody out, nobody sees them, and a kill leaves nothing of them.
The transaction then gives the numbers, which nobody can know before, and moves the rows inside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import Connection, Table

from ledger.chart import Chart
from ledger.engine import Engine, Posted, Worked
from ledger.state.records import (
    RECORDS,
    Billed,
    Consumption,
    DocumentRow,
    FreightMonth,
    Head,
    Lot,
    Order,
    Shipment,
    Waiting,
    WaitingReference,
)
from ledger.state.watch import Commit, holds
from ledger.state.working import State
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.sql import insert_text, many, mark
from ledger.store.unit import (
    SqlReader,
    add_cash,
    changed_rows,
    new_rows,
    outbox_rows,
    posting_rows,
    sum_rows,
    write_entries,
    write_records,
)

Number = Literal["seq", "id", "entry"]
"""What staged numbers are counted from: the document's number, internal numbers, the number of its first entry."""

_NEW: dict[type[Any], Mapping[str, Number]] = {
    Billed: {"id": "id", "document_seq": "seq"},
    Waiting: {"id": "id", "document_seq": "seq"},
    WaitingReference: {"waiting_id": "id"},
}
"""Records that a prepared document may add, with their columns that hold numbers given out for it."""

_CHANGED: dict[type[Any], Mapping[str, Number]] = {Order: {}, Shipment: {"billed": "seq"}, Lot: {}, Consumption: {}}
"""Records that it may change, with the columns that it sets to numbers of its own."""

_GIVEN_AT_THE_END = (Head, DocumentRow)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document worked out on a snapshot of the store; `next_id` is the last internal number given out before it."""

    state: State
    chart: Chart
    worked: Worked
    next_id: int
    closed_through: str

    @property
    def movable(self) -> bool:
        """Tell whether it changes only what can be staged; anything else is posted in the queue."""
        for record in RECORDS:
            new, changed = self.state[record].changes()
            if record in _GIVEN_AT_THE_END or record is FreightMonth:
                continue
            if (new and record not in _NEW) or (changed and record not in _CHANGED) or self.state[record].gone():
                return False
        return not any(draft.closing for draft in self.worked.drafts)


@dataclass(slots=True)
class Staged:
    """A prepared document whose rows are staged on `connection`. `moves` are statements with the numbers that their marks stand for."""

    connection: Connection
    prepared: Prepared
    moves: list[tuple[str, tuple[Number, ...]]] = field(default_factory=list)

    def commit(self, now: Callable[[], str], commits: Sequence[Commit]) -> Posted | None:
        """Number it and move its rows in one transaction; None, and nothing written, where it does not hold after `commits`."""
        prepared, connection = self.prepared, self.connection
        with connection.begin() as transaction:
            # A first statement that writes takes the lock on either store; nothing was read before it.
            connection.exec_driver_sql("UPDATE head SET id = id WHERE id = 1")
            engine = Engine(prepared.chart, State(SqlReader(connection)), now)
            head = engine.state.head
            if head.closed_through != prepared.closed_through or not holds(prepared.state, commits, head.seq):
                transaction.rollback()
                return None
            shifts: dict[Number, int] = {"id": head.next_id - prepared.next_id, "entry": head.entry + 1}
            engine.state[Head].edit(head).next_id += prepared.state.head.next_id - prepared.next_id
            posted = engine.number(prepared.worked)
            shifts["seq"] = posted.row.seq - prepared.worked.row.seq
            outbox = outbox_rows(connection, engine)
            write_records(connection, engine.state)
            write_entries(connection, engine.entries)
            add_cash(connection, engine)
            many(connection, insert_text(tables.outbox, mark(connection)), outbox)
            for statement, numbers in self.moves:
                connection.exec_driver_sql(statement, tuple(shifts[number] for number in numbers))
        return posted


@contextmanager
def staged(database: Database, prepared: Prepared) -> Iterator[Staged]:
    """Stage a prepared document; its temporary tables are gone after the block."""
    with database.alone() as connection:
        one = Staged(connection, prepared)
        with connection.begin():
            for record, numbers in _NEW.items():
                _stage_insert(one, tables.RECORD_TABLES[record], new_rows(prepared.state, record), numbers)
            drafts = enumerate(prepared.worked.drafts)
            postings = [row for i, draft in drafts for row in posting_rows(i, draft.date, draft.postings)]
            _stage_insert(one, tables.posting, postings, {"entry_id": "entry"})
            for record, numbers in _CHANGED.items():
                for columns, rows in changed_rows(prepared.state, record).items():
                    _stage_update(one, tables.RECORD_TABLES[record], columns, rows, numbers)
            for table, rows in _sums(prepared).items():
                _stage_add(one, table, rows)
        yield one


def _sums(prepared: Prepared) -> dict[Table, list[tuple[Any, ...]]]:
    return {
        **sum_rows(prepared.worked.drafts, prepared.chart),
        tables.RECORD_TABLES[FreightMonth]: [(row.name, row.month, amount) for row, amount in _freight_months(prepared.state)],
    }


def _freight_months(state: State) -> Iterator[tuple[FreightMonth, int]]:
    table = state[FreightMonth]
    new, changed = table.changes()
    yield from ((row, row.amount) for row in new)
    yield from ((row, row.amount - table.dirty[row.name, row.month].amount) for row in changed)


def _stage_insert(one: Staged, table: Table, rows: Sequence[tuple[Any, ...]], numbers: Mapping[str, Number]) -> None:
    if not rows:
        return
    columns = [column.name for column in table.columns]
    source = _fill(one, table, columns, rows)
    place = mark(one.connection)
    values = ", ".join(f"{name} + {place}" if name in numbers else name for name in columns)
    shifted = tuple(numbers[name] for name in columns if name in numbers)
    one.moves.append((f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {values} FROM {source}", shifted))


def _stage_update(
    one: Staged, table: Table, positions: tuple[int, ...], rows: Sequence[tuple[Any, ...]], numbers: Mapping[str, Number]
) -> None:
    keys = [column.name for column in table.primary_key]
    changed = [list(table.columns)[position].name for position in positions]
    source = _fill(one, table, [*changed, *keys], sorted(rows, key=itemgetter(slice(len(changed), None))))
    place = mark(one.connection)
    sets = ", ".join(f"{name} = s.{name}" + (f" + {place}" if name in numbers else "") for name in changed)
    match = " AND ".join(f"{table.name}.{name} = s.{name}" for name in keys)
    shifted = tuple(numbers[name] for name in changed if name in numbers)
    one.moves.append((f"UPDATE {table.name} SET {sets} FROM {source} AS s WHERE {match}", shifted))


def _stage_add(one: Staged, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    columns = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    source = _fill(one, table, columns, rows)
    names = ", ".join(columns)
    sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in columns if name not in keys)
    # SQLite takes ON after a bare FROM for a join.
    insert = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source} WHERE true"
    one.moves.append((f"{insert} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}", ()))


def _fill(one: Staged, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> str:
    """Make a temporary table of some columns of `table`, fill it and return its name."""
    connection = one.connection
    name, names = f"staged_{len(one.moves)}", ", ".join(columns)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} AS SELECT {names} FROM {table.name} WHERE 1 = 0")
    if connection.dialect.name == "sqlite":
        many(connection, f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
        return name
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
    connection.exec_driver_sql(f"ANALYZE {name}")
    return name
