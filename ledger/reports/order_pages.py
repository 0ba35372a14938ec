"""Orders in the sequence of a sorted list, a page at a time, with hand-written entries counted in.

A page walks the index of what it is sorted by, or of its narrowest filter, and reads about as many rows as it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from ledger.errors import InvalidQuery
from ledger.reports.context import Context
from ledger.reports.expressions import after_pair
from ledger.reports.hand_written import hand_sums_by_order
from ledger.reports.pages import chunks
from ledger.reports.profit_view import ProfitSums
from ledger.store.tables import orders

SORTS = ("date", "revenue", "gross_profit", "contribution", "margin")
"""What orders can be sorted by; each has an index with the id behind it."""

RARE_MAX = 2_000
"""Up to so many orders are looked up by the filter's own index and sorted; more are met while walking the sort's."""

Place = tuple[Any, ...]
"""A cursor: (sort value or None, id)."""

Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]


@dataclass(slots=True)
class Item:
    """One order on a page: its row, its profit with hand-written entries, and the value it is sorted by."""

    row: Row[Any]
    sums: ProfitSums
    value: int | str | None

    @property
    def place(self) -> Place:
        """Return the cursor behind this item."""
        return (self.value, self.row.id)


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


def page_of_orders(
    ctx: Context, sort: Sort, filters: Sequence[tuple[str, Condition]], size: int, place: Place | None
) -> tuple[list[Item], bool]:
    """Return the next `size` orders behind `place`, and whether there are more. `filters` are (column, condition)."""
    hand = hand_sums_by_order(ctx)
    stored = _stored(ctx, sort, filters, size + 1 + len(hand), place)
    items = [Item(row, ProfitSums.of(row._mapping), getattr(row, sort.name)) for row in stored if row.id not in hand]
    plain = [condition(orders.c[name]) for name, condition in filters]
    for part in chunks(list(hand)):
        for row in ctx.connection.execute(select(orders).where(orders.c.id.in_(part), *plain)):
            sums = ProfitSums.of(row._mapping)
            sums.add(hand[row.id])
            items.append(Item(row, sums, sort.value(row, sums)))
    if place is not None:
        items = [item for item in items if sort.key(item.place) > sort.key(place)]
    items.sort(key=lambda item: sort.key(item.place))
    return items[:size], len(items) > size


def _stored(ctx: Context, sort: Sort, filters: Sequence[tuple[str, Condition]], size: int, place: Place | None) -> list[Row[Any]]:
    column, order_id = orders.c[sort.name], orders.c.id
    guided = [_guided(ctx, sort, name, condition) for name, condition in filters]
    query = select(orders).where(*guided)
    sequence = (column.desc(), order_id.desc()) if sort.descending else (column, order_id)
    rows: list[Row[Any]] = []
    if place is None or place[0] is not None:
        valued = query.where(column.is_not(None)) if column.nullable else query
        if place is not None:
            valued = valued.where(after_pair(column, order_id, place, descending=sort.descending))
        rows = list(ctx.connection.execute(valued.order_by(*sequence).limit(size)))
    if column.nullable and len(rows) < size:
        # NULLs sort first in one engine and last in the other: they are read on their own, behind all others.
        bare = query.where(column.is_(None))
        if place is not None and place[0] is None:
            bare = bare.where(order_id < place[1] if sort.descending else order_id > place[1])
        rows += ctx.connection.execute(bare.order_by(sequence[1]).limit(size - len(rows)))
    return rows


def _guided(ctx: Context, sort: Sort, name: str, condition: Condition) -> ColumnElement[bool]:
    """Return the condition, hidden from its own index where walking the sort's index finds a page sooner."""
    column = orders.c[name]
    plain = condition(column)
    if sort.name == "date" and name in ("date", "customer", "channel"):
        return plain
    few = select(orders.c.id).where(plain).limit(RARE_MAX + 1).subquery()
    count = ctx.connection.execute(select(func.count()).select_from(few)).scalar_one()
    return plain if count <= RARE_MAX else condition(func.coalesce(column, column))
