"""What accounts came to in each month of a period: from the sums kept by month, and by day for the days outside whole months."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, union_all

from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.pages import chunks
from ledger.reports.period import Period
from ledger.store.tables import account_day, account_month


def account_months(ctx: Context, period: Period, accounts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return account -> month (YYYY-MM) -> amount, minor units, debit positive; hand-written entries count."""
    found: dict[str, dict[str, int]] = {}
    for part in chunks(accounts):
        _add_stored(ctx, period, part, found)
    wanted = set(accounts)
    for hand in ctx.manual:
        for one in hand.postings if period.holds(hand.date) else ():
            if one.account in wanted:
                _add(found, one.account, hand.date[:7], one.amount)
    return found


def _add_stored(ctx: Context, period: Period, accounts: Sequence[str], found: dict[str, dict[str, int]]) -> None:
    parts = []
    if period.months is not None:
        amount = (account_month.c.debit - account_month.c.credit).label("amount")
        kept = select(account_month.c.account, account_month.c.month, amount)
        parts.append(kept.where(account_month.c.account.in_(accounts), account_month.c.month.between(*period.months)))
    for first, last in period.edges:
        month = func.substr(account_day.c.date, 1, 7).label("month")
        kept = select(account_day.c.account, month, (account_day.c.debit - account_day.c.credit).label("amount"))
        parts.append(kept.where(account_day.c.account.in_(accounts), account_day.c.date.between(first, last)))
    source = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()
    grouped = select(source.c.account, source.c.month, whole_sum(source.c.amount)).group_by(source.c.account, source.c.month)
    for account, of_month, amount in ctx.connection.execute(grouped):
        _add(found, account, of_month, amount)


def _add(found: dict[str, dict[str, int]], account: str, month: str, amount: int) -> None:
    months = found.setdefault(account, {})
    months[month] = months.get(month, 0) + amount
