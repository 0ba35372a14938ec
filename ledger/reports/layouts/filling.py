"""Fill a form: place each account, sum the lines, and put the form's second column beside them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from ledger.limits import YEAR_MIN
from ledger.reports.balances import accounts_json, profit_accounts, turnovers
from ledger.reports.context import Context
from ledger.reports.layouts.placing import place_of
from ledger.reports.layouts.rows import Layout, Row
from ledger.reports.period import Period
from ledger.reports.profit_view import Json


def fill(ctx: Context, layout: Layout, period: Period) -> Json:
    """Return a form's lines for a period: amounts on each line's own side, 行次 as `line`, and the comparative column.

    Everything (no period) has no year before it, and so no comparative column.
    """
    now = _placed(ctx, layout, period)
    amounts = _amounts(layout, now)
    earlier = _comparative_period(layout, period)
    compared = _amounts(layout, _placed(ctx, layout, earlier)) if earlier is not None else None
    lines = [_line(ctx, row, amounts[i], now.get(i, {})) for i, row in enumerate(layout.rows)]
    if compared is not None:
        lines = [line | {"comparative": ctx.money(compared[i])} for i, line in enumerate(lines)]
    shown: Json = {"form": layout.form, "lines": lines}
    return shown | ({"comparative_zh": layout.comparative_zh} if compared is not None else {})


def _placed(ctx: Context, layout: Layout, period: Period) -> dict[int, dict[str, int]]:
    """Return the accounts of each item and part with their balances, debit positive; parts repeat what their item has."""
    moved = turnovers(ctx, period.until_end()) if layout.result else turnovers(ctx, period, profit_accounts(ctx))
    rows: dict[int, dict[str, int]] = {}
    for account, turnover in moved.items():
        place = place_of(layout, ctx.chart, account)
        for row in (place.item, place.part):
            if row is not None:
                rows.setdefault(row, {})[account] = turnover.balance
    return rows


def _amounts(layout: Layout, placed: Mapping[int, Mapping[str, int]]) -> list[int]:
    """Return each row's amount on its own side; totals count the items of their groups."""
    balances = [sum(placed.get(i, {}).values()) for i in range(len(layout.rows))]
    of_group: dict[str, int] = {}
    for row, balance in zip(layout.rows, balances, strict=True):
        if row.kind == "item":
            of_group[row.group] = of_group.get(row.group, 0) + balance
    return [
        row.side * (sum(of_group[name] for name in row.of) if row.kind == "total" else balance)
        for row, balance in zip(layout.rows, balances, strict=True)
    ]


def _line(ctx: Context, row: Row, amount: int, accounts: Mapping[str, int]) -> Json:
    return {
        "id": row.id,
        "line": row.number,
        "label": row.label,
        "label_zh": row.label_zh,
        "kind": row.kind,
        "amount": ctx.money(amount),
        "accounts": accounts_json(ctx, {name: row.side * balance for name, balance in accounts.items()}),
    }


def _comparative_period(layout: Layout, period: Period) -> Period | None:
    year = int(period.last[:4])
    if period.is_everything or year <= YEAR_MIN:
        return None
    if layout.comparative == "year-to-date":
        return Period(f"{year:04d}-01-01", period.last, period.label)
    if layout.comparative == "year-end":
        return Period(f"{year - 1:04d}-01-01", f"{year - 1:04d}-12-31", f"{year - 1:04d}")
    return Period(_year_earlier(period.first), _year_earlier(period.last), period.label) if int(period.first[:4]) > YEAR_MIN else None


def _year_earlier(day: str) -> str:
    """Return the same day a year earlier; the last day of February stays the last day."""
    date = datetime.date.fromisoformat(day)
    next_day = date + datetime.timedelta(days=1)
    if next_day.day == 1:
        return (next_day.replace(year=next_day.year - 1) - datetime.timedelta(days=1)).isoformat()
    return date.replace(year=date.year - 1).isoformat()
