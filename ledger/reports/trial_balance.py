"""The trial balance: what each account stood at, moved, and stands at; debits equal credits.

Where the books have closing vouchers (结转), it is the one report that shows them, beside the figures before closing.
"""

from __future__ import annotations

from collections.abc import Collection

from ledger.reports.balances import Turnover, in_chart_order, turnovers
from ledger.reports.closings import closing_turnovers
from ledger.reports.context import Context
from ledger.reports.period import Period
from ledger.reports.profit_view import Json

TOTAL_ID = "total"


def trial_balance(ctx: Context, period: Period) -> list[Json]:
    """Return a line for each account that has ever moved until the period's end, and the line `total`.

    `opening` and `amount` are balances (debit positive), `debit` or `credit` the balance at the end on its side. Closing vouchers are
    not in them: `closing_debit` and `closing_credit` are those of the period, `after_closing` is the balance with all so far.
    """
    so_far = closing_turnovers(ctx, period.until_end())
    if not so_far:
        return account_lines(ctx, period)
    moved = closing_turnovers(ctx, period)
    balances: dict[str, int] = {}
    lines = account_lines(ctx, period, so_far.keys(), balances)
    total, nothing = Turnover(), Turnover()
    for line in lines[:-1]:
        closing = moved.get(line["id"], nothing)
        total.debit, total.credit = total.debit + closing.debit, total.credit + closing.credit
        line.update(_closing(ctx, closing, balances[line["id"]] + so_far.get(line["id"], nothing).balance))
    lines[-1].update(_closing(ctx, total, 0))
    return lines


def account_lines(ctx: Context, period: Period, also: Collection[str] = (), balances: dict[str, int] | None = None) -> list[Json]:
    """Return the lines before closing; accounts of `also` have one whatever they moved, `balances` gets each line's end."""
    opening, moved = turnovers(ctx, period.before()), turnovers(ctx, period)
    lines: list[Json] = []
    sums = dict.fromkeys(("opening", "turnover_debit", "turnover_credit", "debit", "credit"), 0)
    for account in in_chart_order(ctx.chart, opening.keys() | moved.keys() | set(also)):
        start, turnover = opening.get(account, Turnover()).balance, moved.get(account, Turnover())
        end = start + turnover.balance
        figures = {
            "opening": start,
            "turnover_debit": turnover.debit,
            "turnover_credit": turnover.credit,
            "debit": max(end, 0),
            "credit": max(-end, 0),
        }
        if any(figures.values()) or account in also:
            sums = {name: sums[name] + figures[name] for name in sums}
            label, label_zh = ctx.chart.label(account), ctx.chart.label_zh(account)
            shown = {"account": account, "label": label, "label_zh": label_zh, "amount": ctx.money(end)}
            lines.append(_line(ctx, (account, label, label_zh), "item", figures) | {"accounts": [shown]})
            if balances is not None:
                balances[account] = end
    return [*lines, _line(ctx, (TOTAL_ID, "Total", "合计"), "total", sums)]


def _closing(ctx: Context, closing: Turnover, after: int) -> Json:
    return {
        "closing_debit": ctx.money(closing.debit),
        "closing_credit": ctx.money(closing.credit),
        "after_closing": ctx.money(after),
    }


def _line(ctx: Context, names: tuple[str, str, str], kind: str, figures: dict[str, int]) -> Json:
    line_id, label, label_zh = names
    amount = figures["debit"] - figures["credit"]
    written = {name: ctx.money(value) for name, value in figures.items()}
    return {
        "id": line_id, "label": label, "label_zh": label_zh, "kind": kind, "amount": ctx.money(amount), **written, "accounts": [],
    }  # fmt: skip
