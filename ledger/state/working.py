"""The working set of a batch: records loaded when they are asked for, changed in memory, undone when a document is refused.

The rules see only this. Where records come from is a `Reader`'s business: the store's SQL in service, nothing at all in unit tests.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import compress
from operator import attrgetter, ne
from typing import Any, Generic, Protocol, TypeVar

from ledger.state.records import OPENED_BEFORE, RECORDS, Head, Record

R = TypeVar("R", bound=Record)

Touch = tuple[Any, tuple[tuple[str, Any], ...]]
"""A row by its key, and the groups that it is in: (index, key of the group)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """One posting that stands in the journal: what a correction takes back. Debit positive, minor units of the books' currency."""

    account: str
    amount: int
    order_id: int | None
    sku: str | None
    party: str | None
    reference: str | None
    carrier: str | None
    supplier: str | None
    lot_id: int | None
    currency: str | None = None
    foreign: int | None = None

    @property
    def units(self) -> int:
        """Return the amount in the currency that it was agreed in."""
        return self.amount if self.foreign is None else self.foreign


class Reader(Protocol):
    """Where records are loaded from."""

    def posted(self, seq: int) -> list[Moved]:
        """Return what the entries of document `seq` posted, in order."""
        ...

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the rows whose `columns` equal one of `keys` and meet `condition`, by primary key; no columns: all that meet it."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class _Removed:
    """An undo step: the row that was taken away; `fresh` where it was new in this working set."""

    row: Any
    fresh: bool


class Nothing:
    """A reader for a ledger that lives in memory only."""

    def posted(self, seq: int) -> list[Moved]:
        """Return no postings."""
        del seq
        return []

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return no rows."""
        del record, columns, condition, keys
        return []


@cache
def _shape(record: type[Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any], range, dict[str, tuple[Any, tuple[str, ...], str]]]:
    """Return how a record's key and all its values are read, the positions of these, and its indexes: key of the group, columns, where."""
    names = [item.name for item in dataclasses.fields(record)]
    indexes = {name: (attrgetter(*columns), columns, where) for name, (columns, where) in record.indexes.items()}
    return attrgetter(*record.key), attrgetter(*names), range(len(names)), indexes


class Table(Generic[R]):
    """The loaded part of one table: by key, and by each of its indexes."""

    def __init__(self, record: type[R], reader: Reader, log: list[Any], horizon: dict[str, int], stirred: list[Table[Any]]) -> None:
        self.record = record
        self._horizon = horizon
        self.reader = reader
        self.rows: dict[Any, R | None] = {}
        self.new: dict[Any, None] = {}
        self._stored: dict[Any, tuple[Any, ...]] = {}
        self.removed: dict[Any, R] = {}
        self._log = log
        self._touched: set[Any] = set()
        self._stirred = stirred
        self._had_removals = False
        self._key, self._values, self._positions, self._indexes = _shape(record)  # type: ignore[arg-type]  # a class is hashable
        self._groups: dict[str, dict[Any, list[Any]]] = {name: {} for name in record.indexes}
        self._added: dict[str, dict[Any, list[Any]]] = {name: {} for name in record.indexes}
        self._of_new = [(key_of, self._groups[name], self._added[name]) for name, (key_of, _, _) in self._indexes.items()]

    @property
    def dirty(self) -> dict[Any, R]:
        """Return the changed rows as they are stored: copies, so for tables of which few rows change."""
        return {key: self.record(*values) for key, values in self._stored.items()}

    def get(self, key: Any) -> R | None:
        """Return the row with this key, or None."""
        if key not in self.rows:
            self.preload([key])
        return self.rows[key]

    def require(self, key: Any) -> R:
        """Return the row with this key, which must exist."""
        row = self.get(key)
        assert row is not None, f"{self.record.table} {key} is missing"
        return row

    def preload(self, keys: Iterable[Any]) -> None:
        """Load many rows by key at once."""
        missing = [key for key in dict.fromkeys(keys) if key not in self.rows]
        if missing:
            for key in missing:
                self.rows[key] = None
            for row in self.reader.load(self.record, self.record.key, "", missing):
                self.rows[self._key(row)] = row

    def where(self, index: str, key: Any) -> list[R]:
        """Return the rows of a group, oldest first; rows that no longer meet the index's condition may be among them."""
        group = self._groups[index].get(key)
        if group is None:
            self.preload_groups(index, [key])
            group = self._groups[index][key]
        if not group:
            return []
        if len(group) == 1:
            only = self.rows[group[0]]
            return [only] if only is not None else []
        keys = dict.fromkeys(group) if self._had_removals else group
        return [row for row in map(self.rows.__getitem__, keys) if row is not None]

    def preload_groups(self, index: str, keys: Iterable[Any]) -> None:
        """Load many groups at once."""
        groups = self._groups[index]
        missing = [key for key in dict.fromkeys(keys) if key not in groups]
        if not missing:
            return
        key_of, columns, condition = self._indexes[index]
        for key in missing:
            groups[key] = []
        youngest = self._horizon.get(columns[0])
        opened = self._horizon.get("opened", 0)
        stored = missing if youngest is None else [key for key in missing if key <= youngest and not opened < key < 0]
        rows, primary = self.rows, self._key
        for row in self.reader.load(self.record, columns, condition, stored) if stored else ():
            pk = primary(row)
            if rows.get(pk) is None and pk not in self.removed:
                rows[pk] = row
            groups[key_of(row)].append(pk)
        added = self._added[index]
        for key in missing if added else ():
            known = set(groups[key])
            groups[key].extend(pk for pk in added.get(key, ()) if pk not in known)

    def begin_group(self, index: str, key: Any) -> None:
        """Say that the store has no rows of this group: what they are about is made only now, so nobody needs to ask."""
        if key not in self._groups[index]:
            self._groups[index][key] = list(self._added[index].get(key, ()))

    def every(self, index: str) -> list[R]:
        """Return all rows that meet the condition of an index, by key, and others that are loaded: for documents about the whole stock."""
        for row in self.reader.load(self.record, (), self._indexes[index][2], ()):
            pk = self._key(row)
            if self.rows.get(pk) is None and pk not in self.removed:
                self.rows[pk] = row
        return [row for _, row in sorted(self.rows.items()) if row is not None]

    def add(self, row: R) -> R:
        """Insert a new row, also under the key of one that was removed: a group may then name it twice, and `where` reads it once."""
        key = self._key(row)
        self.rows[key] = row
        self.new[key] = None
        self._log.append((self, key, None))
        if not self._touched:
            self._stirred.append(self)
        self._touched.add(key)
        for key_of, groups, added in self._of_new:
            group_key = key_of(row)
            if group_key in added:
                added[group_key].append(key)
            else:
                added[group_key] = [key]
            if group_key in groups:
                groups[group_key].append(key)
        return row

    def edit(self, row: R) -> R:
        """Announce that `row` will be changed now; call it before the change."""
        key = self._key(row)
        if key not in self._touched:
            before = self._values(row)
            self._log.append((self, key, before))
            if not self._touched:
                self._stirred.append(self)
            self._touched.add(key)
            if key not in self.new:
                self._stored.setdefault(key, before)
        return row

    def remove(self, row: R) -> None:
        """Take a row away for good (a correction takes back what a document noted)."""
        key = self._key(row)
        fresh = key in self.new
        self._had_removals = True
        self._log.append((self, key, _Removed(row, fresh=fresh)))
        self.rows[key] = None
        self.new.pop(key, None)
        if not fresh:
            self.removed[key] = row

    def restore(self, key: Any, before: tuple[Any, ...] | _Removed | None) -> None:
        """Undo one `add` (before is None), one `edit` (the values that the row had) or one `remove`."""
        if isinstance(before, _Removed):
            self.rows[key] = before.row
            if before.fresh:
                self.new[key] = None
            else:
                del self.removed[key]
            return
        if before is not None:
            self.rows[key] = self.record(*before)
            if self._stored.get(key) is before:
                del self._stored[key]
            return
        row = self.rows[key]
        assert row is not None
        self.rows[key] = None
        del self.new[key]
        for name, (key_of, _, _) in self._indexes.items():
            group_key = key_of(row)
            _remove_last(self._added[name][group_key], key)
            if group_key in self._groups[name]:
                _remove_last(self._groups[name][group_key], key)

    def has_loaded(self, touched: Iterable[Touch]) -> bool:
        """Tell whether one of these rows, or a group that it is in, was asked for; new rows here have numbers that were nobody's yet."""
        rows, new, groups = self.rows, self.new, self._groups
        return any((key in rows and key not in new) or any(group in groups[name] for name, group in of) for key, of in touched)

    def settle(self) -> None:
        """Forget what was touched: the next document starts."""
        self._touched.clear()

    def changes(self) -> tuple[list[R], list[R]]:
        """Return (new rows, changed rows) since the working set was opened."""
        rows = self.rows
        return [r for r in (rows[k] for k in self.new) if r is not None], [r for r in (rows[k] for k in self._stored) if r is not None]

    def changed_values(self) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
        """Yield (positions that differ from the stored row, all values) for each changed row: an index that holds none of them rests."""
        values, positions = self._values, self._positions
        for key, before in self._stored.items():
            row = self.rows[key]
            if row is not None:
                now = values(row)
                if differing := tuple(compress(positions, map(ne, now, before))):
                    yield differing, now

    def touched(self) -> Iterator[Touch]:
        """Yield the key and the groups of each row that is new, changed or removed, as it was and as it is."""
        rows = (self.rows[key] for key in (*self.new, *self._stored))
        for row in (*rows, *self.dirty.values(), *self.removed.values()):
            if row is not None:
                yield self._key(row), tuple((name, key_of(row)) for name, (key_of, _, _) in self._indexes.items())

    def gone(self) -> list[Any]:
        """Return the keys of stored rows that were removed."""
        return list(self.removed)


def _remove_last(keys: list[Any], key: Any) -> None:
    """Take the newest mention of a key away; an older one is that of the row which was removed."""
    del keys[len(keys) - 1 - keys[::-1].index(key)]


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
    last document before.
    """

    def __init__(self, reader: Reader | None = None) -> None:
        self.log: list[Any] = []
        source = reader or Nothing()
        self.reader: Reader = source
        horizon: dict[str, int] = {}
        self._stirred: list[Table[Any]] = []
        log, stirred = self.log, self._stirred
        self._tables = _Tables(lambda record: Table(record, source, log, horizon, stirred))
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
        """Forget how to undo what is committed by now: without that the working set refers to itself no more, and goes when it is left."""
        self._settle()
        self.log.clear()

    def _settle(self) -> None:
        for table in self._stirred:
            table.settle()
        self._stirred.clear()
