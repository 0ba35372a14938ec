"""The trial balance: what each account stood at, moved, and stands at; debits equal credits."""

from __future__ import annotations

from ledger.reports.balances import Turnover, in_chart_order, turnovers
from ledger.reports.context import Context
from ledger.reports.period import Period
from ledger.reports.profit_view import Json

TOTAL_ID = "total"


def trial_balance(ctx: Context, period: Period) -> list[Json]:
    """Return a line for each account that has ever moved until the period's end, and the line `total`.

    `opening` and `amount` are balances (debit positive), `debit` or `credit` the balance at the end on its side.
    """
    opening, moved = turnovers(ctx, period.before()), turnovers(ctx, period)
    lines: list[Json] = []
    sums = dict.fromkeys(("opening", "turnover_debit", "turnover_credit", "debit", "credit"), 0)
    for account in in_chart_order(ctx.chart, opening.keys() | moved.keys()):
        start, turnover = opening.get(account, Turnover()).balance, moved.get(account, Turnover())
        end = start + turnover.balance
        figures = {
            "opening": start,
            "turnover_debit": turnover.debit,
            "turnover_credit": turnover.credit,
            "debit": max(end, 0),
            "credit": max(-end, 0),
        }
        if any(figures.values()):
            sums = {name: sums[name] + figures[name] for name in sums}
            label, label_zh = ctx.chart.label(account), ctx.chart.label_zh(account)
            shown = {"account": account, "label": label, "label_zh": label_zh, "amount": ctx.money(end)}
            lines.append(_line(ctx, (account, label, label_zh), "item", figures) | {"accounts": [shown]})
    return [*lines, _line(ctx, (TOTAL_ID, "Total", "合计"), "total", sums)]


def _line(ctx: Context, names: tuple[str, str, str], kind: str, figures: dict[str, int]) -> Json:
    line_id, label, label_zh = names
    amount = figures["debit"] - figures["credit"]
    written = {name: ctx.money(value) for name, value in figures.items()}
    return {
        "id": line_id, "label": label, "label_zh": label_zh, "kind": kind, "amount": ctx.money(amount), **written, "accounts": [],
    }  # fmt: skip
