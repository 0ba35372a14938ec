"""Which postings a table of profit is about: those posted in a period, or all that were ever posted on orders dated in it (a cohort).

Hand-written entries count in both: by their own date, or by that of the order that they name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Subquery, or_, select

from ledger.reports.cohort_facts import cohort_facts, customer_ranking, has_orders
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.hand_written import HandPosting, hand_postings, hand_sums
from ledger.reports.pages import chunks
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_facts import Key, all_of_orders, facts, sum_of_all
from ledger.reports.profit_ranking import kept_ranking, ranked, ranked_kept
from ledger.reports.profit_view import ProfitSums, total_of
from ledger.state.records import PROFIT_FIELDS
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

    def ranked(self, by: str, size: int, place: tuple[int, Key] | None) -> list[tuple[Key, ProfitSums]]:
        """Return the next `size` values of a dimension behind `place`, by contribution from the highest.

        A cohort leaves out what was posted in its months for orders of other months only: a customer without an order in the
        period, a SKU whose fields all come to nothing.
        """
        source, added = self.facts(by), self.by_hand(by)
        # Over all time the cohort of a customer is what was posted: every customer has an order.
        same = not self.cohort or (by == "customer" and self.period.is_everything)
        kept = kept_ranking(by, self.period) if same else None
        if kept is not None:
            return ranked_kept(self.ctx, kept, added, size, place)
        if not self.cohort:
            return ranked(self.ctx, source, added, size, place)
        if by != "customer":
            moved = or_(*(whole_sum(source.c[name]) != 0 for name in PROFIT_FIELDS))
            return ranked(self.ctx, source, added, size, place, shown=moved)
        ranking = customer_ranking(self.period)
        theirs = or_(whole_sum(ranking.c.contribution) != 0, has_orders(ranking.c.key, self.period))
        return ranked(self.ctx, source, added, size, place, ranking=ranking, shown=theirs)

    def by_hand(self, dimension: str) -> dict[Key, ProfitSums]:
        """Return what hand-written entries add to each value of a dimension."""
        return hand_sums(self.ctx, self.hand, self._key_of(dimension))

    def sum_of(self, dimension: str) -> ProfitSums:
        """Return what all values of a dimension have together."""
        result = self._of_all_orders() if dimension == "customer" else sum_of_all(self.ctx, self.facts(dimension))
        result.add(total_of(self.by_hand(dimension).values()))
        return result

    def _of_all_orders(self) -> ProfitSums:
        """Return what customers have together: every order has one, and a cohort is nothing but orders."""
        return sum_of_all(self.ctx, self.facts("total")) if self.cohort else all_of_orders(self.ctx, self.period)

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
