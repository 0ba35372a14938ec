"""The income statement by what accounts are for: the same lines, and the same sums, as an order's profit (design 7)."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.reports.balances import accounts_json, profit_accounts, turnovers
from ledger.reports.context import Context
from ledger.reports.period import Period
from ledger.reports.profit_view import Json, ProfitSums


@dataclass(frozen=True, slots=True)
class Line:
    """A line: a summed profit field, or a figure that follows from the lines above it."""

    field: str
    label: str
    label_zh: str
    derived: bool = False

    @property
    def id(self) -> str:
        """Return the line's stable id."""
        return "net-income" if self.field == "net" else self.field.replace("_", "-")


LINES = (
    Line("goods_revenue", "Goods revenue", "商品销售收入"),
    Line("shipping_revenue", "Shipping revenue", "运费收入"),
    Line("discounts", "Discounts", "销售折扣"),
    Line("refunds", "Returns and allowances", "销售退回与折让"),
    Line("revenue", "Revenue", "营业收入", derived=True),
    Line("product_cost", "Product cost", "商品成本"),
    Line("landed_cost", "Landed cost", "到岸成本"),
    Line("price_variance", "Price variance", "采购价格差异"),
    Line("return_loss", "Loss on returned goods", "退货损失"),
    Line("gross_profit", "Gross profit", "毛利", derived=True),
    Line("freight", "Outbound freight", "发货运费"),
    Line("packaging", "Packaging", "包装费"),
    Line("fees", "Platform and payment fees", "平台与支付手续费"),
    Line("contribution", "Contribution", "贡献毛益", derived=True),
    Line("bad_debt", "Bad debt", "坏账损失"),
    Line("exchange", "Exchange differences", "汇兑损益"),
    Line("other", "Other expenses less other income", "其他费用减其他收入"),
    Line("net", "Net income", "净利润", derived=True),
)


def income_lines(ctx: Context, period: Period) -> list[Json]:
    """Return the lines; revenue, and costs below it, are positive."""
    sums = ProfitSums()
    by_field: dict[str, dict[str, int]] = {}
    for account, moved in turnovers(ctx, period, profit_accounts(ctx)).items():
        found = ctx.chart.profit_field(account)
        if found is not None:
            name, sign = found
            sums.book(ctx.chart, account, moved.balance)
            by_field.setdefault(name, {})[account] = sign * moved.balance
    derived = sums.derived._asdict()
    return [
        {
            "id": line.id,
            "label": line.label,
            "label_zh": line.label_zh,
            "kind": "total" if line.derived else "item",
            "amount": ctx.money(derived[line.field] if line.derived else sums.fields[line.field]),
            "accounts": accounts_json(ctx, by_field.get(line.field, {})),
        }
        for line in LINES
    ]
