"""Inbound freight under both policies side by side: capitalised with the goods (IAS 2.10-11; CAS 1), or expensed when billed.

小企业会计准则 lets small enterprises expense it. The kept sums are the same under either policy, so the difference can be shown for
any months: it is what is in goods not sold yet.
"""

from __future__ import annotations

from sqlalchemy import select

from ledger.errors import InvalidQuery
from ledger.reports.balances import accounts_json, turnovers
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.period import Period
from ledger.reports.profit_view import Json
from ledger.store.tables import metadata

_sums = metadata.tables["freight_month"]

LINES = (
    ("billed", "capitalised", "Inbound cost billed", "本期采购运费等"),
    ("on-orders", "capitalised", "Borne by orders", "计入订单"),
    ("on-others", "capitalised", "Borne by losses and others", "计入损失及其他"),
    ("change-in-unsold", "capitalised", "Change in unsold goods, in transit included", "未售存货（含在途）变动"),
    ("cost-if-capitalised", "capitalised", "Cost of the period if capitalised", "资本化下的本期成本"),
    ("cost-if-expensed", "expensed", "Cost of the period if expensed when billed", "费用化下的本期费用"),
    ("expensed-in-the-books", "expensed", "Of it expensed in the books", "账面已费用化"),
    ("difference", "difference", "Expensed less capitalised", "两种政策差异"),
    ("unsold-at-start", "difference", "In unsold goods at the start", "期初未售存货所含"),
    ("unsold-at-end", "difference", "In unsold goods at the end", "期末未售存货所含"),
)
"""(id, section, label, Chinese label)."""

_TOTALS = frozenset(["cost-if-capitalised", "cost-if-expensed", "difference"])


def freight_policies(ctx: Context, period: Period) -> list[Json]:
    """Return the lines, costs positive; InvalidQuery for a period that is not of whole months: the sums are by month.

    100 billed, 23 on orders: 77 more unsold; 100 expensed less 23. Next month 50 sold: 0 billed, 50 on orders, 50 less unsold.
    """
    if period.months is None or period.edges:
        raise InvalidQuery("freight-policies is kept by month: ask for whole months, such as 2026-03 or 2026-Q1")
    first, last = period.months
    billed, orders, others = _moved(ctx, first, last)
    start, end = _unsold_before(ctx, first, through=False), _unsold_before(ctx, last, through=True)
    accounts = [ctx.chart.account("freight_in")] if ctx.chart.has_role("freight_in") else []
    booked = {account: moved.balance for account, moved in turnovers(ctx, period, accounts).items()}
    amounts = {
        "billed": billed,
        "on-orders": orders,
        "on-others": others,
        "change-in-unsold": billed - orders - others,
        "cost-if-capitalised": orders + others,
        "cost-if-expensed": billed,
        "expensed-in-the-books": sum(booked.values()),
        "difference": billed - orders - others,
        "unsold-at-start": start,
        "unsold-at-end": end,
    }
    return [
        {
            "id": line_id,
            "label": label,
            "label_zh": label_zh,
            "kind": "total" if line_id in _TOTALS else "item",
            "section": section,
            "amount": ctx.money(amounts[line_id]),
            "accounts": accounts_json(ctx, booked) if line_id == "expensed-in-the-books" else [],
        }
        for line_id, section, label, label_zh in LINES
    ]


def _moved(ctx: Context, first: str, last: str) -> tuple[int, int, int]:
    """Return (billed, on orders, on others) of the months, both counted in."""
    query = select(_sums.c.name, whole_sum(_sums.c.amount)).where(_sums.c.month.between(first, last)).group_by(_sums.c.name)
    found = {row[0]: row[1] for row in ctx.connection.execute(query)}
    return found.get("billed", 0), found.get("orders", 0), found.get("holders", 0)


def _unsold_before(ctx: Context, month: str, *, through: bool) -> int:
    """Return what goods not sold carry before a month, or at its end; "" sorts before all months and holds what was there before."""
    bound = _sums.c.month <= month if through else _sums.c.month < month
    query = select(_sums.c.name, whole_sum(_sums.c.amount)).where(bound).group_by(_sums.c.name)
    return sum(row[1] if row[0] == "billed" else -row[1] for row in ctx.connection.execute(query))
