"""Orders: their lines, kept sums and open items, and the steps of their life."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class Order(Record):
    """An order: its totals, open balances, what is recognised so far, and its kept profit sums (costs positive).

    `label` is what the books call it: its number, or `source/number` where an earlier order of another source has that number.

    Open balances are positive: what the customer owes (`receivable`), what we owe (`contract_liability` net, `vat_pending`,
    `customer_deposit`, `refund_liability`), what the platform has of it (`clearing`, `disputed`). `fee_stated` is the part of the fees
    that a payment stated and no payout has repeated yet; `sales_to_clear` and `refunds_to_clear` are payments and refunds through a
    platform that no payout has shown yet. All of these are in the order's `currency` (None: the books'); the profit sums, `accrued`,
    `owed`, `memo_landed` and `cost_before` are in the books' currency.

    `vat_due` is the tax in the advance that stands on the account of output tax already: under `vat-on-advance` due, and wherever a
    marketplace collects it. `undelivered` counts shipments whose revenue waits for their delivery; `memo_landed` is the inbound cost of
    the units that the order holds where the books expense it when it is billed.
    `returned_net` and `returned_tax` are at the order's own prices, `allowed_net` and `allowed_tax` all that allowances took off; where
    goods come back on which an allowance stood, `rules/given_back.py` says what of the two counts once.
    `cost_before` is the cost of units that the customer had when the books were opened: the order holds them, and no entry of these
    books has their cost.
    """

    table = "orders"
    key = ("id",)
    indexes = {"owing": (("customer",), "receivable > 0")}

    id: int
    source: str
    number: str
    label: str
    customer: str
    channel: str | None
    date: str
    marketplace_tax: int
    net: int
    tax: int
    goods_net: int
    shipping_net: int
    shipping_tax: int
    platform: int
    carrier: str | None = None
    shipping_net_done: int = 0
    shipping_tax_done: int = 0
    platform_done: int = 0
    recognised_net: int = 0
    recognised_tax: int = 0
    returned_net: int = 0
    returned_tax: int = 0
    allowed_net: int = 0
    allowed_tax: int = 0
    receivable: int = 0
    contract_liability: int = 0
    vat_pending: int = 0
    customer_deposit: int = 0
    refund_liability: int = 0
    clearing: int = 0
    fee_stated: int = 0
    sales_to_clear: int = 0
    refunds_to_clear: int = 0
    disputed: int = 0
    owed: int = 0
    accrued: int = 0
    unmatched: int = 0
    goods_revenue: int = 0
    shipping_revenue: int = 0
    discounts: int = 0
    refunds: int = 0
    product_cost: int = 0
    landed_cost: int = 0
    price_variance: int = 0
    return_loss: int = 0
    freight: int = 0
    packaging: int = 0
    fees: int = 0
    bad_debt: int = 0
    exchange: int = 0
    other: int = 0
    revenue: int = 0
    gross_profit: int = 0
    contribution: int = 0
    margin: int | None = None
    estimated: int = 0
    vat_due: int = 0
    undelivered: int = 0
    memo_landed: int = 0
    cost_before: int = 0
    currency: str | None = None

    @property
    def prepaid_tax(self) -> int:
        """Return the tax in the advance, due or not."""
        return self.vat_pending + self.vat_due

    @property
    def prepaid(self) -> int:
        """Return the advance, tax included."""
        return self.contract_liability + self.prepaid_tax

    @property
    def open_gross(self) -> int:
        """Return what the customer will still be charged for goods whose revenue is to come, and has not paid yet."""
        charged = self.recognised_net + self.recognised_tax - self.platform_done
        return self.net + self.tax - self.platform - charged - self.prepaid


@dataclass(slots=True)
class Carried(Record):
    """What the balances of an order in a foreign currency are carried at: units of its currency, and `_base` in the books'.

    Debit positive, all but `recognised` (revenue and tax, gross), `returned` (what of it went back), `stated_cost` and `gift_tax`, which
    are positive.
    """

    table = "carried"
    key = ("order_id",)

    order_id: int
    receivable: int = 0
    receivable_base: int = 0
    contract_liability: int = 0
    contract_liability_base: int = 0
    vat_pending: int = 0
    vat_pending_base: int = 0
    vat_due: int = 0
    vat_due_base: int = 0
    customer_deposit: int = 0
    customer_deposit_base: int = 0
    refund_liability: int = 0
    refund_liability_base: int = 0
    clearing: int = 0
    clearing_base: int = 0
    disputed: int = 0
    disputed_base: int = 0
    recognised: int = 0
    recognised_base: int = 0
    returned: int = 0
    returned_base: int = 0
    stated_cost: int = 0
    stated_cost_base: int = 0
    gift_tax: int = 0
    gift_tax_base: int = 0


@dataclass(slots=True)
class OrderLine(Record):
    """A line of an order: totals net of tax, and how much is shipped, recognised and returned. `cost` is the stated cost.

    `undelivered` is the part of `shipped` whose revenue waits for its delivery; units that come back before that leave both, and the
    line. `gift_tax` is the output tax of a deemed sale, borne by the order. `kit` is 1 where the line is costed by its parts
    (OrderLinePart).
    """

    table = "order_line"
    key = ("order_id", "line")
    indexes = {"order": (("order_id",), "")}

    order_id: int
    line: int
    sku: str
    type: str
    quantity: int
    list_net: int
    discount_net: int
    tax: int
    tax_rate: int
    cost: int | None
    shipped: int = 0
    list_done: int = 0
    discount_done: int = 0
    tax_done: int = 0
    cost_done: int = 0
    returned: int = 0
    returned_net: int = 0
    returned_tax: int = 0
    returned_cost: int = 0
    undelivered: int = 0
    gift_tax: int = 0
    gift_tax_done: int = 0
    returned_gift_tax: int = 0
    kit: int = 0

    @property
    def earned(self) -> int:
        """Return the units whose revenue is recognised."""
        return self.shipped - self.undelivered

    @property
    def net(self) -> int:
        """Return the line's net amount after discounts."""
        return self.list_net - self.discount_net

    @property
    def net_done(self) -> int:
        """Return the net amount recognised so far."""
        return self.list_done - self.discount_done

    @property
    def kit_sku(self) -> str | None:
        """Return the line's SKU where it is a kit's, else None."""
        return self.sku if self.kit else None

    @property
    def stocked(self) -> bool:
        """Tell whether shipping the line takes units from stock."""
        return self.cost is None and self.type in ("goods", "gift")


@dataclass(slots=True)
class OrderLinePart(Record):
    """A component of an order line that is a kit, as it was when the order was recorded: `quantity` (micro) in one kit.

    Zero where a correction made the line something else.
    """

    table = "order_line_part"
    key = ("order_id", "line", "part")
    indexes = {"order": (("order_id",), "")}

    order_id: int
    line: int
    part: str
    quantity: int


@dataclass(slots=True)
class Cancelled(Record):
    """Units of an order line that a cancellation called off."""

    table = "cancelled"
    key = ("document_seq", "line")
    indexes = {"document": (("document_seq",), ""), "order": (("order_id",), "")}

    document_seq: int
    line: int
    order_id: int
    quantity: int


@dataclass(slots=True)
class Allowance(Record):
    """What a refund took off the price: `net` and `tax` (the order's currency) of all goods with the tax rate of `line`; -1 is no goods.

    `back_net` and `back_tax` are what had come back of these goods by then, `granted_net` and `granted_tax` what had been allowed on them.
    """

    table = "allowance"
    key = ("document_seq", "line")
    indexes = {"document": (("document_seq",), ""), "order": (("order_id",), "")}

    document_seq: int
    line: int
    order_id: int
    net: int
    tax: int
    back_net: int
    back_tax: int
    granted_net: int
    granted_tax: int


@dataclass(slots=True)
class Stage(Record):
    """A step of an order's life."""

    table = "stage"
    key = ("order_id", "document_seq", "stage")
    indexes = {"order": (("order_id",), "")}

    document_seq: int
    stage: str
    order_id: int
    shipment_id: int | None
    date: str
    at: str | None


PROFIT_FIELDS = (
    "goods_revenue", "shipping_revenue", "discounts", "refunds", "product_cost", "landed_cost", "price_variance", "return_loss",
    "freight", "packaging", "fees", "bad_debt", "exchange", "other",
)  # fmt: skip
"""The summed fields of an order's profit; the others follow from them (design 7)."""
