"""Rows of a table, gathered into the groups that make one document each (or one of each kind), in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from importers.bounds import ROWS_KEPT
from importers.errors import CellProblem
from importers.joins import Joined
from importers.mapping import Mapping
from importers.misplaced import Key, Misplaced
from importers.opening import OpenTable, open_table
from importers.parts import FROM_GROUP, FROM_ROW, Part
from importers.pick import ABSENT, picker
from importers.report import FileReport
from importers.rows import Cells, Rows
from importers.spill import Sorter
from importers.table import Header, find_header, width_problem
from importers.traces import Tracing

_GroupKey = str | Cells

_Came = tuple[int, int | _GroupKey]
"""When a group comes: FROM_ROW or FROM_GROUP, its first line or its key."""

_Some = tuple[_GroupKey, int, list[int], list[Cells], list[CellProblem]]
"""Some rows of one group: its key, the first line, all lines, cells, problems."""


class Gathering:
    """Reads one table and yields the groups of one part of it; fills the counts of `file` on the way, for all of it.

    A row with too many or too few cells refuses every document that it may be a part of: an order that silently lacks a
    line would be wrong for good.
    """

    def __init__(self, path: Path, mapping: Mapping, file: FileReport, joined: list[Joined], folder: Path | None, part: Part) -> None:
        self._mapping = mapping
        self._file = file
        self._joined = joined
        self._part = part
        self._tracings = [Tracing(trace, file) for trace in mapping.traces]
        self._opened = open_table(path, mapping.table)
        file.encoding, file.sheet = self._opened.encoding, self._opened.sheet
        self._header = _header(path, mapping, self._opened)
        self._misplaced = Misplaced(path, self._header, mapping.table, [column.slot for column in mapping.group_by])
        self._groups: dict[_GroupKey, Rows] = {}
        self._spilled: Sorter[_Some] = Sorter(itemgetter(0, 1), kept_max=ROWS_KEPT, folder=folder, sharers=part.of)

    def groups(self) -> Iterator[tuple[_Came, Rows | CellProblem]]:
        """Yield the groups, and what is wrong with rows that belong to none, each with when it came.

        Groups come in the order of their first rows while they fit into memory, else in the order of their keys.
        """
        kept = 0
        for line, cells, problems in self._rows():
            key = self._key(line, cells)
            if key is None:
                if self._part.has_row(self._file.rows):
                    yield (FROM_ROW, line), problems[0] if problems else self._keyless(line, cells)
                continue
            if isinstance(key, int):
                if self._part.has_row(self._file.rows):
                    yield (FROM_ROW, line), Rows([cells], [line], problems)
                continue
            self._misplaced.passed(key)
            key = self._parted(key, cells)
            if self._part.has_group(key):
                self._gather(key, line, cells, problems)
            # Rows of other parts count too: so all parts take their groups in the same order.
            kept += 1
            if kept >= ROWS_KEPT:
                kept = 0
                self._spill()
        yield from self._finished()
        for tracing in self._tracings:
            tracing.finish()

    def left(self) -> dict[int, CellProblem]:
        """Return the problems of misplaced rows that belong to no group of this part, by their number among the misplaced ones."""
        return self._misplaced.left()

    def _gather(self, key: _GroupKey, line: int, cells: Cells, problems: list[CellProblem]) -> None:
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = Rows([cells], [line], problems)
        else:
            group.cells.append(cells)
            group.numbers.append(line)
            group.problems += problems

    def _rows(self) -> Iterator[tuple[int, Cells, list[CellProblem]]]:
        """Yield the rows to use: line, cells with the joined ones, what is wrong with them."""
        file, mapping, table, header = self._file, self._mapping, self._mapping.table, self._header
        pick = picker(mapping.columns, header, table, mapping.notations)
        # What other rows need to know of a row, every part has to find out; a row that is a document by itself is one part's alone.
        stands_alone = not (mapping.group_by or mapping.keep or mapping.keep_joined or self._joined or self._tracings)
        for row in self._opened.rows:
            file.rows += 1
            if table.skips(row.cells):
                file.rows_left_out += 1
                continue
            told = row.problem or width_problem(row, header)
            if told:
                self._misplaced.note(row, told)
                continue
            if stands_alone and not self._part.has_row(file.rows):
                continue
            cells, problem = pick(row)
            problems = [problem] if problem else []
            if mapping.keep is not None and not problems and not mapping.keep(cells):
                file.rows_left_out += 1
                continue
            for joined in self._joined:
                cells, problem = joined.complete(cells, row.line)
                problems += [problem] if problem else []
            if mapping.keep_joined is not None and not problems and not mapping.keep_joined(cells):
                file.rows_left_out += 1
                continue
            for tracing in self._tracings if not problems else ():
                cells, problem = tracing.complete(cells, row.line)
                problems += [problem] if problem else []
            yield row.line, cells, problems

    def _key(self, line: int, cells: Cells) -> Key | None:
        """Return the group of a row; None where a column of its key is empty."""
        columns = self._mapping.group_by
        if not columns:
            return line
        texts = tuple([cells[column.slot] for column in columns])
        if not all(texts):
            return None
        return texts[0] if len(texts) == 1 else texts

    def _parted(self, key: _GroupKey, cells: Cells) -> _GroupKey:
        """Return the key of a group that is parted further."""
        apart = self._mapping.group_apart
        if not apart:
            return key
        return (*(key if isinstance(key, tuple) else (key,)), *(cells[column.slot] for column in apart))

    def _whole(self, key: _GroupKey) -> _GroupKey:
        """Return the key without what parts the group further: a row with misplaced cells may belong to any part."""
        if not self._mapping.group_apart or not isinstance(key, tuple):
            return key
        wanted = key[: len(self._mapping.group_by)]
        return wanted[0] if len(wanted) == 1 else wanted

    def _keyless(self, line: int, cells: Cells) -> CellProblem:
        empty = next(column for column in self._mapping.group_by if not cells[column.slot])
        return CellProblem(line, empty.label, "", "must say which document the row belongs to")

    def _spill(self) -> None:
        self._spilled.add_run([(key, rows.numbers[0], rows.numbers, rows.cells, rows.problems) for key, rows in self._groups.items()])
        self._groups.clear()

    def _finished(self) -> Iterator[tuple[_Came, Rows]]:
        if not self._spilled.spilled:
            while self._groups:
                key = next(iter(self._groups))
                rows = self._groups.pop(key)
                self._misplaced.taint(self._whole(key), rows)
                yield (FROM_GROUP, rows.numbers[0]), rows
            return
        self._spill()
        for key, parts in groupby(self._spilled.sorted(), key=itemgetter(0)):
            rows = Rows([], [])
            for _, _, numbers, cells, problems in parts:
                rows.numbers += numbers
                rows.cells += cells
                rows.problems += problems
            self._misplaced.taint(self._whole(key), rows)
            yield (FROM_GROUP, key), rows


def _header(path: Path, mapping: Mapping, opened: OpenTable) -> Header:
    """Find the header, with a place for each used column; those that other rows lend are absent."""
    own = [column for column in mapping.columns if column not in mapping.lent_columns]
    found = find_header(path, opened.rows, [column.name for column in own], mapping.table)
    places = dict(zip(own, found.indexes, strict=True))
    return Header(tuple(places.get(column, ABSENT) for column in mapping.columns), found.width)
