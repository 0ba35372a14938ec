"""The statements by name: each has lines with an id, labels in English and Chinese, an amount, and the accounts behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ledger.errors import InvalidQuery, NotFound
from ledger.reports.balance_sheet import balance_sheet
from ledger.reports.context import Context
from ledger.reports.freight_policies import freight_policies
from ledger.reports.general_ledger import account_ledger
from ledger.reports.income import income_lines
from ledger.reports.layouts import LAYOUTS, NATIVE
from ledger.reports.layouts import NAMES as LAYOUT_NAMES
from ledger.reports.layouts.filling import fill
from ledger.reports.period import Period
from ledger.reports.profit_view import Json
from ledger.reports.trial_balance import account_lines, trial_balance

_LINES: Mapping[str, Callable[[Context, Period], list[Json]]] = {
    "income": income_lines,
    "balance-sheet": balance_sheet,
    "trial-balance": trial_balance,
    "general-ledger": account_lines,
    "freight-policies": freight_policies,
}
NAMES = (*_LINES, "cash-flow")


def statement(
    ctx: Context,
    name: str,
    period: Period,
    *,
    account: str | None = None,
    limit: int | None = None,
    after: str | None = None,
    layout: str | None = None,
) -> Json:
    """Return a statement of a period; balances stand at its last day.

    `layout` fills the prescribed form of a standard (`cas`, `small`) for the balance sheet and the income statement.
    The general ledger shows one account's postings, a page at a time; without `account`, what each account moved.
    """
    if name not in NAMES:
        raise NotFound(f"there is no statement {name[:40]!r}; there are {', '.join(NAMES)}")
    if name == "cash-flow":
        raise NotFound("the cash-flow statement is not available yet: postings to cash carry no cash-flow item so far")
    if layout is not None and layout != NATIVE:
        return _form(ctx, name, period, layout, paged=(account, limit, after) != (None, None, None))
    head: Json = {"name": name, "period": period.label, "currency": ctx.chart.currency}
    if account is None and limit is None and after is None:
        return head | {"lines": _LINES[name](ctx, period)}
    if name != "general-ledger" or account is None:
        raise InvalidQuery("account, limit and after are for the general ledger of one account")
    return head | account_ledger(ctx, account, period, limit=limit, after=after)


def _form(ctx: Context, name: str, period: Period, layout: str, *, paged: bool) -> Json:
    """Return the statement in the form of a standard."""
    if layout not in LAYOUT_NAMES:
        raise InvalidQuery(f"layout must be one of {', '.join(LAYOUT_NAMES)}, not {layout[:40]!r}")
    form = LAYOUTS.get((layout, name))
    if form is None or paged:
        raise InvalidQuery("layout is for the balance sheet and the income statement, whole")
    return {"name": name, "period": period.label, "currency": ctx.chart.currency, "layout": layout} | fill(ctx, form, period)
