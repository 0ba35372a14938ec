"""Which closing vouchers (结转损益) a closing needs: a month's income and expenses to 本年利润, at the year's end to 未分配利润.

Each moves what is not closed yet up to its month, so that accounts of income and expense stand at zero after it whatever came
before: months never closed, an option switched on late, a month opened again. Hand-written entries count.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping

from ledger.chart import Chart
from ledger.documents.closing import ClosingBalance, ClosingVoucher
from ledger.errors import BooksProblem
from ledger.reports.context import Context
from ledger.store.sql import mark

OPTION = "closing-vouchers"
PROFIT, RETAINED = "current_year_profit", "retained_earnings"

Movements = Mapping[str, Mapping[str, int]]
"""Month -> account -> what it moved, minor units, debit positive."""


def closing_vouchers(context: Context, closed: str, period: str, coming: Movements) -> tuple[ClosingVoucher, ...]:
    """Return the vouchers that closing `period` writes where months up to `closed` are closed; none where the books ask for none.

    `coming` is what documents that are recorded with the closing, before it, will move (averages of months).
    """
    chart = context.chart
    if chart.options.get(OPTION) != "monthly":
        return ()
    missing = [role for role in (PROFIT, RETAINED) if not chart.has_role(role)]
    if missing:
        raise BooksProblem(f"closing vouchers need an account with the role {', '.join(missing)} in accounts.beancount")
    moved = movements(context, period)
    for month, accounts in coming.items():
        of_month = moved.setdefault(month, {})
        for account, amount in accounts.items():
            of_month[account] = of_month.get(account, 0) + amount
    return vouchers_of(chart, moved, closed, period)


def vouchers_of(chart: Chart, moved: Movements, closed: str, period: str) -> tuple[ClosingVoucher, ...]:
    """Return the vouchers in order, given what accounts moved by month, earlier closing vouchers included."""
    profit = chart.account(PROFIT)
    running: dict[str, int] = {}
    found: list[ClosingVoucher] = []
    for month in _months(moved, period):
        for account, amount in moved.get(month, {}).items():
            if _closes(chart, account):
                running[account] = running.get(account, 0) + amount
        if month <= closed:
            continue
        accounts = [account for account in running if account != profit]
        found += _voucher(month, PROFIT, running, accounts)
        running[profit] = sum(running.values())
        running = {profit: running[profit]}
        if month.endswith("-12"):
            found += _voucher(month, RETAINED, running, [profit])
            running = {}
    return tuple(found)


def _closes(chart: Chart, account: str) -> bool:
    return chart.profit_field(account) is not None or chart.role_of(account) == PROFIT


def _voucher(month: str, into: str, running: Mapping[str, int], accounts: list[str]) -> list[ClosingVoucher]:
    balances = tuple(ClosingBalance(account=account, amount=running[account]) for account in sorted(accounts) if running.get(account))
    last_day = f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]:02d}"
    return [ClosingVoucher(date=last_day, into=into, balances=balances)] if balances else []


def _months(moved: Movements, period: str) -> list[str]:
    """Return the months to look at: those with movements, the closed one, and the Decembers between."""
    first = min(moved, default=period)
    decembers = [f"{year:04d}-12" for year in range(int(first[:4]), int(period[:4]) + 1)]
    return sorted(month for month in {*moved, *decembers, period} if first <= month <= period)


def movements(context: Context, period: str) -> dict[str, dict[str, int]]:
    """Return what accounts to be closed moved up to a month: in the store, by closing vouchers, by hand."""
    place, profit = mark(context.connection), context.chart.account(PROFIT)
    kept = (
        f"SELECT month, account, debit - credit FROM account_month WHERE month <= {place} "
        f"AND (substr(account, 1, 7) = 'Income:' OR substr(account, 1, 9) = 'Expenses:' OR account = {place})"
    )
    rows = [tuple(row) for row in context.connection.exec_driver_sql(kept, (period, profit))]
    closings = "SELECT substr(e.date, 1, 7), p.account, p.amount FROM closing_posting p JOIN entry e ON e.id = p.entry_id"
    rows += [tuple(row) for row in context.connection.exec_driver_sql(closings)]
    rows += [(entry.date[:7], posting.account, posting.amount) for entry in context.manual for posting in entry.postings]
    moved: dict[str, dict[str, int]] = {}
    for month, account, amount in rows:
        of_month = moved.setdefault(month, {})
        of_month[account] = of_month.get(account, 0) + int(amount)
    return moved
