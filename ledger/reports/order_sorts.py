"""What a list of orders is sorted by, and the places in it that cursors name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from ledger.errors import InvalidQuery
from ledger.reports.profit_view import ProfitSums
from ledger.store.tables import orders

SORTS = ("date", "revenue", "gross_profit", "contribution", "margin")
"""What orders can be sorted by; each has an index with the id behind it."""

Place = tuple[Any, ...]
"""A cursor: (sort value or None, id)."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A column, up or down. Orders without a value (no margin) come last either way."""

    name: str
    descending: bool

    @classmethod
    def read(cls, text: str) -> Sort:
        """Read `margin` or `-margin`."""
        name = text.removeprefix("-")
        if name not in SORTS:
            known = ", ".join(SORTS)
            raise InvalidQuery(f"sort must be one of {known}, with a minus before it to start high, not {text[:40]!r}")
        return cls(name, text != name)

    @property
    def kinds(self) -> tuple[Any, ...]:
        """Return the types of a cursor's values."""
        return (str if self.name == "date" else (int, type(None)), int)

    @property
    def has_gaps(self) -> bool:
        """Tell whether an order may have no value: a margin needs revenue."""
        return orders.c[self.name].nullable is True

    def value(self, row: Row[Any], sums: ProfitSums) -> int | str | None:
        """Compute an order's value from its sums, so that hand-written entries count."""
        if self.name == "date":
            return str(row.date)
        derived = sums.derived
        return derived.margin_e4 if self.name == "margin" else int(getattr(derived, self.name))

    def key(self, place: Place) -> Any:
        """Return what Python compares: smaller comes first on the page."""
        value, order_id = place
        if isinstance(value, str):
            # Days differ in digits only, so their number sorts as they do.
            value = int(value.replace("-", ""))
        sign = -1 if self.descending else 1
        return (value is None, sign * (value or 0), sign * order_id)
