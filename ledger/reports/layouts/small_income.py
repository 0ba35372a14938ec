"""利润表 of 小企业会计准则: 会小企02表 with its own line numbers (财会〔2011〕17号, annex).

Outbound freight is a selling expense (第六十五条), bad debts and missing stock are non-operating (第七十条). 3 has had the name of
税金及附加 since 财会〔2016〕22号.
"""

from __future__ import annotations

from ledger.reports.layouts.rows import CREDIT, PROFIT, Layout, group, item, part, total

LAYOUT = Layout(
    form="利润表（小企业会计准则，会小企02表）",
    comparative="year-to-date",
    comparative_zh="本年累计金额",
    others={"Income": "add-non-operating-income", "Expenses": "administrative-expenses"},
    rows=(
        *group(
            "operating", PROFIT, CREDIT,
            item(1, "一、营业收入", "Operating income", numbers="5001-5051 6001-6051", roles="sales discounts returns shipping_income"),
            item(
                2, "减：营业成本", "Less: operating costs", contra=True, numbers="5401-5402 6401-6402",
                roles="cogs landed price_variance return_loss",
            ),
            item(3, "税金及附加", "Taxes and surcharges", numbers="5403 6403", contra=True),
            part(4, "其中：消费税", "Taxes: consumption tax", words="消费税", contra=True),
            part(5, "营业税", "Taxes: business tax", words="营业税", contra=True),
            part(6, "城市维护建设税", "Taxes: city maintenance", words="城市维护建设税", contra=True),
            part(7, "资源税", "Taxes: resources", words="资源税", contra=True),
            part(8, "土地增值税", "Taxes: land appreciation", words="土地增值税", contra=True),
            part(
                9, "城镇土地使用税、房产税、车船税、印花税", "Taxes: land use, property, vehicles, stamps", contra=True,
                words="土地使用税 房产税 车船税 印花税",
            ),
            part(
                10, "教育费附加、矿产资源补偿费、排污费", "Taxes: education, minerals, discharge", contra=True,
                words="教育费附加 教育附加 矿产资源补偿费 排污费",
            ),
            item(
                11, "销售费用", "Selling expenses", numbers="5601 6601", contra=True,
                roles="freight_out freight_unmatched freight_in packaging fees advertising",
            ),
            part(12, "其中：商品维修费", "Selling expenses: repairs of goods", words="商品维修费", contra=True),
            part(13, "广告费和业务宣传费", "Selling expenses: advertising", roles="advertising", words="广告 业务宣传", contra=True),
            item(14, "管理费用", "Administrative expenses", roles="operating", numbers="5602 6602", contra=True),
            part(15, "其中：开办费", "Administrative expenses: start-up", words="开办费", contra=True),
            part(16, "业务招待费", "Administrative expenses: entertainment", words="业务招待费", contra=True),
            part(17, "研究费用", "Administrative expenses: research", words="研究费用 研发", contra=True),
            item(18, "财务费用", "Finance costs", roles="exchange rounding", numbers="5603 6603 6061", contra=True),
            part(19, "其中：利息费用（收入以“-”号填列）", "Finance costs: interest", words="利息", contra=True),
            item(20, "加：投资收益（损失以“-”号填列）", "Add: investment income", numbers="5111 6101-6111"),
        ),
        total(21, "二、营业利润（亏损以“-”号填列）", "Operating profit", CREDIT, "operating"),
        *group(
            "non-operating", PROFIT, CREDIT,
            item(22, "加：营业外收入", "Add: non-operating income", numbers="5301 6115-6117 6301"),
            part(23, "其中：政府补助", "Non-operating income: government grants", numbers="6117", words="政府补助"),
            item(
                24, "减：营业外支出", "Less: non-operating expenses", roles="bad_debt stock_loss", contra=True,
                numbers="5711 6701-6711",
            ),
            part(25, "其中：坏账损失", "Non-operating expenses: bad debts", roles="bad_debt", numbers="6702", words="坏账", contra=True),
            part(26, "无法收回的长期债券投资损失", "Non-operating expenses: lost bond investments", words="债券投资损失", contra=True),
            part(27, "无法收回的长期股权投资损失", "Non-operating expenses: lost equity investments", words="股权投资损失", contra=True),
            part(28, "自然灾害等不可抗力因素造成的损失", "Non-operating expenses: force majeure", words="自然灾害 不可抗力", contra=True),
            part(29, "税收滞纳金", "Non-operating expenses: tax surcharges for late payment", words="滞纳金", contra=True),
        ),
        total(30, "三、利润总额（亏损总额以“-”号填列）", "Profit before tax", CREDIT, "operating", "non-operating"),
        *group("tax", PROFIT, CREDIT, item(31, "减：所得税费用", "Less: income tax", numbers="5801 6801", contra=True)),
        total(32, "四、净利润（净亏损以“-”号填列）", "Net income", CREDIT, "operating", "non-operating", "tax"),
    ),
)  # fmt: skip
