"""Profit by a dimension: items, what no item has, and the total, which is the income statement's (design 7).

Items of all pages + unallocated = total, to the minor unit, by construction. A cohort's total is that of its orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from ledger.errors import InvalidQuery
from ledger.limits import PAGE_MAX
from ledger.reports.context import Context
from ledger.reports.operating import DIMENSIONS as OPERATING_DIMENSIONS
from ledger.reports.operating import Operating, operating_json, share_operating
from ledger.reports.order_pages import page_of_orders
from ledger.reports.order_references import shared_numbers
from ledger.reports.order_sorts import Sort
from ledger.reports.order_walks import Condition
from ledger.reports.pages import chunks, decode_cursor, encode_cursor, page_limit
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_facts import Key, sums_by_key
from ledger.reports.profit_scope import Scope, cohort_scope, posted_scope
from ledger.reports.profit_view import Json, ProfitSums, profit_json, total_of
from ledger.store.tables import orders

DIMENSIONS = ("sku", "category", "customer", "channel", "month", "carrier", "supplier", "order")

MANY_VALUED = ("sku", "customer", "order")
"""Dimensions with so many values that the database sorts them; the others are grouped once and sorted here."""

Ranked = tuple[Key, ProfitSums]
"""A key with its profit."""


def profit_by(
    ctx: Context,
    by: str,
    period: Period = EVERYTHING,
    *,
    limit: int | None = None,
    after: str | None = None,
    cohort: bool = False,
    operating: bool = False,
) -> Json:
    """Return profit by `by`, highest contribution first (months: oldest first), with what is unallocated and the total.

    `cohort` counts all that was ever posted on the orders dated in the period, instead of what was posted in it. `operating` adds
    to each item its share of the operating costs, and says what they were shared by.
    """
    _refuse_without_sense(by, cohort=cohort, operating=operating)
    size = page_limit(limit, PAGE_MAX)
    scope = cohort_scope(ctx, period) if cohort else posted_scope(ctx, period)
    shared: Operating | None = None
    if by in MANY_VALUED:
        items, following = ranked_page(scope, by, size, after)
        # Every order has a customer: what orders have together is what customers have.
        allocated = scope.sum_of("customer" if by == "order" else by)
    else:
        profits = grouped(scope, by)
        shared = share_operating(ctx, by, period, profits) if operating else None
        items, following = _page(profits, by, size, after)
        allocated = total_of(profits.values())
    total = scope.sum_of("total")
    unallocated = total.less(allocated)
    extra = _order_names(ctx, [key for key, _ in items]) if by == "order" else {}
    return {
        "by": by,
        "period": period.label,
        "currency": ctx.chart.currency,
        **({"cohort": True} if cohort else {}),
        "items": [
            {"key": key, **extra.get(key, {}), **_json(ctx, sums, shared.of(key) if shared is not None else None)} for key, sums in items
        ],
        "unallocated": _json(ctx, unallocated, shared.unallocated if shared is not None else None),
        "total": _json(ctx, total, shared.total if shared is not None else None),
        **({"drivers": shared.drivers} if shared is not None else {}),
        "next": following,
    }


def _refuse_without_sense(by: str, *, cohort: bool, operating: bool) -> None:
    if by not in DIMENSIONS:
        raise InvalidQuery(f"by must be one of {', '.join(DIMENSIONS)}, not {by[:40]!r}")
    if operating and by not in OPERATING_DIMENSIONS:
        few = ", ".join(OPERATING_DIMENSIONS)
        raise InvalidQuery(f"operating costs are shared by {few}: {by} has too many values to bear a share each")
    if operating and cohort:
        raise InvalidQuery("operating costs belong to the days they were posted on: give operating or cohort, not both")


def _json(ctx: Context, sums: ProfitSums, operating: int | None) -> Json:
    return profit_json(ctx, sums) | ({} if operating is None else operating_json(ctx, operating, sums))


def grouped(scope: Scope, by: str) -> dict[Key, ProfitSums]:
    """Return the profit of every value of a dimension that has few."""
    profits: dict[Key, ProfitSums] = {}
    categories = scope.ctx.categories
    stored = sums_by_key(scope.ctx, scope.facts("sku" if by == "category" else by))
    for key, sums in stored.items():
        group = categories.get(key) if by == "category" else key
        # What was posted in a month for orders of other months leaves nothing behind in its cohort.
        if group is not None and not (scope.cohort and sums.is_zero):
            profits.setdefault(group, ProfitSums()).add(sums)
    for key, sums in scope.by_hand(by).items():
        profits.setdefault(key, ProfitSums()).add(sums)
    return profits


def _page(profits: dict[Key, ProfitSums], by: str, size: int, after: str | None) -> tuple[list[Ranked], str | None]:
    place = decode_cursor(after, int, str)
    ranks = {key: (0 if by == "month" else -sums.derived.contribution, key) for key, sums in profits.items()}
    keys = sorted((key for key in ranks if place is None or ranks[key] > place), key=lambda key: ranks[key])
    following = encode_cursor(*ranks[keys[size - 1]]) if len(keys) > size else None
    return [(key, profits[key]) for key in keys[:size]], following


def ranked_page(scope: Scope, by: str, size: int, after: str | None) -> tuple[list[Ranked], str | None]:
    """Return a page of a many-valued dimension, sorted by the database, and the cursor of the next."""
    if by == "order" and (scope.cohort or scope.period.is_everything):
        return _kept_orders(scope, size, after)
    place = decode_cursor(after, int, int if by == "order" else str)
    found = scope.ranked(by, size + 1, place)
    items = found[:size]
    more = len(found) > size
    return items, encode_cursor(items[-1][1].derived.contribution, items[-1][0]) if more else None


def _kept_orders(scope: Scope, size: int, after: str | None) -> tuple[list[Ranked], str | None]:
    """Page through the profit that is kept with each order."""
    days = scope.period
    dated: tuple[str, Condition] = ("date", lambda column: column.between(days.first, days.last))
    filters = () if days.is_everything else (dated,)
    by_contribution = Sort("contribution", descending=True)
    found, place = page_of_orders(scope.ctx, by_contribution, filters, size, decode_cursor(after, int, int))
    return [(item.row.id, item.sums) for item in found], encode_cursor(*place) if place is not None else None


def _order_names(ctx: Context, ids: Sequence[int]) -> dict[Key, Json]:
    """Name orders as a reference to them must be written: number where that is unique, else source/number."""
    rows: list[Row[Any]] = []
    for part in chunks(ids):
        rows += ctx.connection.execute(select(orders.c.id, orders.c.source, orders.c.number).where(orders.c.id.in_(part)))
    shared = shared_numbers(ctx, (row.number for row in rows))
    return {
        row.id: {
            "key": f"{row.source}/{row.number}" if row.number in shared else row.number,
            "order": row.number,
            "source": row.source,
        }
        for row in rows
    }
