"""Profit by a dimension: items, what no item has, and the total, which is the income statement's (design 7).

Items of all pages + unallocated = total, to the minor unit, by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, select

from ledger.errors import InvalidQuery
from ledger.limits import PAGE_MAX
from ledger.reports.context import Context
from ledger.reports.hand_written import HandPosting, hand_postings, hand_sums
from ledger.reports.order_pages import Sort, page_of_orders
from ledger.reports.order_references import shared_numbers
from ledger.reports.pages import chunks, decode_cursor, encode_cursor, page_limit
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_facts import Key, facts, ranked, sum_of_all, sums_by_key
from ledger.reports.profit_view import Json, ProfitSums, profit_json, total_of
from ledger.store.tables import orders

DIMENSIONS = ("sku", "category", "customer", "channel", "month", "carrier", "supplier", "order")

MANY_VALUED = ("sku", "customer", "order")
"""Dimensions with so many values that the database sorts them; the others are grouped once and sorted here."""

Ranked = tuple[Key, ProfitSums]
"""A key with its profit."""


def profit_by(ctx: Context, by: str, period: Period = EVERYTHING, *, limit: int | None = None, after: str | None = None) -> Json:
    """Return profit by `by`, highest contribution first (months: oldest first), with what is unallocated and the total."""
    if by not in DIMENSIONS:
        raise InvalidQuery(f"by must be one of {', '.join(DIMENSIONS)}, not {by[:40]!r}")
    size = page_limit(limit, PAGE_MAX)
    hand = hand_postings(ctx, period)
    if by in MANY_VALUED:
        items, following = ranked_page(ctx, by, period, hand, size, after)
        # Every order has a customer: what orders have together is what customers have.
        allocated = _sum(ctx, "customer" if by == "order" else by, period, hand)
    else:
        items, following, allocated = _grouped_page(ctx, by, period, hand, size, after)
    total = _sum(ctx, "total", period, hand)
    extra = _order_names(ctx, [key for key, _ in items]) if by == "order" else {}
    return {
        "by": by,
        "period": period.label,
        "currency": ctx.chart.currency,
        "items": [{"key": key, **extra.get(key, {}), **profit_json(ctx, sums)} for key, sums in items],
        "unallocated": profit_json(ctx, total.less(allocated)),
        "total": profit_json(ctx, total),
        "next": following,
    }


def _grouped_page(
    ctx: Context, by: str, period: Period, hand: Sequence[HandPosting], size: int, after: str | None
) -> tuple[list[Ranked], str | None, ProfitSums]:
    """Group everything once; the allocated sum falls out of it."""
    place = decode_cursor(after, int, str)
    profits: dict[Key, ProfitSums] = {}
    stored = sums_by_key(ctx, facts(ctx, "sku" if by == "category" else by, period))
    for key, sums in stored.items():
        group = ctx.categories.get(key) if by == "category" else key
        if group is not None:
            profits.setdefault(group, ProfitSums()).add(sums)
    for key, sums in hand_sums(ctx, hand, _key_of(ctx, by, hand)).items():
        profits.setdefault(key, ProfitSums()).add(sums)
    ranks = {key: (0 if by == "month" else -sums.derived.contribution, key) for key, sums in profits.items()}
    keys = sorted((key for key in ranks if place is None or ranks[key] > place), key=lambda key: ranks[key])
    following = encode_cursor(*ranks[keys[size - 1]]) if len(keys) > size else None
    return [(key, profits[key]) for key in keys[:size]], following, total_of(profits.values())


def ranked_page(
    ctx: Context, by: str, period: Period, hand: Sequence[HandPosting], size: int, after: str | None
) -> tuple[list[Ranked], str | None]:
    """Return a page of a many-valued dimension, sorted by the database, and the cursor of the next."""
    if by == "order" and period.is_everything:
        return _kept_orders(ctx, size, after)
    place = decode_cursor(after, int, int if by == "order" else str)
    added = hand_sums(ctx, hand, _key_of(ctx, by, hand))
    found = ranked(ctx, facts(ctx, by, period), added, size + 1, place)
    items = found[:size]
    more = len(found) > size
    return items, encode_cursor(items[-1][1].derived.contribution, items[-1][0]) if more else None


def _kept_orders(ctx: Context, size: int, after: str | None) -> tuple[list[Ranked], str | None]:
    """Page through the profit that is kept with each order."""
    found, more = page_of_orders(ctx, Sort("contribution", descending=True), (), size, decode_cursor(after, int, int))
    following = encode_cursor(*found[-1].place) if more else None
    return [(item.row.id, item.sums) for item in found], following


def _sum(ctx: Context, dimension: str, period: Period, hand: Sequence[HandPosting]) -> ProfitSums:
    """Return what all values of a dimension have together."""
    result = sum_of_all(ctx, facts(ctx, dimension, period))
    result.add(total_of(hand_sums(ctx, hand, _key_of(ctx, dimension, hand)).values()))
    return result


def _key_of(ctx: Context, by: str, hand: Sequence[HandPosting]) -> Callable[[HandPosting], Key | None]:
    """Return what a hand-written posting belongs to: it names an order and a SKU at most."""
    if by in ("customer", "channel"):
        of_order = _of_orders(ctx, by, [one.order_id for one in hand if one.order_id is not None])
        return lambda one: of_order.get(one.order_id)
    keys: dict[str, Callable[[HandPosting], Key | None]] = {
        "sku": lambda one: one.posting.sku or None,
        "category": lambda one: ctx.categories.get(one.posting.sku or ""),
        "month": lambda one: one.entry.date[:7],
        "order": lambda one: one.order_id,
        "total": lambda _: "",
    }
    return keys.get(by, lambda _: None)


def _of_orders(ctx: Context, column: str, ids: Sequence[int]) -> dict[int | None, Key | None]:
    found: dict[int | None, Key | None] = {}
    for part in chunks(list(dict.fromkeys(ids))):
        rows = ctx.connection.execute(select(orders.c.id, orders.c[column]).where(orders.c.id.in_(part)))
        found.update((row[0], row[1]) for row in rows)
    return found


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
