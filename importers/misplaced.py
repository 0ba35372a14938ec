"""Rows with too many or too few cells: which documents they may belong to, so that none goes in without one of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from importers.bounds import KEYS_TRIED_MAX, MISPLACED_MAX
from importers.errors import BadFile, CellProblem
from importers.rows import Cells, Rows
from importers.table import Header, Row, TableFormat

Key = str | int | Cells


@dataclass(slots=True)
class _Suspect:
    """A row whose cells cannot be trusted, and the groups that it may be missing from."""

    problem: CellProblem
    keys: set[Key]
    unknown: bool
    """It was cut before its key was whole: then it may belong to the row before it or after it."""
    found: bool = False


class Misplaced:
    """The misplaced rows of one table."""

    def __init__(self, path: Path, header: Header, form: TableFormat, group_slots: Sequence[int]) -> None:
        self._path = path
        self._width = header.width or 0
        self._indexes = [header.indexes[slot] for slot in group_slots]
        self._form = form
        self._suspects: list[_Suspect] = []
        self._waiting: list[_Suspect] = []
        self._by_key: dict[Key, list[_Suspect]] | None = None
        self._last: Key | None = None

    def note(self, row: Row, problem: str) -> None:
        """Take a row that cannot be trusted; BadFile where there are so many that the file is not what the mapping says."""
        if len(self._suspects) >= MISPLACED_MAX:
            raise BadFile(f"{self._path}: more than {MISPLACED_MAX} rows like row {row.line}, which {problem}")
        suspect = self._suspect(row, problem)
        self._suspects.append(suspect)
        if suspect.unknown:
            self._waiting.append(suspect)
            suspect.keys.update(() if self._last is None else (self._last,))

    def passed(self, key: Key) -> None:
        """Take the key of a row that was read well."""
        for suspect in self._waiting:
            suspect.keys.add(key)
        self._waiting.clear()
        self._last = key

    def taint(self, key: Key, rows: Rows) -> None:
        """Give a finished group the problems of the rows that it may lack."""
        if self._by_key is None:
            self._by_key = {}
            for suspect in self._suspects:
                for suspected in suspect.keys:
                    self._by_key.setdefault(suspected, []).append(suspect)
        for suspect in self._by_key.get(key, ()):
            suspect.found = True
            rows.problems.append(suspect.problem)

    def left(self) -> dict[int, CellProblem]:
        """Return the problems of the rows that belong to none of the groups seen, by their number among all misplaced rows."""
        return {number: suspect.problem for number, suspect in enumerate(self._suspects) if not suspect.found}

    def _suspect(self, row: Row, problem: str) -> _Suspect:
        """Find the documents that a row may belong to: its key may have moved by as many cells as there are too many."""
        moved = len(row.cells) - self._width
        shifts = range(min(moved, 0), max(moved, 0) + 1)
        choices: list[list[str]] = []
        for index in self._indexes:
            cells = [row.cells[index + by] for by in shifts if 0 <= index + by < len(row.cells)]
            choices.append([text for text in map(self._form.clean, cells) if text])
        found = islice(product(*choices), KEYS_TRIED_MAX) if self._indexes and all(choices) else ()
        keys: set[Key] = {key[0] if len(key) == 1 else key for key in found}
        cut = moved < 0 and len(row.cells) <= max(self._indexes, default=-1) + 1
        unknown = bool(self._indexes) and (cut or not keys or len(keys) >= KEYS_TRIED_MAX)
        return _Suspect(CellProblem(row.line, None, None, problem), keys, unknown)
