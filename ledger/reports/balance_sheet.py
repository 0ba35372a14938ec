"""The balance sheet at the end of a period, by what accounts are for. Equity holds all profit so far, so both sides tie.

What the stock owes is taken off the stock: its value on every report is lots - owed (money rules 3.4).
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.chart import Chart
from ledger.reports.balances import accounts_json, in_chart_order, turnovers
from ledger.reports.context import Context
from ledger.reports.period import Period
from ledger.reports.profit_view import Json

SECTIONS = {"Assets": ("assets", 1), "Liabilities": ("liabilities", -1), "Equity": ("equity", -1)}
"""Each root's section, and the sign that makes its usual side positive."""

RESULT_ID = "retained-earnings-and-result"

ROLE_LABELS = {
    "cash": ("Cash on hand", "库存现金"),
    "bank": ("Cash and bank", "货币资金"),
    "clearing": ("Platform clearing", "其他货币资金（平台）"),
    "receivable": ("Receivables", "应收账款"),
    "inventory": ("Inventory, less what it owes", "存货（减欠发）"),
    "goods_in_transit": ("Goods in transit", "在途物资"),
    "goods_shipped": ("Goods shipped", "发出商品"),
    "vat_input": ("Input VAT", "应交税费（进项税额）"),
    "supplier_prepayment": ("Prepayments to suppliers", "预付账款"),
    "disputes": ("Disputes", "争议款"),
    "reserve": ("Reserves held by platforms", "平台保证金"),
    "payable:supplier": ("Payables to suppliers", "应付账款（供应商）"),
    "payable:carrier": ("Payables to carriers", "应付账款（承运商）"),
    "grir": ("Goods received, not invoiced", "暂估应付"),
    "accrued_freight": ("Accrued freight", "预提运费"),
    "contract_liability": ("Contract liabilities", "合同负债"),
    "customer_deposit": ("Customer deposits", "预收款项"),
    "refund_liability": ("Refunds owed", "应付退货款"),
    "gift_card": ("Gift cards", "礼品卡负债"),
    "vat_output": ("Output VAT", "应交税费（销项税额）"),
    "vat_pending": ("Output VAT, not yet due", "待转销项税额"),
    "marketplace_tax": ("Tax collected by marketplaces", "平台代收税款"),
    "stated_cost": ("Stated costs, not yet invoiced", "应付代发成本"),
    "opening_equity": ("Opening equity", "期初权益"),
    "retained_earnings": ("Retained earnings brought forward", "期初未分配利润"),
}
"""Names of lines by role; an account without one stands under its own name."""

_TOTALS = {
    "assets": ("Total assets", "资产总计"),
    "liabilities": ("Total liabilities", "负债合计"),
    "equity": ("Total equity", "所有者权益合计"),
}


def balance_sheet(ctx: Context, period: Period) -> list[Json]:
    """Return the lines; assets are positive as debits, liabilities and equity as credits."""
    balances = {account: moved.balance for account, moved in turnovers(ctx, period.until_end()).items()}
    result = -sum(amount for account, amount in balances.items() if account.partition(":")[0] not in SECTIONS)
    lines: list[Json] = []
    totals: dict[str, int] = {}
    for section, sign in SECTIONS.values():
        groups = _groups(ctx.chart, section, balances)
        lines += [_line(ctx, section, line_id, accounts, sign) for line_id, accounts in groups.items()]
        totals[section] = sum(sign * amount for accounts in groups.values() for amount in accounts.values())
        if section == "equity":
            totals[section] += result
            lines.append(_total(ctx, section, RESULT_ID, ("Retained earnings and result", "留存收益与本期损益"), result))
        lines.append(_total(ctx, section, f"total-{section}", _TOTALS[section], totals[section]))
    both = ("Total liabilities and equity", "负债和所有者权益总计")
    amount = totals["liabilities"] + totals["equity"]
    return [*lines, _total(ctx, "equity", "total-liabilities-and-equity", both, amount)]


def _groups(chart: Chart, section: str, balances: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Gather a section's accounts by the role of the nearest account above them, in the chart's order."""
    groups: dict[str, dict[str, int]] = {}
    for account in in_chart_order(chart, balances):
        role = chart.role_above(account)
        at_home = SECTIONS.get(account.partition(":")[0], ("", 0))[0]
        if ("assets" if role == "stock_owed" else at_home) == section:
            key = "inventory" if role == "stock_owed" else role or account
            groups.setdefault(key, {})[account] = balances[account]
    return groups


def _line(ctx: Context, section: str, key: str, accounts: Mapping[str, int], sign: int) -> Json:
    first = next(iter(accounts))
    label, label_zh = ROLE_LABELS.get(key) or (ctx.chart.label(first), ctx.chart.label_zh(first))
    amounts = {account: sign * amount for account, amount in accounts.items()}
    return {
        "id": key if ":" in key and key in accounts else key.replace(":", "-").replace("_", "-"),
        "label": label,
        "label_zh": label_zh,
        "kind": "item",
        "section": section,
        "amount": ctx.money(sum(amounts.values())),
        "accounts": accounts_json(ctx, amounts),
    }


def _total(ctx: Context, section: str, line_id: str, labels: tuple[str, str], amount: int) -> Json:
    label, label_zh = labels
    return {
        "id": line_id,
        "label": label,
        "label_zh": label_zh,
        "kind": "item" if line_id == RESULT_ID else "total",
        "section": section,
        "amount": ctx.money(amount),
        "accounts": [],
    }
