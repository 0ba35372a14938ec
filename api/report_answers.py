"""What the API answers about statements, stock, stages, customers and alerts, described for the OpenAPI page."""

from __future__ import annotations

from marshmallow import fields

from api.answers import Answer, Lot, Units, day, decimal, many, money, text, whole
from api.order_answers import Profit


class AccountAmount(Answer):
    """An account behind a line."""

    account = text()
    label = text()
    label_zh = fields.String()
    amount = money()


class StatementLine(Answer):
    """A line of a statement; which figures it has depends on the statement."""

    id = text("Stable; the last line of the income statement is `net-income`.")
    label = text()
    label_zh = fields.String()
    kind = fields.String(metadata={"description": "item, part (其中: of the item above) or total."})
    line = fields.Integer(metadata={"description": "行次 of a prescribed form."})
    comparative = fields.String(metadata={"description": "The form's second column; `comparative_zh` names it."})
    section = fields.String()
    amount = money()
    accounts = many(AccountAmount)
    opening = fields.String()
    turnover_debit = fields.String()
    turnover_credit = fields.String()
    debit = fields.String()
    credit = fields.String()
    closing_debit = fields.String(metadata={"description": "What closing vouchers (结转) moved in the period."})
    closing_credit = fields.String()
    after_closing = fields.String(metadata={"description": "`amount` with all closing vouchers until the period's end."})
    balance = fields.String()
    date = fields.String()
    voucher = fields.String(allow_none=True)
    payee = fields.String()
    document = fields.String(allow_none=True)
    order = fields.String(allow_none=True)
    sku = fields.String(allow_none=True)
    party = fields.String(allow_none=True)
    units = fields.Nested(Units, metadata={"description": "The foreign units that the posting stands in."})
    unadopted = fields.Boolean()


class LedgerAccount(Answer):
    """The account that a general ledger shows."""

    account = text()
    label = text()
    label_zh = fields.String()


class Statement(Answer):
    """A statement of a period; balances stand at its last day."""

    name = text()
    period = text()
    currency = text()
    layout = fields.String()
    form = fields.String()
    comparative_zh = fields.String()
    lines = many(StatementLine)
    account = fields.Nested(LedgerAccount)
    opening = fields.String()
    turnover_debit = fields.String()
    turnover_credit = fields.String()
    closing = fields.String()
    next = fields.String(allow_none=True)


class StockLot(Lot):
    """A lot on hand."""

    quantity = decimal()
    value = money()
    supplier = text(allow_none=True)


class Stock(Answer):
    """Stock of a SKU in a warehouse: value = lots - owed."""

    sku = text()
    warehouse = text("(in transit) for units under way between own warehouses.")
    in_transit = fields.Boolean(required=True)
    quantity = decimal("Units in lots.")
    value = money()
    owed = decimal("Units that left before they came.")
    owed_value = money()
    undelivered = decimal("Units shipped and not delivered, where the books recognise at delivery.")
    undelivered_value = money()
    currency = text()
    lots = many(StockLot)
    lots_left = fields.Integer()


class StockPage(Answer):
    """A page of stock."""

    items = many(Stock)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class CustomerProfit(Profit):
    """A customer with the profit of the period, and the orders of all time."""

    customer = text()
    orders = fields.Integer()
    first_order = fields.String(metadata={"format": "date"})
    last_order = fields.String(metadata={"format": "date"})


class CustomerPage(Answer):
    """A page of customers."""

    period = text()
    currency = text()
    items = many(CustomerProfit)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class StepTime(Answer):
    """How long one step takes, in days."""

    to = text()
    orders = whole()
    median_days = decimal()
    mean_days = decimal()
    p90_days = decimal()


# `from` is a word of the language, so this field cannot be an attribute of the class body.
StageTime = StepTime.from_dict({"from": text()}, name="StageTime")


class Stages(Answer):
    """How long orders take from stage to stage."""

    period = text()
    orders = whole("Orders looked at: the newest of the period.")
    orders_max = whole()
    items = many(StageTime)


class Alert(Answer):
    """What someone should look at."""

    what = text("owed, in-transit, freight-unmatched or loss.")
    detail = text()
    since = day()
    amount = money()
    sku = fields.String()
    warehouse = fields.String()
    quantity = fields.String()
    document = fields.String()
    line = fields.Integer()
    carrier = fields.String()
    direction = fields.String()
    order = fields.String()
    source = fields.String()
    customer = fields.String()
    margin = fields.String(allow_none=True)


class Alerts(Answer):
    """Alerts; `more` says where there are others than the shown."""

    currency = text()
    items = many(Alert)
    more = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
