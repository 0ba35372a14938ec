"""What the API answers about orders and profit, described for the OpenAPI page."""

from __future__ import annotations

from marshmallow import fields

from api.answers import Answer, Entry, day, decimal, many, money, text, whole
from ledger.state.records import PROFIT_FIELDS


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


class Revision(Answer):
    """An entry that moved an order's profit; only the fields that it moved are there, each with what it moved it by."""

    seq = fields.Integer(required=True, allow_none=True)
    document = text("source/kind/number; null where an accountant wrote it into manual.beancount.", allow_none=True)
    entry = text("The voucher number (凭证号).", allow_none=True)
    date = day()
    recorded_at = text(allow_none=True)
    reason = text("Why, as a stable code: often the kind of the document.")
    what = text("Why, in words.")
    narration = text()
    contribution = money("By how much the contribution moved.")
    contribution_after = money("The contribution after it; the last one's is the order's.")
    unadopted = fields.Boolean()
    line = fields.Integer(metadata={"description": "Where it stands in manual.beancount."})


# One optional amount for each field of a profit: named once, where they are summed.
RevisionItem = Revision.from_dict({name: fields.String() for name in PROFIT_FIELDS}, name="RevisionItem")


class RevisionPage(Answer):
    """A page of an order's revisions, oldest first."""

    order = text()
    source = text()
    currency = text()
    items = many(RevisionItem)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class OrderProfit(OrderSummary):
    """An order with its profit and every entry that made it."""

    entries = many(Entry)
    entries_next = fields.String(metadata={"description": "More entries: pass it to /entries?order=...&after="})
    revisions = fields.List(fields.Nested(RevisionItem), metadata={"description": "What moved it, where it was asked for."})
    revisions_next = fields.String(metadata={"description": "More: pass it to /revisions?order=...&after="})


class OrderPage(Answer):
    """A page of orders."""

    items = many(OrderSummary)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class Shared(Profit):
    """Profit, and its share of the operating costs where that was asked for."""

    operating = fields.String(metadata={"description": "The share of operating costs: an analytic view, posted nowhere."})
    operating_profit = fields.String(metadata={"description": "contribution - operating."})


class DrivenAccount(Answer):
    """An operating cost of the period and what it was shared by."""

    account = text()
    driver = text("orders, revenue or gross_profit; null where the books state none.", allow_none=True)
    amount = money("What the account came to in the period.")
    shared = money("What the items bear of it; the rest is unallocated.")


class Group(Shared):
    """Profit of one value of a dimension."""

    key = text(allow_none=True)
    order = fields.String()
    source = fields.String()


class ProfitTable(Answer):
    """Profit by a dimension: items + unallocated = total, the income statement's."""

    by = text()
    period = text()
    currency = text()
    cohort = fields.Boolean(metadata={"description": "The period is that of the orders; the total is theirs."})
    items = many(Group)
    unallocated = fields.Nested(Shared, required=True)
    total = fields.Nested(Shared, required=True)
    drivers = fields.List(fields.Nested(DrivenAccount), metadata={"description": "With `operating`: what was shared by what."})
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
