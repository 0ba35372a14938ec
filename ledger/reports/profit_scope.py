"""Which postings a table of profit is about: those posted in a period, or all that were ever posted on orders dated in it (a cohort).

Hand-written entries count in both: by their own date, or by that of the order that they name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Subquery, select

from ledger.reports.cohort_facts import cohort_facts
from ledger.reports.context import Context
from ledger.reports.hand_written import HandPosting, hand_postings, hand_sums
from ledger.reports.pages import chunks
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_facts import Key, facts, sum_of_all
from ledger.reports.profit_view import ProfitSums, total_of
from ledger.store.tables import orders


@dataclass(frozen=True, slots=True)
class Scope:
    """Postings of a period, or a cohort: then `dates` has the days of the orders that `hand` names."""

    ctx: Context
    period: Period
    hand: Sequence[HandPosting]
    cohort: bool = False
    dates: Mapping[int | None, str] = field(default_factory=dict)

    def facts(self, dimension: str) -> Subquery:
        """Return the facts that the store keeps of a dimension."""
        return cohort_facts(dimension, self.period) if self.cohort else facts(self.ctx, dimension, self.period)

    def by_hand(self, dimension: str) -> dict[Key, ProfitSums]:
        """Return what hand-written entries add to each value of a dimension."""
        return hand_sums(self.ctx, self.hand, self._key_of(dimension))

    def sum_of(self, dimension: str) -> ProfitSums:
        """Return what all values of a dimension have together."""
        result = sum_of_all(self.ctx, self.facts(dimension))
        result.add(total_of(self.by_hand(dimension).values()))
        return result

    def _key_of(self, by: str) -> Callable[[HandPosting], Key | None]:
        """Return what a hand-written posting belongs to: it names an order and a SKU at most."""
        if by in ("customer", "channel"):
            of_order = _of_orders(self.ctx, by, self.hand)
            return lambda one: of_order.get(one.order_id)
        keys: dict[str, Callable[[HandPosting], Key | None]] = {
            "sku": lambda one: one.posting.sku or None,
            "category": lambda one: self.ctx.categories.get(one.posting.sku or ""),
            "month": lambda one: (self.dates[one.order_id] if self.cohort else one.entry.date)[:7],
            "order": lambda one: one.order_id,
            "total": lambda _: "",
        }
        return keys.get(by, lambda _: None)


def posted_scope(ctx: Context, period: Period) -> Scope:
    """Return the scope of what was posted in a period: it ties to the statements."""
    return Scope(ctx, period, hand_postings(ctx, period))


def cohort_scope(ctx: Context, period: Period) -> Scope:
    """Return the scope of the orders dated in a period, whenever their profit was posted."""
    hand = [one for one in hand_postings(ctx, EVERYTHING) if one.order_id is not None]
    dates = _of_orders(ctx, "date", hand)
    return Scope(ctx, period, [one for one in hand if period.holds(dates[one.order_id])], cohort=True, dates=dates)


def _of_orders(ctx: Context, column: str, hand: Sequence[HandPosting]) -> dict[int | None, str]:
    """Return a column of the orders that hand-written postings name, where they have one."""
    found: dict[int | None, str] = {}
    ids = [one.order_id for one in hand if one.order_id is not None]
    for part in chunks(list(dict.fromkeys(ids))):
        rows = ctx.connection.execute(select(orders.c.id, orders.c[column]).where(orders.c.id.in_(part)))
        found.update((row[0], row[1]) for row in rows if row[1] is not None)
    return found
