"""Pointer columns: cells that say in which row their value stands ("See DN-304 (ID#:10589)") instead of the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from importers.rows import Column, Rows


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column with pointers: `pattern` fits them, and its only group is the text by which column `to` knows the other row."""

    column: Column
    pattern: re.Pattern[str]
    to: Column

    def resolve(self, rows: Rows, remark: Callable[[int, str, str], None]) -> None:
        """Put the value that each pointer leads to in its place; where there is none the cell is empty and `remark` (row, sentence, value).

        Pointers lead to rows of the same group only: an amount that stood in two documents would be booked twice.
        """
        slot = self.column.slot
        if not any(self.pattern.fullmatch(cells[slot]) for cells in rows.cells):
            return
        known = {cells[self.to.slot]: i for i, cells in reversed(list(enumerate(rows.cells)))}
        values = [self._follow(i, rows, known) for i in range(len(rows.cells))]
        for i, value in enumerate(values):
            cells = rows.cells[i]
            if value != cells[slot]:
                rows.cells[i] = (*cells[:slot], value, *cells[slot + 1 :])
            if not value and cells[slot]:
                where = self._target(cells[slot])
                row = f"row {rows.numbers[known[where]]}, which has none" if where in known else "no row of the same document"
                remark(rows.numbers[i], f"column {self.column.label} points to {self.to.name} {where}: {row}", cells[slot])

    def _follow(self, start: int, rows: Rows, known: dict[str, int]) -> str:
        place = start
        for _ in range(len(rows.cells)):
            text = rows.cells[place][self.column.slot]
            if not self.pattern.fullmatch(text):
                return text
            target = known.get(self._target(text))
            if target is None:
                return ""
            place = target
        return ""  # They lead round in a circle.

    def _target(self, text: str) -> str:
        match = self.pattern.fullmatch(text)
        return match.group(1).strip() if match else ""
