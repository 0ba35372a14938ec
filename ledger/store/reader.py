"""Loads a working set's records from the store's tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ledger.state.reader import Moved
from ledger.store import tables
from ledger.store.sql import select_in
from ledger.store.unmoved import Beside, move_all


class SqlReader:
    """Loads records from the store's tables. `beside` names what is not there yet: who asks for that has it moved there first."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.beside: Beside | None = None

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the rows whose `columns` equal one of `keys`, as records."""
        if self.beside is not None and self.beside.adds_to(record, columns, keys):
            self._move_all()
        found = [record(*row) for row in select_in(self.connection, tables.RECORD_TABLES[record], columns, condition, keys)]
        if self.beside is not None and self.beside.changes(record, found):
            self._move_all()
            return self.load(record, columns, condition, keys)
        return found

    def _move_all(self) -> None:
        """Move what is on its way, in this unit of work: what it has loaded before is not among that."""
        self.beside = None
        move_all(self.connection)

    def posted(self, seq: int) -> list[Moved]:
        """Return what the entries of a document posted, in order."""
        if self.beside is not None:
            self._move_all()
        p, e = tables.posting.c, tables.entry.c
        columns = (
            p.account,
            p.amount,
            p.order_id,
            p.sku,
            p.party,
            p.reference,
            p.carrier,
            p.supplier,
            p.lot_id,
            p.currency,
            p.foreign_amount,
        )
        query = select(*columns).join_from(tables.entry, tables.posting, e.id == p.entry_id).where(e.seq == seq, e.reverses.is_(None))
        return [Moved(*row) for row in self.connection.execute(query.order_by(e.id, p.line))]


class BehindReader(SqlReader):
    """Loads records while documents before them are still being written; `wait` returns when these are in the store.

    What they changed is known to the working set by row and by group. What it cannot know of them (all rows of a table, a document's
    postings) is loaded after the wait.
    """

    def __init__(self, connection: Connection, wait: Callable[[], None]) -> None:
        super().__init__(connection)
        self._wait = wait

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the rows whose `columns` equal one of `keys`, as records."""
        if not columns:
            self._wait()
        return super().load(record, columns, condition, keys)

    def posted(self, seq: int) -> list[Moved]:
        """Return what the entries of a document posted, in order."""
        self._wait()
        return super().posted(seq)
