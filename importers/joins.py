"""Joined files: another table (order headers, a price list) that lends its columns to the rows that name the same key.

The joined rows lie in a temporary database, so that memory does not grow with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from importers.errors import BadFile, CellProblem
from importers.opening import open_table
from importers.pick import picker
from importers.report import FileReport
from importers.rows import Cells, Column
from importers.scope import Notation
from importers.scratch import scratch_database
from importers.table import TableFormat, find_header, width_problem


@dataclass(frozen=True, slots=True)
class Join:
    """What a `[[join]]` says. `keys` are the joined file's columns for the columns `on` of the table that is read."""

    name: str
    file: str | None
    """A name, or a pattern; None is another sheet of the same spreadsheet, another table of the same dump."""
    table: TableFormat
    on: tuple[Column, ...]
    keys: tuple[str | int, ...]
    columns: tuple[Column, ...] = ()
    """The joined columns that the mapping uses, by the joined file's own names."""
    notations: tuple[Notation, ...] = ()
    optional: bool = False
    """A row without a joined one keeps its columns empty, instead of being refused."""

    def find(self, path: Path, match_name: str | None) -> Path:
        """Return the file that is joined to `path`; BadFile where there is none, or more than one."""
        if self.file is None:
            return path
        wanted = self.file
        if wanted.count("*") == 1 and match_name and match_name.count("*") == 1:
            start, _, end = match_name.partition("*")
            # What the star stands for in the one name, it stands for in the other: lines-2026-03.csv, orders-2026-03.csv.
            wanted = wanted.replace("*", path.name[len(start) : len(path.name) - len(end)])
        found = sorted(item for item in path.parent.iterdir() if fnmatchcase(item.name, wanted) and item.is_file())
        if len(found) != 1:
            there = f"{' and '.join(item.name for item in found)} both fit" if found else "it is not there"
            raise BadFile(f"{path}: is read together with {wanted} beside it; {there}")
        return found[0]


class Joined:
    """The rows of one joined file by their key."""

    def __init__(self, join: Join, path: Path, report: FileReport) -> None:
        self._join = join
        self._report = report
        self._name = path.name
        self._database = scratch_database(self)
        self._database.execute("CREATE TABLE joined (id INTEGER PRIMARY KEY, key TEXT, line INT, cells TEXT)")
        self._database.executemany("INSERT INTO joined (key, line, cells) VALUES (?, ?, ?)", self._read(path))
        self._database.execute("CREATE INDEX by_key ON joined (key)")
        self._count: int = self._database.execute("SELECT count(*) FROM joined").fetchone()[0]
        self._used = bytearray(self._count + 1)
        self._last: tuple[str, list[tuple[int, int, str]]] = ("", [])

    def complete(self, cells: Cells, line: int) -> tuple[Cells, CellProblem | None]:
        """Return a row with the joined columns filled in, and what is wrong where not exactly one joined row has its key."""
        texts = [cells[column.slot] for column in self._join.on]
        # An empty key is none, though an empty one may stand in the joined file too.
        found = self._find(_key(texts)) if any(texts) else []
        if not found and self._join.optional:
            return cells, None
        if len(found) != 1:
            label = " and ".join(column.label for column in self._join.on)
            rows = " and ".join(str(row) for _, row, _ in found)
            told = f"rows {rows} of {self._name} both have this key" if found else f"no row of {self._name} has this key"
            return cells, CellProblem(line, label, cells[self._join.on[0].slot], told)
        number, _, lent = found[0]
        self._used[number] = 1
        filled = list(cells)
        for column, text in zip(self._join.columns, json.loads(lent), strict=True):
            filled[column.slot] = text
        return tuple(filled), None

    def finish(self) -> None:
        """Remark on rows that joined nothing."""
        unused = self._count - sum(self._used)
        if unused:
            first = self._used.index(0, 1)
            line: int = self._database.execute("SELECT line FROM joined WHERE id = ?", (first,)).fetchone()[0]
            self._report.remark(line, f"no row of the table has the key of this row; there are {unused} such rows")

    def _find(self, key: str) -> list[tuple[int, int, str]]:
        # The lines of an order mostly stand together.
        if self._last[0] != key:
            found = self._database.execute("SELECT id, line, cells FROM joined WHERE key = ? LIMIT 2", (key,))
            self._last = (key, found.fetchall())
        return self._last[1]

    def _read(self, path: Path) -> Iterator[tuple[str, int, str]]:
        join, report = self._join, self._report
        opened = open_table(path, join.table)
        report.encoding, report.sheet = opened.encoding, opened.sheet
        columns = [*(Column(name, 0) for name in join.keys), *join.columns]
        header = find_header(path, opened.rows, [column.name for column in columns], join.table)
        pick = picker(columns, header, join.table, [*[Notation()] * len(join.keys), *join.notations])
        for row in opened.rows:
            report.rows += 1
            if join.table.skips(row.cells):
                report.rows_left_out += 1
                continue
            cells, problem = pick(row)
            told = row.problem or width_problem(row, header) or (problem.told(row.line) if problem else None)
            if told:
                report.remark(row.line, f"{told}; rows with its key are refused")
                continue
            yield _key(cells[: len(join.keys)]), row.line, json.dumps(cells[len(join.keys) :])


def _key(texts: Sequence[str]) -> str:
    return json.dumps(list(texts))
