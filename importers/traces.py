"""Traces: rows that name no earlier row, such as credit notes, find the one that they take back by what both say.

The rows that may be found lie in a temporary database, so that memory does not grow with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importers.errors import CellProblem
from importers.number_format import POWERS, SCALE, NumberFormat
from importers.report import FileReport
from importers.rows import Cells, Column
from importers.scratch import scratch_database
from ledger.limits import QUANTITY_MAX
from ledger.money import MICRO_DIGITS


@dataclass(frozen=True, slots=True)
class Trace:
    """What a `[[trace]]` says. Rows that `looks` accepts look for rows above them that `found` accepts, with the same texts in `on`."""

    name: str
    looks: Callable[[Cells], bool]
    found: Callable[[Cells], bool]
    on: tuple[Column, ...]
    quantity: Column
    form: NumberFormat
    columns: tuple[Column, ...] = ()
    """What the row that was found lends, by the names with the trace's own in front."""
    sources: tuple[Column, ...] = ()
    """The columns of the same table that `columns` are lent from."""


class Tracing:
    """One trace over one table, row by row: the latest row above of which enough is left is found, and less is left of it."""

    def __init__(self, trace: Trace, report: FileReport) -> None:
        self._trace = trace
        self._report = report
        self._database = scratch_database(self)
        # `left` in millionths of a unit.
        self._database.execute("CREATE TABLE known (id INTEGER PRIMARY KEY, key TEXT, left INT, cells TEXT)")
        self._database.execute("CREATE INDEX by_key ON known (key)")
        self._lost: list[int] = []

    def complete(self, cells: Cells, line: int) -> tuple[Cells, CellProblem | None]:
        """Return a row with the columns of the row that it leads to, and what is wrong with its quantity."""
        trace = self._trace
        looks = trace.looks(cells)
        if not looks and not trace.found(cells):
            return cells, None
        try:
            quantity = self._quantity(cells)
        except ValueError as error:
            return cells, CellProblem(line, trace.quantity.label, cells[trace.quantity.slot], str(error))
        texts = [cells[column.slot] for column in trace.on]
        # An empty cell says nothing that two rows could have in common.
        key = json.dumps(texts) if all(texts) else None
        if not looks:
            self._remember(key, quantity, cells)
            return cells, None
        lent = self._find(key, quantity)
        if lent is None:
            self._lost.append(line)
            return cells, None
        filled = list(cells)
        for column, text in zip(trace.columns, lent, strict=True):
            filled[column.slot] = text
        return tuple(filled), None

    def finish(self) -> None:
        """Remark on rows that lead to no row."""
        if self._lost:
            told = f"no row above is the {self._trace.name} of this row; there are {len(self._lost)} such rows"
            self._report.remark(self._lost[0], told)

    def _quantity(self, cells: Cells) -> int:
        text = cells[self._trace.quantity.slot]
        if not text:
            raise ValueError("must be a number")
        quantity = abs(self._trace.form.read(text)) // POWERS[SCALE - MICRO_DIGITS]
        if quantity > QUANTITY_MAX:
            raise ValueError("is larger than the ledger holds")
        return quantity

    def _remember(self, key: str | None, quantity: int, cells: Cells) -> None:
        if key is not None:
            lent = json.dumps([cells[column.slot] for column in self._trace.sources])
            self._database.execute("INSERT INTO known (key, left, cells) VALUES (?, ?, ?)", (key, quantity, lent))

    def _find(self, key: str | None, quantity: int) -> Sequence[str] | None:
        """Take `quantity` off the latest row that has so much left; return the cells that it lends."""
        found = self._database.execute(
            "SELECT id, cells FROM known WHERE key = ? AND left >= ? ORDER BY id DESC LIMIT 1", (key, quantity)
        ).fetchone()
        if found is None:
            return None
        self._database.execute("UPDATE known SET left = left - ? WHERE id = ?", (quantity, found[0]))
        lent: list[str] = json.loads(found[1])
        return lent
