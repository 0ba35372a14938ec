"""Rows that were read but that no document took: counted and told, so that nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Sequence

from importers.plans import Made
from importers.report import FileReport
from importers.rows import Rows


class Unused:
    """The rows of one table that no document took. A row of a refused document is told by the refusal."""

    def __init__(self, file: FileReport) -> None:
        self._file = file
        self._first = 0

    def look_at(self, group: Rows, made: Sequence[Made]) -> None:
        """Count the rows of a group that are in none of the documents made of it.

        Where some of them have lines, a row counts by its line: that the same rows make a payment too says nothing of its goods.
        """
        lined = [one.lined for one in made if one.lined]
        if any(len(rows) == len(group.numbers) for rows in lined):
            return
        taken = {row for rows in lined or [one.rows for one in made] for row in rows}
        left = [row for row in group.numbers if row not in taken]
        if left:
            self._first = min(self._first or left[0], left[0])
            self._file.rows_without_document += len(left)

    def finish(self) -> None:
        """Remark on them."""
        count = self._file.rows_without_document
        if count:
            self._file.remark(self._first, f"no document of the mapping takes this row; there are {count} such rows")
