"""The working set of a batch: records loaded when they are asked for, changed in memory, undone when a document is refused.

The rules see only this. Where records come from is a `Reader`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ledger.state.reader import Nothing, Reader
from ledger.state.records import OPENED_BEFORE, RECORDS, Head, Record
from ledger.state.table import Table

R = TypeVar("R", bound=Record)


class _Tables(dict[type[Any], Table[Any]]):
    """Makes a table when it is asked for."""

    def __init__(self, make: Callable[[type[Any]], Table[Any]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, record: type[Any]) -> Table[Any]:
        table = self[record] = self._make(record)
        return table


class State:
    """All tables of a working set, with one log of undo steps.

    Numbers given out since it was opened cannot be in the store yet: groups beyond that horizon are not asked for. `opened_at` is the
    last document before. `before` is a working set of the documents before it, which need not be in the store yet.
    """

    def __init__(self, reader: Reader | None = None, before: State | None = None) -> None:
        self.log: list[Any] = []
        source = reader or Nothing()
        self.reader: Reader = source
        horizon: dict[str, int] = {}
        self._stirred: list[Table[Any]] = []
        log, stirred = self.log, self._stirred
        known: dict[type[Any], Table[Any]] = dict(before._tables) if before is not None else {}
        self._known = known
        self._tables: _Tables = _Tables(lambda record: Table(record, source, log, horizon, stirred, known.get(record)))
        self._heads: Table[Head] = self._tables[Head]
        head = self.head
        self.opened_at = head.seq
        horizon.update(order_id=head.seq, document_seq=head.seq, root_id=head.next_id, waiting_id=head.next_id)
        horizon["opened"] = OPENED_BEFORE + head.next_id

    def __getitem__(self, record: type[R]) -> Table[R]:
        """Return the table of a record class, made on first use: a document meets a third of them."""
        return self._tables[record]

    def changed(self) -> list[type[Any]]:
        """Return the record classes with rows that are new, changed or removed, in the order in which they are written."""
        known = ((record, self._tables.get(record)) for record in RECORDS)
        return [record for record, table in known if table is not None and (table.new or table.dirty or table.removed)]

    @property
    def head(self) -> Head:
        """Return the head row, made on first use."""
        head = self._heads.rows.get(1) or self._heads.get(1)
        if head is None:
            head = self._heads.add(Head(id=1, seq=0, entry=0, next_id=0, outbox=0, hash="0" * 64, closed_through=""))
        return head

    def next_id(self) -> int:
        """Give out the next internal number (lots, consumptions, debts, waiting lines)."""
        head = self._heads.edit(self.head)
        head.next_id += 1
        return head.next_id

    def take_outbox(self, count: int) -> range:
        """Give out the next `count` numbers of the outbox."""
        head = self._heads.edit(self.head)
        first = head.outbox + 1
        head.outbox += count
        return range(first, first + count)

    def mark(self) -> int:
        """Start a document (or a group of them): return the place to roll back to."""
        self._settle()
        return len(self.log)

    def rollback(self, mark: int) -> None:
        """Undo everything since `mark`."""
        while len(self.log) > mark:
            table, key, before = self.log.pop()
            table.restore(key, before)
        self._settle()

    def let_go(self) -> None:
        """Forget how to undo what is posted by now, and the working set before: what refers to nothing goes when it is left."""
        self._settle()
        self.log.clear()
        self._known.clear()
        for table in self._tables.values():
            table.let_go()

    def _settle(self) -> None:
        for table in self._stirred:
            table.settle()
        self._stirred.clear()
