"""What accounts moved and stand at: from the sums kept by month, and by day for days outside whole months.

Hand-written entries count. Amounts are minor units, debit positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, union_all

from ledger.chart import Chart
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.pages import chunks
from ledger.reports.period import Period
from ledger.store.tables import account_day, account_month, metadata

MEMBERS_MAX = 2_000
"""Stock accounts (one a SKU) that a statement lists one by one; beyond it they are one line, and `inventory` has the detail."""

_opened = metadata.tables["account"]


@dataclass(slots=True)
class Turnover:
    """Sums of an account: positive amounts and (negated) negative ones, both not negative."""

    debit: int = 0
    credit: int = 0

    @property
    def balance(self) -> int:
        """Return debit - credit."""
        return self.debit - self.credit

    def book(self, amount: int) -> None:
        """Add one posting."""
        if amount > 0:
            self.debit += amount
        else:
            self.credit -= amount


def turnovers(ctx: Context, period: Period | None, accounts: Sequence[str] | None = None) -> dict[str, Turnover]:
    """Return what each account (of `accounts`, or all) moved in a period; no period, no movement."""
    if period is None:
        return {}
    found: dict[str, Turnover] = {}
    parent = _folded_parent(ctx) if accounts is None else None
    for part in [None] if accounts is None else chunks(accounts):
        for row in ctx.connection.execute(_query(period, parent, part)):
            found[row.account] = Turnover(row.debit, row.credit)
    wanted = None if accounts is None else set(accounts)
    for hand in ctx.manual:
        for one in hand.postings if period.holds(hand.date) else ():
            if wanted is None or one.account in wanted:
                found.setdefault(_fold(one.account, parent), Turnover()).book(one.amount)
    return found


def in_chart_order(chart: Chart, accounts: Iterable[str]) -> list[str]:
    """Sort accounts as the chart lists them; those that it does not list follow their nearest ancestor."""
    places = {name: place for place, name in enumerate(chart.accounts)}

    def place(account: str) -> tuple[int, str]:
        name = account
        while name and name not in places:
            name = name.rpartition(":")[0]
        return (places.get(name, len(places)), account)

    return sorted(accounts, key=place)


def profit_accounts(ctx: Context) -> list[str]:
    """Return the income and expense accounts of the chart, and those that hand-written entries use."""
    named = [*ctx.chart.accounts, *(one.account for hand in ctx.manual for one in hand.postings)]
    return [name for name in dict.fromkeys(named) if ctx.chart.profit_field(name) is not None]


def _query(period: Period, parent: str | None, accounts: Sequence[str] | None) -> Select[Any]:
    months = period.months
    parts: list[Select[Any]] = []
    if months is not None:
        kept = select(account_month.c.account, account_month.c.debit, account_month.c.credit)
        parts.append(kept.where(account_month.c.month.between(*months)))
    for first, last in period.edges:
        kept = select(account_day.c.account, account_day.c.debit, account_day.c.credit)
        parts.append(kept.where(account_day.c.date.between(first, last)))
    if accounts is not None:
        parts = [part.where(part.selected_columns[0].in_(accounts)) for part in parts]
    source = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()
    account = _folded(source.c.account, parent).label("account")
    sums: list[ColumnElement[Any]] = [whole_sum(source.c[name]).label(name) for name in ("debit", "credit")]
    return select(account, *sums).group_by(account)


def _folded_parent(ctx: Context) -> str | None:
    """Return the account that all stock accounts are shown as, or None while they are few enough to be listed."""
    members = select(_opened.c.name).where(_opened.c.role == "inventory").limit(MEMBERS_MAX + 1).subquery()
    count = ctx.connection.execute(select(func.count()).select_from(members)).scalar_one()
    return ctx.chart.account("inventory") if count > MEMBERS_MAX else None


def _folded(account: ColumnElement[str], parent: str | None) -> ColumnElement[str]:
    if parent is None:
        return account
    prefix = f"{parent}:"
    return case((func.substr(account, 1, len(prefix)) == prefix, parent), else_=account)


def _fold(account: str, parent: str | None) -> str:
    return parent if parent is not None and account.startswith(f"{parent}:") else account


def accounts_json(ctx: Context, amounts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Write accounts with their amounts as a line of a statement shows them, those at zero left out."""
    shown = in_chart_order(ctx.chart, (name for name, amount in amounts.items() if amount))
    return [{"account": a, "label": ctx.chart.label(a), "label_zh": ctx.chart.label_zh(a), "amount": ctx.money(amounts[a])} for a in shown]
