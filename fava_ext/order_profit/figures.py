"""Figures as the page shows them, and bars as long as the figures. Decimal strings in, text and thousandths of a width out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 1000
"""A bar's units: thousandths of the cell that it is drawn in."""

WIDTH_MIN = 4
"""What is not zero stays visible."""


def money(amount: str | Decimal) -> str:
    """Write an amount with its own decimals and groups of three digits: `-1,234.50`. Zero has no sign."""
    value = Decimal(amount)
    return f"{abs(value) if value == 0 else value:,}"


def percent(ratio: str | None, digits: int = 2) -> str:
    """Write a ratio as a percentage: `0.4143` is `41.43 %`. No ratio is a dash."""
    return "–" if ratio is None else f"{Decimal(ratio) * 100:,.{digits}f} %"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a cell WIDTH wide: where it begins, how long it is, and which two places it leads from and to."""

    left: int
    length: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps amounts to places in a cell, so that the least amount stands at its left and the greatest at its right."""

    least: Decimal
    greatest: Decimal

    @classmethod
    def over(cls, amounts: Iterable[Decimal]) -> Scale:
        """Make the scale that holds these amounts and zero."""
        values = [Decimal(0), *amounts]
        return cls(min(values), max(values))

    @property
    def zero(self) -> int:
        """Return the place of zero."""
        return self.place(Decimal(0))

    def place(self, amount: Decimal) -> int:
        """Return the place of an amount."""
        span = self.greatest - self.least
        return int((amount - self.least) * WIDTH / span) if span else 0

    def bar(self, before: Decimal, after: Decimal) -> Bar:
        """Return the bar from one amount to another."""
        start, end = self.place(before), self.place(after)
        length = abs(end - start)
        if before != after:
            length = max(length, WIDTH_MIN)
        return Bar(min(start, end, WIDTH - length), length, start, end)
