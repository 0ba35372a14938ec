"""Operating profit: operating costs shared over the values of a dimension by stated drivers. An analytic view, posted nowhere.

Shares of an account sum to what it came to in the period; what has no driver, or nothing to be shared by, stays unallocated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select, union_all

from ledger.money import allocate
from ledger.reports.account_months import account_months
from ledger.reports.balances import in_chart_order, profit_accounts
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.operating_drivers import driver_of, is_operating
from ledger.reports.period import Period
from ledger.reports.profit_facts import Key
from ledger.reports.profit_view import Json, ProfitSums
from ledger.store.tables import order_month, orders

DIMENSIONS = ("channel", "month", "category", "carrier", "supplier")
"""Dimensions with few values: each value's share depends on all others."""

Weights = Mapping[Key, int]
"""What each value weighs; nothing below zero."""


@dataclass(slots=True)
class Operating:
    """Shares by key and in all, minor units, costs positive; `drivers` say for each account what it was shared by."""

    shares: dict[Key, int] = field(default_factory=dict)
    total: int = 0
    drivers: list[Json] = field(default_factory=list)

    def of(self, key: Key) -> int:
        """Return the share of a value."""
        return self.shares.get(key, 0)

    @property
    def unallocated(self) -> int:
        """Return what no value bears."""
        return self.total - sum(self.shares.values())


def share_operating(ctx: Context, by: str, period: Period, profits: Mapping[Key, ProfitSums]) -> Operating:
    """Share the operating costs of a period over all values of `by`, which must be few."""
    accounts = [name for name in profit_accounts(ctx) if is_operating(ctx.chart, name)]
    moved = account_months(ctx, period, accounts)
    weights = _weights(ctx, by, period, profits)
    found = Operating()
    for account in in_chart_order(ctx.chart, moved):
        amount = sum(moved[account].values())
        driver = driver_of(account, ctx.drivers)
        shares: Mapping[Key, int] = {}
        if driver is not None:
            shares = moved[account] if by == "month" else _shares(amount, weights[driver])
        for key, share in shares.items():
            found.shares[key] = found.shares.get(key, 0) + share
        found.total += amount
        if amount:
            stated = {"account": account, "driver": driver, "amount": ctx.money(amount), "shared": ctx.money(sum(shares.values()))}
            found.drivers.append(stated)
    return found


def operating_json(ctx: Context, operating: int, sums: ProfitSums) -> Json:
    """Write a share and what is left of the contribution after it."""
    return {"operating": ctx.money(operating), "operating_profit": ctx.money(sums.derived.contribution - operating)}


def _shares(amount: int, weights: Weights) -> Mapping[Key, int]:
    """Share by largest remainder, ties to the earlier key; nothing where nothing weighs anything."""
    keys = sorted(key for key, weight in weights.items() if weight > 0)
    return dict(zip(keys, allocate(amount, [weights[key] for key in keys]), strict=True)) if keys else {}


def _weights(ctx: Context, by: str, period: Period, profits: Mapping[Key, ProfitSums]) -> dict[str, Weights]:
    """Return what each value weighs by each driver. Orders are counted by channel: several categories or carriers share one order."""
    counted = _orders_by_channel(ctx, period) if by == "channel" and "orders" in ctx.drivers.values() else {}
    derived = {key: sums.derived for key, sums in profits.items()}
    return {
        "orders": {key: counted.get(key, 0) for key in profits},
        "revenue": {key: one.revenue for key, one in derived.items()},
        "gross_profit": {key: one.gross_profit for key, one in derived.items()},
    }


def _orders_by_channel(ctx: Context, period: Period) -> dict[Key, int]:
    """Count the orders dated in the period: whole months are kept, other days are read."""
    parts = []
    if period.months is not None:
        kept = select(order_month.c.value.label("key"), order_month.c.orders.label("orders"))
        parts.append(kept.where(order_month.c.dimension == "channel", order_month.c.month.between(*period.months)))
    for first, last in period.edges:
        counted = select(orders.c.channel.label("key"), func.count().label("orders"))
        parts.append(counted.where(orders.c.channel.is_not(None), orders.c.date.between(first, last)).group_by(orders.c.channel))
    source = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()
    rows = ctx.connection.execute(select(source.c.key, whole_sum(source.c.orders)).group_by(source.c.key))
    return {row[0]: row[1] for row in rows}
