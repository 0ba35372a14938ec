"""What every document has: identity, dates, currency, memo, free dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.fields import Attributes, Day, Decimals, Flag, Instant, Text, optional, required
from ledger.money import MICRO, divide_half_up

Faults = Iterator[tuple[str, str]]
"""Faults that concern several fields together: (pointer below the object, sentence)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An immutable business fact, known by (source, kind, number). `corrects`: it takes the place of the one known so far."""

    kind: ClassVar[str] = ""

    source: str = required(Text(no_slash=True))
    number: str = required(Text())
    date: str = required(Day())
    currency: str | None = optional(Text(max=3, pattern="[A-Z]{3}"))
    rate: int | None = optional(Decimals(sign="positive"))
    at: str | None = optional(Instant())
    memo: str | None = optional(Text(max=limits.TEXT_MAX))
    attributes: tuple[tuple[str, str], ...] = optional(Attributes(), ())
    corrects: bool = optional(Flag(), False)
    reason: str | None = optional(Text(max=limits.TEXT_MAX))

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return (source, kind, number)."""
        return (self.source, self.kind, self.number)

    @property
    def key(self) -> str:
        """Return the identity as people write it: `source/kind/number`."""
        return f"{self.source}/{self.kind}/{self.number}"


def tax_faults(line: object) -> Faults:
    """Refuse a line that gives both `tax` and `tax_rate`."""
    stated, rate = getattr(line, "tax", None), getattr(line, "tax_rate", None)
    if stated is not None and rate:
        yield "tax", "give tax or tax_rate, not both"


def price_faults(line: object) -> Faults:
    """Refuse a line that gives both or neither of `unit_price` and `amount`."""
    if (getattr(line, "unit_price", None) is None) == (getattr(line, "amount", None) is None):
        yield "unit_price", "give exactly one of unit_price and amount"


def line_total(amount: int | None, unit_price: int | None, quantity: int, digits: int) -> int:
    """Return a line's amount in minor units: as stated, else unit price times quantity, rounded half up."""
    if amount is not None:
        return amount
    return divide_half_up((unit_price or 0) * quantity * 10**digits, MICRO * MICRO)
