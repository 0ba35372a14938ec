"""One long document, prepared beside the queue and posted in turns of the writer: rows written ahead, the document, rows moved.

The document is posted in one short transaction, which gives the numbers that nobody can know before. `ledger.store.unmoved` says why
half of it is never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Table, Transaction

from ledger.chart import Chart
from ledger.engine import Engine, Posted, Worked
from ledger.limits import AHEAD_BYTES_MAX, AT_ONCE_ROWS_MAX
from ledger.owner import owner_name
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
from ledger.store.reader import SqlReader
from ledger.store.rows import (
    add_cash,
    changed_rows,
    new_rows,
    posting_rows,
    sum_rows,
    write_entries,
    write_records,
)
from ledger.store.sql import insert_rows
from ledger.store.unit import outbox_rows
from ledger.store.unmoved import Beside, Number, Piece, forget, is_ahead, move, post, write_ahead

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
            if changed and self._regroups(record):
                return False
        return not any(draft.closing for draft in self.worked.drafts)

    def _regroups(self, record: type[Any]) -> bool:
        """Tell whether a changed row is asked for by other values now: others could not tell that it is on its way."""
        asked = {column for columns, condition in record.indexes.values() for column in (*columns, *condition.split()[:1])}
        names = tables.RECORD_TABLES[record].columns.keys()
        return any(names[position] in asked for positions, _ in self.state[record].changed_values() for position in positions)

    def rows(self) -> Iterator[Piece]:
        """Yield its rows by table: new ones, changed ones, and what is added to sums."""
        for record, numbers in _NEW.items():
            yield Piece(
                tables.RECORD_TABLES[record], "insert", new_rows(self.state, record), numbers=_places(tables.RECORD_TABLES[record], numbers)
            )
        drafts = enumerate(self.worked.drafts)
        postings = [row for i, draft in drafts for row in posting_rows(i, draft.date, draft.postings)]
        yield Piece(tables.posting, "insert", postings, numbers=_places(tables.posting, {"entry_id": "entry"}))
        for record, numbers in _CHANGED.items():
            table = tables.RECORD_TABLES[record]
            keys = [column.name for column in table.primary_key]
            for columns, rows in changed_rows(self.state, record).items():
                names = [list(table.columns)[position].name for position in columns]
                places = {place: numbers[name] for place, name in enumerate(names) if name in numbers}
                yield Piece(table, "update", sorted(rows, key=itemgetter(slice(len(names), len(names) + len(keys)))), columns, places)
        for table, sums in sum_rows(self.worked.drafts, self.chart).items():
            yield Piece(table, "add", sums)
        yield Piece(
            tables.RECORD_TABLES[FreightMonth], "add", [(row.name, row.month, amount) for row, amount in _freight_months(self.state)]
        )

    def beside(self, batch: str, shifts: Mapping[Number, int]) -> Beside:
        """Return what others must not load before its rows are moved. `shifts`: what its own numbers are shifted by."""
        changed = {record: frozenset(map(attrgetter(*record.key), self.state[record].changes()[1])) for record in _CHANGED}
        added: dict[type[Any], dict[tuple[str, ...], frozenset[Any]]] = {}
        for record, numbers in _NEW.items():
            table = tables.RECORD_TABLES[record]
            own = {place: shifts[number] for place, number in _places(table, numbers).items()}
            rows = [
                tuple(value + own.get(place, 0) if place in own else value for place, value in enumerate(row))
                for row in new_rows(self.state, record)
            ]
            if rows:
                added[record] = {
                    group: frozenset(map(itemgetter(*(table.columns.keys().index(name) for name in group)), rows))
                    for group in {record.key, *(columns for columns, _ in record.indexes.values())}
                }
        return Beside(batch, {record: keys for record, keys in changed.items() if keys}, added)


@dataclass(slots=True)
class Staged:
    """A prepared document whose rows, cut in pieces, are written ahead as `texts` (`ahead` of them are), and moved in turns.

    No texts: the rows are so few that they are written where the document is posted.
    """

    connection: Connection
    prepared: Prepared
    pieces: dict[int, Piece]
    texts: Sequence[str]
    batch: str
    ahead: int = 0
    posted: bool = False

    def write_ahead(self, now: Callable[[], str]) -> bool:
        """Write the next pieces ahead; tell whether there are more."""
        size, following = 0, []
        for text in self.texts[self.ahead :]:
            following.append(text)
            size += len(text)
            if size >= AHEAD_BYTES_MAX:
                break
        with self._turn(lasting=False):
            write_ahead(self.connection, self.batch, self.ahead + 1, following, now())
        self.ahead += len(following)
        return self.ahead < len(self.texts)

    def commit(self, now: Callable[[], str], commits: Sequence[Commit]) -> tuple[Posted, Beside] | None:
        """Number and post it; None, and nothing written, where it does not hold after `commits`.

        From then on its rows are on their way: others must not load what is `Beside` (nothing, where the batch is "") until `move` has
        said that all are moved.
        """
        prepared, connection = self.prepared, self.connection
        with self._turn(lasting=True) as transaction:
            _lock(connection)
            engine = Engine(prepared.chart, State(SqlReader(connection)), now)
            head = engine.state.head
            stale = head.unmoved or head.closed_through != prepared.closed_through or not holds(prepared.state, commits, head.seq)
            if stale or not is_ahead(connection, self.batch, len(self.texts)):
                transaction.rollback()
                return None
            shifts: dict[Number, int] = {"id": head.next_id - prepared.next_id, "entry": head.entry + 1}
            head = engine.state[Head].edit(head)
            head.next_id += prepared.state.head.next_id - prepared.next_id
            head.unmoved = self.batch if self.texts else ""
            posted = engine.number(prepared.worked)
            shifts["seq"] = posted.row.seq - prepared.worked.row.seq
            outbox = outbox_rows(connection, engine)
            write_records(connection, engine.state)
            write_entries(connection, engine.entries)
            add_cash(connection, engine)
            insert_rows(connection, tables.outbox, outbox)
            if self.texts:
                post(connection, self.batch, shifts, now())
            else:
                for piece in self.pieces.values():
                    piece.shifted(shifts).write(connection)
        self.posted = True
        return posted, prepared.beside(self.batch, shifts) if self.texts else Beside("", {}, {})

    def move(self) -> bool:
        """Move the next of its rows into their tables; tell whether there are more."""
        with self._turn(lasting=False):
            _lock(self.connection)
            return move(self.connection, self.pieces)

    @contextmanager
    def _turn(self, *, lasting: bool) -> Iterator[Transaction]:
        """Begin a transaction. One that is not `lasting` waits for no disk: the next that is takes it along, and before that it can be lost
        without harm: rows ahead say nothing, and what was moved is moved again.
        """
        if self.connection.dialect.name == "sqlite":
            self.connection.connection.cursor().execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
        with self.connection.begin() as transaction:
            if not lasting and self.connection.dialect.name != "sqlite":
                self.connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield transaction

    def forget(self) -> None:
        """Remove what was written ahead, unless it is posted."""
        if self.ahead and not self.posted:
            with self.connection.begin():
                forget(self.connection, self.batch)


@contextmanager
def staged(database: Database, prepared: Prepared) -> Iterator[Staged]:
    """Lend a prepared document a connection and its rows as text."""
    pieces = dict(enumerate((piece for rows in prepared.rows() for piece in rows.cut()), 1))
    with database.alone() as connection:
        few = sum(len(piece.rows) for piece in pieces.values()) <= AT_ONCE_ROWS_MAX
        texts = [] if few else [piece.text() for piece in pieces.values()]
        one = Staged(connection, prepared, pieces, texts, owner_name())
        yield one
        one.forget()


def _lock(connection: Connection) -> None:
    """Take the head's lock on either store: a first statement that writes, with nothing read before it."""
    connection.exec_driver_sql("UPDATE head SET id = id WHERE id = 1")


def _places(table: Table, numbers: Mapping[str, Number]) -> dict[int, Number]:
    return {place: numbers[column.name] for place, column in enumerate(table.columns) if column.name in numbers}


def _freight_months(state: State) -> Iterator[tuple[FreightMonth, int]]:
    table = state[FreightMonth]
    new, changed = table.changes()
    yield from ((row, row.amount) for row in new)
    yield from ((row, row.amount - table.dirty[row.name, row.month].amount) for row in changed)
