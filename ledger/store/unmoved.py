"""Rows of a long document on their way: written ahead into a table of their own, and moved into their tables once the document is posted.

Ahead they say nothing: a kill leaves rows that nobody reads. The commit that posts the document names them in the head (`unmoved`), and
from then on they belong to the journal. They are moved in turns, and others post in between. A turn notes in its transaction how far it
came, so that anybody can go on where another was killed, and nothing is moved twice. Until the last is moved, nobody may read the tables
(`Database.reading` waits), and a unit of work may only load rows that are not among them (`Beside`).
"""

from __future__ import annotations

import datetime
import json
import math
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, Table, Text

from ledger.limits import LEFT_OVER_SECONDS, MOVE_SECONDS, PIECE_ROWS_MAX
from ledger.owner import is_gone
from ledger.state.records import Record
from ledger.store import tables
from ledger.store.sql import add_text, insert_text, many, mark, update_text

Number = Literal["seq", "id", "entry"]
"""What numbers of prepared rows are counted from: the document's number, internal numbers, the number of its first entry."""

Kind = Literal["insert", "update", "add"]
"""What becomes of rows: new ones, values and key of stored ones, or key and amounts to be added to sums."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows for one table. `columns`: the positions that an update sets. `numbers`: the places in a row that hold numbers of its own."""

    table: Table
    kind: Kind
    rows: Sequence[Sequence[Any]]
    columns: tuple[int, ...] = ()
    numbers: Mapping[int, Number] = field(default_factory=dict)

    def cut(self) -> Iterator[Piece]:
        """Yield it in pieces of at most PIECE_ROWS_MAX rows."""
        for start in range(0, len(self.rows), PIECE_ROWS_MAX):
            yield replace(self, rows=self.rows[start : start + PIECE_ROWS_MAX])

    def shifted(self, shifts: Mapping[Number, int]) -> Piece:
        """Return it with the numbers that its rows get in the journal."""
        if not self.numbers:
            return self
        own = {place: shifts[number] for place, number in self.numbers.items()}
        rows = [tuple(value + own[place] if place in own else value for place, value in enumerate(row)) for row in self.rows]
        return replace(self, rows=rows, numbers={})

    def text(self) -> str:
        """Return it as it is written ahead."""
        about = {"table": self.table.name, "kind": self.kind, "columns": self.columns, "numbers": list(self.numbers.items())}
        return json.dumps({**about, "rows": self.rows}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> Piece:
        """Return what `text` was made of."""
        said = json.loads(text)
        rows = list(map(tuple, said["rows"]))
        return cls(tables.metadata.tables[said["table"]], said["kind"], rows, tuple(said["columns"]), dict(said["numbers"]))

    def write(self, connection: Connection) -> None:
        """Write its rows into their table."""
        if connection.dialect.name != "sqlite":
            columns = [list(column) for column in zip(*self.rows, strict=True)]
            connection.exec_driver_sql(self._set_text(), tuple(columns))
            return
        place = mark(connection)
        if self.kind == "update":
            text = update_text(self.table, self.columns, place)
        else:
            text = (insert_text if self.kind == "insert" else add_text)(self.table, place)
        many(connection, text, self.rows)  # type: ignore[arg-type]

    def _set_text(self) -> str:
        """Return one statement for all rows, with an array for each column: PostgreSQL would be asked once a row otherwise."""
        table, every = self.table, list(self.table.columns)
        keys = list(table.primary_key)
        given = [*(every[position] for position in self.columns), *keys] if self.kind == "update" else every
        arrays = ", ".join(f"%s::{'text' if isinstance(column.type, Text) else 'bigint'}[]" for column in given)
        source = f"unnest({arrays}) AS s({', '.join(column.name for column in given)})"
        if self.kind == "update":
            sets = ", ".join(f"{every[position].name} = s.{every[position].name}" for position in self.columns)
            return f"UPDATE {table.name} SET {sets} FROM {source} WHERE " + " AND ".join(
                f"{table.name}.{k.name} = s.{k.name}" for k in keys
            )
        names = ", ".join(column.name for column in every)
        insert = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}"
        if self.kind == "insert":
            return insert
        sums = (column.name for column in every if not column.primary_key)
        sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
        return f"{insert} ON CONFLICT ({', '.join(key.name for key in keys)}) DO UPDATE SET {sets}"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a unit of work must not load while the rows of `batch` are on their way.

    `changed`: keys of stored rows by record. `added`: by record and columns, the values that new rows have there.
    """

    batch: str
    changed: Mapping[type[Record], frozenset[Any]]
    added: Mapping[type[Record], Mapping[tuple[str, ...], frozenset[Any]]]

    def adds_to(self, record: type[Record], columns: tuple[str, ...], keys: Collection[Any]) -> bool:
        """Tell whether a new row is among those whose `columns` equal one of `keys`; no columns: all of the record."""
        groups = self.added.get(record)
        return groups is not None and (not columns or not groups[columns].isdisjoint(keys))

    def changes(self, record: type[Record], rows: Sequence[Any]) -> bool:
        """Tell whether one of these stored rows is about to change."""
        keys = self.changed.get(record)
        return keys is not None and not keys.isdisjoint(map(attrgetter(*record.key), rows))


def write_ahead(connection: Connection, batch: str, first: int, pieces: Sequence[str], now: str) -> None:
    """Write pieces of a document that is not posted yet, numbered from `first` (1 and up)."""
    rows = [(batch, number, now, piece) for number, piece in enumerate(pieces, first)]
    many(connection, insert_text(tables.unmoved, mark(connection)), rows)


def is_ahead(connection: Connection, batch: str, pieces: int) -> bool:
    """Tell whether all pieces are there that were written ahead."""
    query = f"SELECT COUNT(*) FROM unmoved WHERE batch = {mark(connection)}"
    return bool(connection.exec_driver_sql(query, (batch,)).scalar_one() == pieces)


def post(connection: Connection, batch: str, shifts: Mapping[Number, int], now: str) -> None:
    """Note what the numbers of a batch are shifted by, in the commit that posts its document and names the batch in the head.

    Piece 0 says that, and how many pieces are moved.
    """
    row = (batch, 0, now, json.dumps({"shifts": shifts, "moved": 0}))
    connection.exec_driver_sql(insert_text(tables.unmoved, mark(connection)), row)


def unmoved(connection: Connection) -> str:
    """Return the batch that is on its way, or "" for none."""
    return str(connection.exec_driver_sql("SELECT unmoved FROM head WHERE id = 1").scalar() or "")


def move(connection: Connection, ready: Mapping[int, Piece] = MappingProxyType({}), seconds: float | None = None) -> bool:
    """Move pieces until so many seconds (None: MOVE_SECONDS) are over, at least one; tell whether there are more.

    The caller holds the head's lock. `ready`: pieces by number, so that they need not be read again.
    """
    until = time.monotonic() + (MOVE_SECONDS if seconds is None else seconds)
    place, batch = mark(connection), unmoved(connection)
    if not batch:
        return False
    ask = connection.exec_driver_sql
    one = f"WHERE batch = {place} AND piece = {place}"
    said = json.loads(ask(f"SELECT body FROM unmoved {one}", (batch, 0)).scalar_one())
    last = ask(f"SELECT MAX(piece) FROM unmoved WHERE batch = {place}", (batch,)).scalar_one()
    for number in range(said["moved"] + 1, last + 1):
        piece = ready.get(number) or Piece.of(ask(f"SELECT body FROM unmoved {one}", (batch, number)).scalar_one())
        piece.shifted(said["shifts"]).write(connection)
        if number < last and time.monotonic() > until:
            ask(f"UPDATE unmoved SET body = {place} {one}", (json.dumps({**said, "moved": number}), batch, 0))
            return True
    ask(f"DELETE FROM unmoved WHERE batch = {place}", (batch,))
    ask("UPDATE head SET unmoved = '' WHERE id = 1")
    return False


def move_all(connection: Connection) -> None:
    """Move whatever is on its way, in the caller's transaction."""
    move(connection, seconds=math.inf)


def forget(connection: Connection, batch: str) -> None:
    """Remove what was written ahead for a document that is not posted."""
    place = mark(connection)
    connection.exec_driver_sql(f"DELETE FROM unmoved WHERE batch = {place} AND batch <> (SELECT unmoved FROM head WHERE id = 1)", (batch,))


def left_over(connection: Connection, now: str) -> list[str]:
    """Return the batches that were written ahead by processes that have ended, or longer ago than a document is prepared."""
    query = (
        "SELECT batch, MIN(written_at) FROM unmoved WHERE batch <> (SELECT unmoved FROM head WHERE id = 1) GROUP BY batch ORDER BY batch"
    )
    oldest = _before(now, LEFT_OVER_SECONDS)
    return [batch for batch, written_at in connection.exec_driver_sql(query) if is_gone(batch) or written_at < oldest]


def _before(now: str, seconds: int) -> str:
    """Return the moment so many seconds earlier, written alike."""
    moment = datetime.datetime.fromisoformat(now) - datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
