"""资产负债表 of 小企业会计准则: 会小企01表 with its own line numbers (财会〔2011〕17号, annex)."""

from __future__ import annotations

from ledger.reports.layouts.rows import CREDIT, DEBIT, Layout, group, item, part, total

LAYOUT = Layout(
    form="资产负债表（小企业会计准则，会小企01表）",
    comparative="year-end",
    comparative_zh="年初余额",
    others={"Assets": "other-current-assets", "Liabilities": "other-payables", "Equity": "paid-in-capital"},
    result="undistributed-profit",
    rows=(
        *group(
            "current-assets", "Assets", DEBIT,
            item(1, "货币资金", "Cash and bank", roles="bank cash clearing", numbers="1001-1012"),
            item(2, "短期投资", "Short-term investments", numbers="1101"),
            item(3, "应收票据", "Notes receivable", numbers="1121"),
            item(4, "应收账款", "Accounts receivable", roles="receivable", numbers="1122 1231"),
            item(5, "预付账款", "Prepayments", roles="supplier_prepayment", numbers="1123"),
            item(6, "应收股利", "Dividends receivable", numbers="1131"),
            item(7, "应收利息", "Interest receivable", numbers="1132"),
            item(8, "其他应收款", "Other receivables", roles="disputes reserve", numbers="1221"),
            item(
                9, "存货", "Inventories", roles="inventory stock_owed goods_in_transit goods_shipped",
                numbers="1401-1421 1471 4001 4101 4401-4403 5001 5101",
            ),
            part(10, "其中：原材料", "Inventories: raw materials", numbers="1403"),
            part(11, "在产品", "Inventories: work in progress", numbers="4001 4101 5001 5101"),
            part(12, "库存商品", "Inventories: goods", roles="inventory stock_owed goods_shipped", numbers="1405-1407"),
            part(13, "周转材料", "Inventories: revolving materials", numbers="1411"),
            item(14, "其他流动资产", "Other current assets", roles="vat_input", numbers="1481 1901"),
        ),
        total(15, "流动资产合计", "Total current assets", DEBIT, "current-assets"),
        *group(
            "non-current-assets", "Assets", DEBIT,
            item(16, "长期债券投资", "Long-term bond investments", numbers="1501-1503"),
            item(17, "长期股权投资", "Long-term equity investments", numbers="1511-1512"),
        ),
        *group(
            "fixed-assets", "Assets", DEBIT,
            item(18, "固定资产原价", "Fixed assets at cost", numbers="1601"),
            item(19, "减：累计折旧", "Less: accumulated depreciation", numbers="1602-1603", contra=True),
        ),
        total(20, "固定资产账面价值", "Carrying amount of fixed assets", DEBIT, "fixed-assets"),
        *group(
            "non-current-assets", "Assets", DEBIT,
            item(21, "在建工程", "Construction in progress", numbers="1604"),
            item(22, "工程物资", "Construction materials", numbers="1605"),
            item(23, "固定资产清理", "Fixed assets in liquidation", numbers="1606"),
            item(24, "生产性生物资产", "Productive biological assets", numbers="1621-1623"),
            item(25, "无形资产", "Intangible assets", numbers="1701-1711"),
            item(26, "开发支出", "Development expenditure", numbers="4301 5301"),
            item(27, "长期待摊费用", "Long-term deferred expenses", numbers="1801"),
            item(28, "其他非流动资产", "Other non-current assets", numbers="1521-1532 1631-1643 1811"),
        ),
        total(29, "非流动资产合计", "Total non-current assets", DEBIT, "non-current-assets", "fixed-assets"),
        total(30, "资产总计", "Total assets", DEBIT, "current-assets", "non-current-assets", "fixed-assets"),
        *group(
            "current-liabilities", "Liabilities", CREDIT,
            item(31, "短期借款", "Short-term loans", numbers="2001"),
            item(32, "应付票据", "Notes payable", numbers="2201"),
            item(
                33, "应付账款", "Accounts payable", numbers="2202",
                roles="payable:supplier payable:carrier grir accrued_freight stated_cost",
            ),
            item(
                34, "预收账款", "Advances from customers", numbers="2203-2205",
                roles="contract_liability customer_deposit gift_card",
            ),
            item(35, "应付职工薪酬", "Wages payable", numbers="2211"),
            item(36, "应交税费", "Taxes payable", roles="vat_input vat_output vat_pending", numbers="2221"),
            item(37, "应付利息", "Interest payable", numbers="2231"),
            item(38, "应付利润", "Profit payable", numbers="2232"),
            item(39, "其他应付款", "Other payables", roles="refund_liability marketplace_tax", numbers="2241"),
            item(40, "其他流动负债", "Other current liabilities", numbers="2101"),
        ),
        total(41, "流动负债合计", "Total current liabilities", CREDIT, "current-liabilities"),
        *group(
            "non-current-liabilities", "Liabilities", CREDIT,
            item(42, "长期借款", "Long-term loans", numbers="2501"),
            item(43, "长期应付款", "Long-term payables", numbers="2503 2701-2711"),
            item(44, "递延收益", "Deferred income", numbers="2401"),
            item(45, "其他非流动负债", "Other non-current liabilities", numbers="2502 2801 2901"),
        ),
        total(46, "非流动负债合计", "Total non-current liabilities", CREDIT, "non-current-liabilities"),
        total(47, "负债合计", "Total liabilities", CREDIT, "current-liabilities", "non-current-liabilities"),
        *group(
            "equity", "Equity", CREDIT,
            item(48, "实收资本（或股本）", "Paid-in capital", numbers="3001 4001"),
            item(49, "资本公积", "Capital reserve", numbers="3002 4002"),
            item(50, "盈余公积", "Surplus reserve", numbers="3101 4101"),
            item(
                51, "未分配利润", "Undistributed profit", numbers="3103-3104 4103-4104",
                roles="opening_equity retained_earnings current_year_profit",
            ),
        ),
        total(52, "所有者权益（或股东权益）合计", "Total equity", CREDIT, "equity"),
        total(
            53, "负债和所有者权益（或股东权益）总计", "Total liabilities and equity", CREDIT,
            "current-liabilities", "non-current-liabilities", "equity",
        ),
    ),
)  # fmt: skip
