"""Rows of a table, gathered into the groups that make one document each (or one of each kind)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path

from importers.bounds import KEYS_TRIED_MAX
from importers.encoding import find_encoding
from importers.errors import CellProblem
from importers.mapping import Mapping
from importers.rows import Cells, Rows
from importers.table import Header, Row, find_header, read_rows

Key = str | int | Cells


@dataclass(slots=True)
class _Misplaced:
    """A row whose cells cannot be trusted, and the groups that it may be missing from."""

    problem: CellProblem
    keys: set[Key]
    unknown: bool
    """It was cut before its key was whole: then it may belong to the row before it or after it."""


@dataclass(slots=True)
class Gathered:
    """What one table holds."""

    encoding: str
    groups: dict[Key, Rows] = field(default_factory=dict)
    refused: list[CellProblem] = field(default_factory=list)
    """Rows that belong to no document."""
    rows: int = 0
    left_out: int = 0
    """Rows that the mapping's own condition leaves out."""

    def take(self) -> Iterator[Rows]:
        """Yield the groups in the order of their first rows, and forget each."""
        while self.groups:
            yield self.groups.pop(next(iter(self.groups)))


def gather(path: Path, mapping: Mapping) -> Gathered:
    """Read a table and gather its rows by the mapping's `[group]`.

    A row with too many or too few cells refuses every document that it may be a part of: an order that silently lacks a
    line would be wrong for good.
    """
    encoding = find_encoding(path, mapping.table.encoding)
    rows = read_rows(path, mapping.table, encoding)
    header = find_header(path, rows, mapping.columns, mapping.table)
    gathered = Gathered(encoding)
    misplaced: list[_Misplaced] = []
    waiting: list[_Misplaced] = []
    add = _adder(gathered, mapping)
    pick = _picker(mapping, header)
    last: Key | None = None
    for row in rows:
        gathered.rows += 1
        if mapping.table.skips(row.cells):
            gathered.left_out += 1
            continue
        problem = row.problem or _width_problem(row, header)
        if problem:
            found = _suspect(row, problem, header, mapping)
            misplaced.append(found)
            if found.unknown:
                waiting.append(found)
                found.keys.update(() if last is None else (last,))
            continue
        key = add(row.line, pick(row.cells))
        if key is None:
            continue
        for found in waiting:
            found.keys.add(key)
        waiting.clear()
        last = key
    _settle(gathered, misplaced)
    return gathered


def _adder(gathered: Gathered, mapping: Mapping) -> Callable[[int, Cells], Key | None]:
    """Return what puts a row into its group and says which."""
    slots = [column.slot for column in mapping.group_by]
    labels = [column.label for column in mapping.group_by]
    only = slots[0] if len(slots) == 1 else None
    groups, keep = gathered.groups, mapping.keep

    def add(line: int, cells: Cells) -> Key | None:
        if keep is not None and not keep(cells):
            gathered.left_out += 1
            return None
        key: Key
        if not slots:
            key = line
        elif only is not None:
            key = cells[only]
        else:
            key = tuple(cells[slot] for slot in slots)
        if not key or (isinstance(key, tuple) and not all(key)):
            empty = next(label for slot, label in zip(slots, labels, strict=True) if not cells[slot])
            gathered.refused.append(CellProblem(line, empty, "", "must say which document the row belongs to"))
            return None
        group = groups.get(key)
        if group is None:
            groups[key] = Rows([cells], [line])
        else:
            group.cells.append(cells)
            group.numbers.append(line)
        return key

    return add


def _picker(mapping: Mapping, header: Header) -> Callable[[list[str]], Cells]:
    """Return what takes the used columns out of a row, cleaned."""
    indexes, strip, empty = header.indexes, mapping.table.strip, mapping.table.empty
    if header.width is None:
        return lambda cells: tuple(mapping.table.clean(cells[i]) if i < len(cells) else "" for i in indexes)
    if empty:
        return lambda cells: tuple([mapping.table.clean(cells[i]) for i in indexes])
    return lambda cells: tuple([cells[i].strip(strip) for i in indexes])


def _width_problem(row: Row, header: Header) -> str | None:
    if header.width is None or len(row.cells) == header.width:
        return None
    if len(row.cells) > header.width and not any(row.cells[header.width :]):
        return None
    counts = f"has {len(row.cells)} cells where the header has {header.width}"
    return f"{counts}; is a cell with the delimiter in it not quoted?" if len(row.cells) > header.width else counts


def _suspect(row: Row, problem: str, header: Header, mapping: Mapping) -> _Misplaced:
    """Find the documents that a row may belong to: its key may have moved by as many cells as there are too many."""
    moved = len(row.cells) - (header.width or 0)
    shifts = range(min(moved, 0), max(moved, 0) + 1)
    choices: list[list[str]] = []
    indexes = [header.indexes[column.slot] for column in mapping.group_by]
    for index in indexes:
        cells = [row.cells[index + by] for by in shifts if 0 <= index + by < len(row.cells)]
        choices.append([text for text in map(mapping.table.clean, cells) if text])
    found = islice(product(*choices), KEYS_TRIED_MAX) if indexes and all(choices) else ()
    keys: set[Key] = {key[0] if len(key) == 1 else key for key in found}
    cut = moved < 0 and len(row.cells) <= max(indexes, default=-1) + 1
    unknown = bool(indexes) and (cut or not keys or len(keys) >= KEYS_TRIED_MAX)
    return _Misplaced(CellProblem(row.line, None, None, problem), keys, unknown)


def _settle(gathered: Gathered, misplaced: list[_Misplaced]) -> None:
    for item in misplaced:
        groups = [gathered.groups[key] for key in item.keys if key in gathered.groups]
        for group in groups:
            group.problems.append(item.problem)
        if not groups:
            gathered.refused.append(item.problem)
