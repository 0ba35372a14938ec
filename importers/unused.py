"""Rows that were read but that no document took: counted and told, so that nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importers.plans import Made
from importers.report import FileReport
from importers.rows import Rows


@dataclass(slots=True)
class Unused:
    """The rows of one table that no document took. A row of a refused document is told by the refusal."""

    count: int = 0
    first: int = 0
    """The first of them, 0 while there is none."""

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
            self._add(len(left), left[0])

    def add(self, other: Unused) -> None:
        """Count those of another part of the table too."""
        if other.count:
            self._add(other.count, other.first)

    def finish(self, file: FileReport) -> None:
        """Put them into the report, with a remark."""
        file.rows_without_document = self.count
        if self.count:
            file.remark(self.first, f"no document of the mapping takes this row; there are {self.count} such rows")

    def _add(self, count: int, first: int) -> None:
        self.first = min(self.first or first, first)
        self.count += count
