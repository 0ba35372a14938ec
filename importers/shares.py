"""An amount of the whole document, shared to its lines: tax or shipping that a file states once beside many lines."""

from __future__ import annotations

from collections.abc import Sequence

from importers.amounts import Number
from importers.errors import CellProblem
from importers.expressions import Value
from importers.rows import Column, NumberColumn, Rows
from ledger.money import allocate


class SharedNumber:
    """A number that the rows agree on, shared to them by another column by largest remainder (money rules 1.4)."""

    def __init__(self, number: Number, base: NumberColumn, *, default: Value = None) -> None:
        self.columns: Sequence[Column] = number.columns
        self._number = number
        self._base = base
        self._default = default

    def one(self, rows: Rows) -> Value:
        """Return the number itself: a line for the whole document takes all of it."""
        return self._number.one(rows)

    def each(self, rows: Rows) -> Sequence[Value]:
        """Return each row's share; CellProblem where the base sums to zero or has a negative part."""
        booked = self._number.booked(rows)
        if booked is None:
            return [self._default] * len(rows.cells)
        weights = [value or 0 for value in self._base.values(rows)]
        try:
            shares = allocate(booked, weights) if booked else [0] * len(weights)
        except ValueError:
            label = self._base.column.label
            raise CellProblem(rows.numbers[0], label, None, "cannot be shared by: it is negative or sums to zero") from None
        return [self._number.written(share, rows) for share in shares]
