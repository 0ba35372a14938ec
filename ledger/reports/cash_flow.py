"""The cash-flow statement by the direct method: cash at the start, what moved it, cash at the end (IAS 7; CAS 31).

Amounts are what cash gained, so payments are negative. Cash at the end is the balance sheet's line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, select

from ledger.journal import cash
from ledger.reports.balances import accounts_json, turnovers
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.period import Period
from ledger.reports.profit_view import Json
from ledger.store.tables import cash_day, cash_month


@dataclass(frozen=True, slots=True)
class Line:
    """A line: one item, or the sum of some."""

    id: str
    label: str
    label_zh: str
    section: str
    of: tuple[str, ...] = ()


OPERATING = (
    Line(cash.RECEIVED, "Received from customers", "销售商品、提供劳务收到的现金", "operating"),
    Line(cash.REFUNDED, "Refunded to customers", "退还客户的现金", "operating"),
    Line(cash.SUPPLIERS, "Paid to suppliers", "购买商品、接受劳务支付的现金", "operating"),
    Line(cash.CARRIERS, "Paid to carriers", "支付给承运商的现金", "operating"),
    Line(cash.TAXES, "Taxes paid less taxes returned", "支付的各项税费减返还", "operating"),
    Line(cash.OTHER_RECEIVED, "Other operating receipts", "收到其他与经营活动有关的现金", "operating"),
    Line(cash.OTHER_PAID, "Other operating payments", "支付其他与经营活动有关的现金", "operating"),
)
LINES = (
    *OPERATING,
    Line("net-operating", "Net cash from operating", "经营活动产生的现金流量净额", "operating", tuple(line.id for line in OPERATING)),
    Line(cash.INVESTING, "Net cash from investing", "投资活动产生的现金流量净额", "investing"),
    Line(cash.FINANCING, "Net cash from financing", "筹资活动产生的现金流量净额", "financing"),
    Line(cash.EXCHANGE, "Effect of exchange rates on cash", "汇率变动对现金的影响", "other"),
    Line(cash.BROUGHT, "Cash brought in from earlier books", "建账时结转的现金", "other"),
    Line("net-change", "Net change of cash", "现金净增加额", "total", cash.ITEMS),
)
OPENING = Line("opening-cash", "Cash at the start", "期初现金余额", "total")
CLOSING = Line("closing-cash", "Cash at the end", "期末现金余额", "total")
UNCLASSIFIED = Line("unclassified", "Not classified: the chart was changed, run rebuild", "未分类：科目设置已更改，请重建账库", "other")


def cash_flow_lines(ctx: Context, period: Period) -> list[Json]:
    """Return the lines: opening cash + net change = closing cash, to the minor unit."""
    accounts = sorted(ctx.chart.cash_accounts)
    opening = {name: moved.balance for name, moved in turnovers(ctx, period.before(), accounts).items()}
    change = {name: moved.balance for name, moved in turnovers(ctx, period, accounts).items()}
    closing = {name: opening.get(name, 0) + change.get(name, 0) for name in opening.keys() | change.keys()}
    flows = _flows(ctx, period)
    lines = [_line(ctx, OPENING, sum(opening.values()), opening)]
    lines += [_line(ctx, line, sum(flows.get(item, 0) for item in line.of or (line.id,))) for line in LINES]
    missing = sum(change.values()) - sum(flows.values())
    if missing:
        lines.append(_line(ctx, UNCLASSIFIED, missing))
    return [*lines, _line(ctx, CLOSING, sum(closing.values()), closing)]


def _flows(ctx: Context, period: Period) -> dict[str, int]:
    """Return what cash gained by item: kept by month, by day outside whole months, and written by hand."""
    found: dict[str, int] = {}
    stretches: list[Sequence[tuple[str, int]]] = []
    if period.months is not None:
        stretches.append(_kept(ctx, cash_month, cash_month.c.month.between(*period.months)))
    stretches += [_kept(ctx, cash_day, cash_day.c.date.between(*days)) for days in period.edges]
    for hand in ctx.manual:
        if period.holds(hand.date):
            stretches.append(cash.cash_flows(ctx.chart, "entry", [(one.account, one.amount) for one in hand.postings]))
    for stretch in stretches:
        for item, amount in stretch:
            found[item] = found.get(item, 0) + amount
    return found


def _kept(ctx: Context, table: Table, chosen: ColumnElement[bool]) -> list[tuple[str, int]]:
    query = select(table.c.item, whole_sum(table.c.amount)).where(chosen).group_by(table.c.item)
    return [(row[0], row[1]) for row in ctx.connection.execute(query)]


def _line(ctx: Context, line: Line, amount: int, accounts: Mapping[str, int] | None = None) -> Json:
    return {
        "id": line.id,
        "label": line.label,
        "label_zh": line.label_zh,
        "kind": "total" if line.of or line.section == "total" else "item",
        "section": line.section,
        "amount": ctx.money(amount),
        "accounts": accounts_json(ctx, accounts or {}),
    }
