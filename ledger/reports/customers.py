"""Customers with the profit of their orders, and when they ordered first and last."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from ledger.reports.context import Context
from ledger.reports.pages import chunks, page_limit
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_by import ranked_page
from ledger.reports.profit_scope import posted_scope
from ledger.reports.profit_view import Json, profit_json
from ledger.store.tables import orders


def customers(ctx: Context, period: Period = EVERYTHING, *, limit: int | None = None, after: str | None = None) -> Json:
    """Return a page of customers by contribution in the period, highest first, with their orders of all time."""
    size = page_limit(limit)
    page, following = ranked_page(posted_scope(ctx, period), "customer", size, after)
    known = _orders_of(ctx, [name for name, _ in page])
    items = [{"customer": name, **known.get(name, {}), **profit_json(ctx, sums)} for name, sums in page]
    return {"period": period.label, "currency": ctx.chart.currency, "items": items, "next": following}


def _orders_of(ctx: Context, names: Sequence[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    columns = (orders.c.customer, func.count(), func.min(orders.c.date), func.max(orders.c.date))
    for part in chunks(names):
        grouped = select(*columns).where(orders.c.customer.in_(part)).group_by(orders.c.customer)
        for name, count, first, last in ctx.connection.execute(grouped):
            found[name] = {"orders": count, "first_order": first, "last_order": last}
    return found
