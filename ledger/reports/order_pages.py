"""Orders in the sequence of a sorted list, a page at a time, with hand-written entries counted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from ledger.reports.context import Context
from ledger.reports.hand_written import hand_sums_by_order
from ledger.reports.order_sorts import Place, Sort
from ledger.reports.order_walks import Condition, stored_orders
from ledger.reports.pages import chunks
from ledger.reports.profit_view import ProfitSums
from ledger.store.tables import orders


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


def page_of_orders(
    ctx: Context, sort: Sort, filters: Sequence[tuple[str, Condition]], size: int, place: Place | None
) -> tuple[list[Item], Place | None]:
    """Return the next orders behind `place`, at most `size`, and the place that the next page starts behind (None: there is none).

    `filters` are (column, condition). Where few orders hold to them a page may be short, even empty, though there is a next one.
    """
    hand = hand_sums_by_order(ctx)
    stored, end = stored_orders(ctx, sort, filters, size + 1 + len(hand), place)
    items = [Item(row, ProfitSums.of(row._mapping), getattr(row, sort.name)) for row in stored if row.id not in hand]
    plain = [condition(orders.c[name]) for name, condition in filters]
    for part in chunks(list(hand)):
        for row in ctx.connection.execute(select(orders).where(orders.c.id.in_(part), *plain)):
            sums = ProfitSums.of(row._mapping)
            sums.add(hand[row.id])
            items.append(Item(row, sums, sort.value(row, sums)))
    if place is not None:
        items = [item for item in items if sort.key(item.place) > sort.key(place)]
    if end is not None:
        items = [item for item in items if sort.key(item.place) <= sort.key(end)]
    items.sort(key=lambda item: sort.key(item.place))
    return items[:size], items[size - 1].place if len(items) > size else end
