"""One table of a working set: the rows that were asked for, what became of them, and the way back."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import compress
from operator import attrgetter, ne
from typing import Any, Generic, TypeVar

from ledger.state.reader import Reader
from ledger.state.records import Record

R = TypeVar("R", bound=Record)

Touch = tuple[Any, tuple[tuple[str, Any], ...]]
"""A row by its key, and the groups that it is in: (index, key of the group)."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Removed:
    """An undo step: the row that was taken away; `fresh` where it was new in this working set."""

    row: Any
    fresh: bool


@cache
def _shape(record: type[Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any], range, dict[str, tuple[Any, tuple[str, ...], str]]]:
    """Return how a record's key and all its values are read, the positions of these, and its indexes: key of the group, columns, where."""
    names = [item.name for item in dataclasses.fields(record)]
    indexes = {name: (attrgetter(*columns), columns, where) for name, (columns, where) in record.indexes.items()}
    return attrgetter(*record.key), attrgetter(*names), range(len(names)), indexes


class Table(Generic[R]):
    """The loaded part of one table: by key, and by each of its indexes. Groups list keys in their order, the oldest first.

    `before` is the same table of the working set before this one, whose rows may not be in the store yet: what that knows is not asked
    for. Rows go over as they are, and are changed here; that one is read no more by then.
    """

    def __init__(
        self,
        record: type[R],
        reader: Reader,
        log: list[Any],
        horizon: dict[str, int],
        stirred: list[Table[Any]],
        before: Table[R] | None = None,
    ) -> None:
        self.record = record
        self._horizon = horizon
        self.reader = reader
        self._before = before
        self.rows: dict[Any, R | None] = {}
        self.new: dict[Any, None] = {}
        self._stored: dict[Any, tuple[Any, ...]] = {}
        self.removed: dict[Any, R] = {}
        self._log = log
        self._touched: set[Any] = set()
        self._stirred = stirred
        self._key, self._values, self._positions, self._indexes = _shape(record)  # type: ignore[arg-type]  # a class is hashable
        self._groups: dict[str, dict[Any, list[Any]]] = {name: {} for name in record.indexes}
        self._added: dict[str, dict[Any, list[Any]]] = {name: {} for name in record.indexes}
        self._joined: dict[str, dict[Any, dict[Any, None]]] = {name: {} for name in record.indexes}
        self._regrouped: set[Any] = set() if before is None else set(before._regrouped)
        self._of_new = [(key_of, self._groups[name], self._added[name]) for name, (key_of, _, _) in self._indexes.items()]
        self._of_changed = [(key_of, self._groups[name], self._joined[name]) for name, (key_of, _, where) in self._indexes.items() if where]

    @property
    def dirty(self) -> dict[Any, R]:
        """Return the changed rows as they are stored: copies, so for tables of which few rows change."""
        return {key: self.record(*values) for key, values in self._stored.items()}

    def stored(self, key: Any) -> tuple[Any, ...] | None:
        """Return the values that a changed row has in the store, None where it is not changed."""
        return self._stored.get(key)

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
        if missing and self._before is not None:
            known = self._before.rows
            self.rows.update((key, known[key]) for key in missing if key in known)
            missing = [key for key in missing if key not in known]
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
        return [row for row in map(self.rows.__getitem__, group) if row is not None]

    def preload_groups(self, index: str, keys: Iterable[Any]) -> None:
        """Load many groups at once."""
        groups = self._groups[index]
        missing = [key for key in dict.fromkeys(keys) if key not in groups]
        if not missing:
            return
        for key in missing:
            groups[key] = []
        unknown = missing if self._before is None else self._take_groups(self._before, index, missing)
        if unknown:
            self._load_groups(index, unknown)
        for found in (self._added[index], self._joined[index]):
            for key in missing if found else ():
                for pk in found.get(key, ()):
                    if self._is_in(index, key, self.rows[pk], pk):
                        _put(groups[key], pk)

    def _take_groups(self, before: Table[R], index: str, keys: Iterable[Any]) -> list[Any]:
        """Take groups over from the working set before this one; return those of which it knows at most what it has changed."""
        unknown = []
        for key in keys:
            group = before._groups[index].get(key)
            if group is None:
                unknown.append(key)
                group = [*before._added[index].get(key, ()), *before._joined[index].get(key, ())]
            for pk in group:
                row = before.rows[pk]
                if row is not None and self._is_in(index, key, self.rows.setdefault(pk, row), pk):
                    _put(self._groups[index][key], pk)
        return unknown

    def _load_groups(self, index: str, keys: list[Any]) -> None:
        """Load groups from the store, as far as it can have rows of them."""
        key_of, columns, condition = self._indexes[index]
        youngest = self._horizon.get(columns[0])
        opened = self._horizon.get("opened", 0)
        stored = keys if youngest is None else [key for key in keys if key <= youngest and not opened < key < 0]
        groups, rows, primary = self._groups[index], self.rows, self._key
        known = self._before.rows if self._before is not None else {}
        for found in self.reader.load(self.record, columns, condition, stored) if stored else ():
            pk, key = primary(found), key_of(found)
            if rows.get(pk) is None and pk not in self.removed:
                rows[pk] = known.get(pk, found)
            if self._is_in(index, key, rows[pk], pk):
                _put(groups[key], pk)

    def _is_in(self, index: str, key: Any, row: R | None, pk: Any) -> bool:
        """Tell whether a row is of a group still."""
        return pk not in self._regrouped or (row is not None and self._indexes[index][0](row) == key)

    def begin_group(self, index: str, key: Any) -> None:
        """Say that the store has no rows of this group: what they are about is made only now, so nobody needs to ask."""
        if key not in self._groups[index]:
            self._groups[index][key] = list(self._added[index].get(key, ()))

    def every(self, index: str) -> list[R]:
        """Return all rows that meet the condition of an index, by key, and others that are loaded: for documents about the whole stock."""
        known = self._before.rows if self._before is not None else {}
        for row in self.reader.load(self.record, (), self._indexes[index][2], ()):
            pk = self._key(row)
            if self.rows.get(pk) is None and pk not in self.removed:
                self.rows[pk] = known.get(pk, row)
        return [row for _, row in sorted(self.rows.items()) if row is not None]

    def add(self, row: R) -> R:
        """Insert a new row, also under the key of one that was removed."""
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
                _put(groups[group_key], key)
        return row

    def edit(self, row: R) -> R:
        """Announce that `row` will be changed now; call it before the change.

        What a row must meet to be in a group, it may meet from now on: it is listed there, and who reads the group looks.
        """
        key = self._key(row)
        if key not in self._touched:
            before = self._values(row)
            self._log.append((self, key, before))
            if not self._touched:
                self._stirred.append(self)
            self._touched.add(key)
            if key not in self.new and key not in self._stored:
                self._stored[key] = before
                for key_of, groups, joined in self._of_changed:
                    _join(groups, joined, key_of(row), key)
        return row

    def regroup(self, row: R, **values: Any) -> None:
        """Change fields by which a row is grouped: it leaves its groups and joins others."""
        self.edit(row)
        key, left = self._key(row), [key_of(row) for key_of, _, _ in self._indexes.values()]
        for name, value in values.items():
            setattr(row, name, value)
        self._regrouped.add(key)
        self._regroup(row, key, left)

    def _regroup(self, row: R, key: Any, left: list[Any]) -> None:
        """Move a row from the groups that it has left to those that it is in now."""
        for old, (name, (key_of, _, _)) in zip(left, self._indexes.items(), strict=True):
            if (now := key_of(row)) != old:
                for listed in (self._groups[name], self._added[name]):
                    if key in listed.get(old, ()):
                        listed[old].remove(key)
                self._joined[name].get(old, {}).pop(key, None)
                if key in self.new:
                    self._added[name].setdefault(now, []).append(key)
                _join(self._groups[name], self._joined[name], now, key)

    def remove(self, row: R) -> None:
        """Take a row away for good (a correction takes back what a document noted)."""
        key = self._key(row)
        fresh = key in self.new
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
            for name, (key_of, _, _) in self._indexes.items():
                if (group := self._groups[name].get(key_of(before.row))) is not None:
                    _put(group, key)
            return
        if before is not None:
            changed, self.rows[key] = self.rows[key], self.record(*before)
            if self._stored.get(key) is before:
                del self._stored[key]
            if key in self._regrouped and changed is not None:
                self._regroup(self.rows[key], key, [key_of(changed) for key_of, _, _ in self._indexes.values()])  # type: ignore[arg-type]
            return
        row = self.rows[key]
        assert row is not None
        self.rows[key] = None
        del self.new[key]
        for name, (key_of, _, _) in self._indexes.items():
            group_key = key_of(row)
            _remove_last(self._added[name][group_key], key)
            if key in self._groups[name].get(group_key, ()):
                self._groups[name][group_key].remove(key)

    def has_loaded(self, touched: Iterable[Touch]) -> bool:
        """Tell whether one of these rows, or a group that it is in, was asked for; new rows here have numbers that were nobody's yet."""
        rows, new, groups = self.rows, self.new, self._groups
        return any((key in rows and key not in new) or any(group in groups[name] for name, group in of) for key, of in touched)

    def settle(self) -> None:
        """Forget what was touched: the next document starts."""
        self._touched.clear()

    def let_go(self) -> None:
        """Forget the working set before this one."""
        self._before = None

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


def _put(keys: list[Any], key: Any) -> None:
    """Put a key in its place, once."""
    if not keys or keys[-1] < key:
        keys.append(key)
    elif (place := bisect_left(keys, key)) == len(keys) or keys[place] != key:
        keys.insert(place, key)


def _join(groups: dict[Any, list[Any]], joined: dict[Any, dict[Any, None]], group: Any, key: Any) -> None:
    """Note a row that is in a group now, and list it where that is loaded. A group may have all orders: whoever has one customer."""
    joined.setdefault(group, {})[key] = None
    if group in groups:
        _put(groups[group], key)


def _remove_last(keys: list[Any], key: Any) -> None:
    """Take the newest mention of a key away; an older one is that of the row which was removed."""
    del keys[len(keys) - 1 - keys[::-1].index(key)]
