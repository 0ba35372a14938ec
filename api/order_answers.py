"""What the API answers about orders and profit, described for the OpenAPI page."""

from __future__ import annotations

from marshmallow import fields

from api.answers import Answer, Entry, day, decimal, many, money, text, whole


class Profit(Answer):
    """The fields of a profit, costs positive: revenue - costs = gross profit; - freight, packaging, fees = contribution."""

    goods_revenue = money("Net of tax, before the seller's discounts.")
    shipping_revenue = money()
    discounts = money()
    refunds = money("Returns and allowances.")
    revenue = money()
    product_cost = money()
    landed_cost = money()
    price_variance = money()
    return_loss = money()
    gross_profit = money()
    freight = money()
    packaging = money()
    fees = money()
    contribution = money()
    margin = decimal("contribution / revenue, 4 decimals; null where revenue is not positive.", allow_none=True)
    bad_debt = money()
    exchange = money()
    other = money("Hand-written entries on other accounts.")
    net = money()


class Pending(Answer):
    """What may still change a profit."""

    what = text("undelivered, owed, accrued or unmatched.")
    detail = text()


class Memo(Answer):
    """What the profit would be with the inbound cost of its goods, where the books expense that when it is billed."""

    landed_cost = money("Not in the books as a cost of this order.")
    gross_profit_after = money()
    contribution_after = money()


class OrderSummary(Profit):
    """An order with its profit."""

    order = text("Its number.")
    source = text()
    customer = text()
    channel = text(allow_none=True)
    date = day()
    currency = text()
    state = text("final, or estimated while something is pending.")
    pending = many(Pending)
    memo = fields.Nested(Memo)


class OrderProfit(OrderSummary):
    """An order with its profit and every entry that made it."""

    entries = many(Entry)
    entries_next = fields.String(metadata={"description": "More entries: pass it to /entries?order=...&after="})


class OrderPage(Answer):
    """A page of orders."""

    items = many(OrderSummary)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class Group(Profit):
    """Profit of one value of a dimension."""

    key = text(allow_none=True)
    order = fields.String()
    source = fields.String()


class ProfitTable(Answer):
    """Profit by a dimension: items + unallocated = total, the income statement's."""

    by = text()
    period = text()
    currency = text()
    items = many(Group)
    unallocated = fields.Nested(Profit, required=True)
    total = fields.Nested(Profit, required=True)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class OrderedLine(Answer):
    """A line of an order: amounts net of tax, after discounts."""

    line = whole()
    sku = text()
    type = text()
    quantity = decimal()
    shipped = decimal()
    returned = decimal()
    amount = money()
    discount = money()
    tax = money()
    recognised = money()
    returned_amount = money()


class Charge(Answer):
    """An amount net of tax, and its tax."""

    amount = money()
    tax = money()


class Total(Charge):
    """Net, tax and both."""

    gross = money()


class Stage(Answer):
    """A step of an order's life."""

    stage = text()
    date = day()
    at = text(allow_none=True)
    document = text()


class DocumentLine(Answer):
    """A document that touches an order."""

    document = text()
    seq = whole()
    date = day()


class Balances(Answer):
    """What is open between the customer and us, each positive."""

    receivable = money()
    contract_liability = money()
    vat_pending = money()
    customer_deposit = money()
    refund_liability = money()


class OrderDetail(Answer):
    """An order: lines, stages, documents, open balances."""

    order = text()
    source = text()
    customer = text()
    channel = text(allow_none=True)
    carrier = text(allow_none=True)
    date = day()
    currency = text()
    state = text()
    lines = many(OrderedLine)
    shipping = fields.Nested(Charge, required=True)
    total = fields.Nested(Total, required=True)
    stages = many(Stage)
    documents = many(DocumentLine)
    balances = fields.Nested(Balances, required=True)
