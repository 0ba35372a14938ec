"""利润表 of 企业会计准则: the format for general enterprises, 财会〔2019〕6号, annex 2, down to 综合收益总额 (每股收益 needs shares).

Outbound freight fulfils the contract and is cost of sales (收入准则实施问答, CAS 14). The form itself prints no line numbers.
"""

from __future__ import annotations

from ledger.reports.layouts.rows import CREDIT, PROFIT, Layout, group, item, part, total

LAYOUT = Layout(
    form="利润表（企业会计准则，财会〔2019〕6号）",
    comparative="year-before",
    comparative_zh="上期金额",
    others={"Income": "add-non-operating-income", "Expenses": "administrative-expenses"},
    rows=(
        *group(
            "operating", PROFIT, CREDIT,
            item(1, "一、营业收入", "Operating income", numbers="6001-6051 5001-5051", roles="sales discounts returns shipping_income"),
            item(
                2, "减：营业成本", "Less: operating costs", contra=True, numbers="6401-6402 5401-5402",
                roles="cogs landed price_variance return_loss freight_out freight_unmatched",
            ),
            item(3, "税金及附加", "Taxes and surcharges", numbers="6403 5403", contra=True),
            item(4, "销售费用", "Selling expenses", roles="packaging fees advertising freight_in", numbers="6601 5601", contra=True),
            item(5, "管理费用", "Administrative expenses", roles="operating stock_loss", numbers="6602 5602", contra=True),
            item(6, "研发费用", "Research and development expenses", contra=True),
            item(7, "财务费用", "Finance costs", roles="exchange rounding", numbers="6603 6061 5603", contra=True),
            part(8, "其中：利息费用", "Finance costs: interest expense", words="利息费用 利息支出", contra=True),
            part(9, "利息收入", "Finance costs: interest income", words="利息收入"),
            item(10, "加：其他收益", "Add: other income", numbers="6117"),
            item(11, "投资收益（损失以“-”号填列）", "Investment income", numbers="6111 5111"),
            part(12, "其中：对联营企业和合营企业的投资收益", "Investment income: associates and joint ventures", words="联营 合营"),
            part(13, "以摊余成本计量的金融资产终止确认收益", "Investment income: derecognition at amortised cost", words="摊余成本"),
            item(14, "净敞口套期收益（损失以“-”号填列）", "Net exposure hedging gains", numbers="6103"),
            item(15, "公允价值变动收益（损失以“-”号填列）", "Gains from fair value changes", numbers="6101"),
            item(16, "信用减值损失（损失以“-”号填列）", "Credit impairment, losses negative", roles="bad_debt", numbers="6702"),
            item(17, "资产减值损失（损失以“-”号填列）", "Impairment of assets, losses negative", numbers="6701"),
            item(18, "资产处置收益（损失以“-”号填列）", "Gains from disposal of assets", numbers="6115"),
        ),
        total(19, "二、营业利润（亏损以“-”号填列）", "Operating profit", CREDIT, "operating"),
        *group(
            "non-operating", PROFIT, CREDIT,
            item(20, "加：营业外收入", "Add: non-operating income", numbers="6301 5301"),
            item(21, "减：营业外支出", "Less: non-operating expenses", numbers="6711 5711", contra=True),
        ),
        total(22, "三、利润总额（亏损总额以“-”号填列）", "Profit before tax", CREDIT, "operating", "non-operating"),
        *group("tax", PROFIT, CREDIT, item(23, "减：所得税费用", "Less: income tax", numbers="6801 5801", contra=True)),
        total(24, "四、净利润（净亏损以“-”号填列）", "Net income", CREDIT, "operating", "non-operating", "tax"),
        total(
            25, "（一）持续经营净利润（净亏损以“-”号填列）", "Net income from continuing operations", CREDIT,
            "operating", "non-operating", "tax",
        ),
        total(26, "（二）终止经营净利润（净亏损以“-”号填列）", "Net income from discontinued operations", CREDIT),
        total(27, "五、其他综合收益的税后净额", "Other comprehensive income after tax", CREDIT),
        total(28, "六、综合收益总额", "Total comprehensive income", CREDIT, "operating", "non-operating", "tax"),
    ),
)  # fmt: skip
