"""What the ledger remembers between documents: one mutable record class a table, and how each is found.

Money is in minor units of the books' currency, quantities, prices, weights and volumes in millionths, days are ISO text. The store
derives its tables from these classes; the rules change them only through `State.edit`, so that a refused document leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

Index = tuple[tuple[str, ...], str]
"""Attributes that a group is found by, and a condition in SQL ("" for none) that rows outside the working set miss."""


class Record:
    """Base of the records: `table` names it, `key` identifies a row, `indexes` are the ways it is looked up."""

    __slots__ = ()
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    indexes: ClassVar[dict[str, Index]] = {}


@dataclass(slots=True)
class DocumentRow(Record):
    """A document as recorded: `body` is its canonical JSON, `digest` its SHA-256.

    A correction is a document of the same identity with the next `version`; `superseded` tells that a later one has taken this one's
    place. Where it restates what the records have in place (orders, shipments), `restates` is the number that they are known by.
    `rate` is the exchange rate that was applied (base per unit, millionths), None where nothing was converted.
    """

    table = "document"
    key = ("seq",)
    indexes = {"number": (("kind", "number"), "")}

    seq: int
    source: str
    kind: str
    number: str
    date: str
    recorded_at: str
    digest: str
    body: str
    order_id: int | None
    version: int = 1
    restates: int | None = None
    superseded: int = 0
    rate: int | None = None

    @property
    def origin(self) -> int:
        """Return the number that the document's records are known by."""
        return self.seq if self.restates is None else self.restates

    @property
    def name(self) -> str:
        """Return `source/kind/number`."""
        return f"{self.source}/{self.kind}/{self.number}"


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
class PartyBalance(Record):
    """What is open with a supplier or carrier in a foreign currency: units and what they are carried at, debit positive.

    `role` is a payable's, or `supplier_prepayment`, which keeps the rate of each payment (IFRIC 22).
    """

    table = "party_balance"
    key = ("role", "party", "currency")

    role: str
    party: str
    currency: str
    units: int = 0
    base: int = 0


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
class Shipment(Record):
    """A shipment; `accrued` is the estimated freight not yet billed, `billed` the bill that released `released` of it (0: none yet),
    `awaits_delivery` 1 while its revenue waits for that.
    """

    table = "shipment"
    key = ("id",)
    indexes = {"order": (("order_id",), ""), "tracking": (("tracking",), "")}

    id: int
    order_id: int
    number: str
    date: str
    warehouse: str
    carrier: str | None
    tracking: str | None
    weight: int | None
    accrued: int
    billed: int = 0
    released: int = 0
    awaits_delivery: int = 0


@dataclass(slots=True)
class ShipmentLine(Record):
    """How much of an order line a shipment took, and how much of it came back."""

    table = "shipment_line"
    key = ("shipment_id", "line")
    indexes = {"order": (("order_id",), "")}

    shipment_id: int
    line: int
    order_id: int
    quantity: int
    returned: int = 0


@dataclass(slots=True)
class Lot(Record):
    """Units of one receipt on hand with what their value is made of.

    `root_id` is the bought lot that returned units stem from; `bought_for` and `tax` (creditable) are what the receipt cost in all,
    `charged` what late bills brought to it in landed cost. `foreign_amount` is `bought_for` and `tax` together, in the supplier's
    `currency`.
    `memo` is inbound cost that the books expensed: it moves with the units as `landed` does and is posted nowhere.
    `entered` is the day of the entry that brought the lot into these books where it is older than they are ("" for its own date).
    """

    table = "lot"
    key = ("id",)
    indexes = {
        "on_hand": (("sku", "warehouse"), "quantity > 0"),
        "pool": (("sku",), "quantity > 0"),
        "root": (("root_id",), "quantity > 0"),
        "document": (("document_seq",), ""),
    }

    id: int
    root_id: int
    document_seq: int
    line: int
    sku: str
    warehouse: str
    date: str
    label: str
    supplier: str | None
    unit_price: int
    received: int
    bought_for: int
    tax: int
    weight: int | None
    volume: int | None
    quantity: int
    goods: int
    landed: int
    variance: int
    charged: int = 0
    memo: int = 0
    entered: str = ""
    currency: str | None = None
    foreign_amount: int = 0

    @property
    def available(self) -> str:
        """Return the first day on which units can be taken from the lot: nothing leaves before the entry that brought it."""
        return self.entered or self.date

    @property
    def value(self) -> int:
        """Return what the units on hand stand for in the books, minor units."""
        return self.goods + self.landed + self.variance


@dataclass(slots=True)
class Consumption(Record):
    """Units of a lot that have left, with the cost they bear and who holds them.

    `held` is "sold" (an order has them: each component in its own role), or the role of the expense that bears them: "return_loss"
    (an order brought them back broken), "stock_loss" (counted short, damaged, sampled; no order). `shipment_id` is the document
    that took them: the shipment, or without an order the adjustment or supplier return.
    "goods_shipped" are an order's units on their way, whose cost waits for the delivery.
    `kit` is the SKU of the order line where the units are parts of a kit; `month` is the month whose average prices them at its closing.
    """

    table = "consumption"
    key = ("id",)
    indexes = {
        "root": (("root_id",), "quantity > 0"),
        "order": (("order_id",), "quantity > 0"),
        "taker": (("shipment_id",), "order_id IS NULL"),
    }

    id: int
    root_id: int
    lot_id: int
    order_id: int | None
    shipment_id: int | None
    line: int
    sku: str
    held: str
    quantity: int
    goods: int
    landed: int
    variance: int
    memo: int = 0
    kit: str | None = None
    month: str | None = None

    @property
    def sold_as(self) -> str:
        """Return the SKU that the order sold: the kit's where the units are parts of one."""
        return self.kit or self.sku


@dataclass(slots=True)
class Owed(Record):
    """Units that left before they came: quantity still owed by the stock, and the cost that was estimated for them.

    `beyond` is what the order bears for them beside the estimate: under average cost, units of a recalled receipt had cost the
    average, and the debt is for what the receipt itself had cost. `kit` is the SKU of the order line where the units are parts of a kit.
    """

    table = "owed"
    key = ("id",)
    indexes = {"stock": (("sku", "warehouse"), "quantity > 0"), "order": (("order_id",), "quantity > 0")}

    id: int
    sku: str
    warehouse: str
    order_id: int
    shipment_id: int
    line: int
    date: str
    held: str
    quantity: int
    estimate: int
    beyond: int = 0
    kit: str | None = None

    @property
    def sold_as(self) -> str:
        """Return the SKU that the order sold: the kit's where the units are parts of one."""
        return self.kit or self.sku


@dataclass(slots=True)
class Received(Record):
    """A line of a receipt on its way to its invoice: what GR/IR holds for the units not yet invoiced. `lot_id` is what it brought.

    `foreign_amount` is the same in the supplier's `currency`, received at `rate`.
    """

    table = "received"
    key = ("receipt_id", "line")
    indexes = {"receipt": (("receipt_id",), ""), "purchase_order": (("purchase_order_id",), "to_invoice > 0")}

    receipt_id: int
    line: int
    purchase_order_id: int | None
    supplier: str
    receipt: str
    sku: str
    lot_id: int
    to_invoice: int
    grir: int
    currency: str | None = None
    foreign_amount: int = 0
    rate: int | None = None


@dataclass(slots=True)
class Invoiced(Record):
    """Units that a supplier has invoiced before they came: what GR/IR holds for them (在途物资). `received` have come since."""

    table = "invoiced"
    key = ("id",)
    indexes = {"purchase_order": (("purchase_order_id",), "to_receive > 0"), "document": (("document_seq",), "")}

    id: int
    purchase_order_id: int
    supplier: str
    invoice: str
    sku: str
    to_receive: int
    grir: int
    document_seq: int = 0
    received: int = 0
    currency: str | None = None
    foreign_amount: int = 0


@dataclass(slots=True)
class Cleared(Record):
    """What a line of a supplier's invoice cleared of a receipt: units, the estimate taken off GR/IR, what they cost and their tax."""

    table = "cleared"
    key = ("id",)
    indexes = {"invoice": (("invoice_id",), ""), "receipt": (("receipt_id",), "")}

    id: int
    invoice_id: int
    receipt_id: int
    line: int
    quantity: int
    estimate: int
    cost: int
    tax: int
    foreign_amount: int = 0
    foreign_cost: int = 0
    foreign_tax: int = 0


@dataclass(slots=True)
class PayoutMatch(Record):
    """How much of a payout line was in the books before: a payment, a refund or a fee that it only confirms."""

    table = "payout_match"
    key = ("payout_id", "line")
    indexes = {"payout": (("payout_id",), "")}

    payout_id: int
    line: int
    order_id: int
    type: str
    amount: int


@dataclass(slots=True)
class Waiting(Record):
    """A line of a freight bill that waits for what it names. `targets` is JSON: [[[type, ...], reference], ...].

    `expensed` 1: its amount was expensed when it was billed, and only the memo waits.
    """

    table = "waiting"
    key = ("id",)
    indexes = {"document": (("document_seq",), "")}

    id: int
    document_seq: int
    line: int
    carrier: str
    direction: str
    charge: str
    basis: str
    amount: int
    targets: str
    waits: int = 1
    expensed: int = 0


@dataclass(slots=True)
class WaitingReference(Record):
    """One name that a waiting line waits for; `order_id` once it is known while others are not."""

    table = "waiting_reference"
    key = ("waiting_id", "type", "reference")
    indexes = {"reference": (("type", "reference"), ""), "waiting": (("waiting_id",), "")}

    waiting_id: int
    type: str
    reference: str
    order_id: int | None


@dataclass(slots=True)
class Billed(Record):
    """A carrier's charge for one parcel: what another bill must not charge again. Charges of versions that were replaced do not count.

    (`type`, `reference`) is ("shipment", its number in the store), or ("name", what the bill calls it) while the parcel is unknown.
    `amount` is net, in minor units of `currency` (None: the books').
    """

    table = "billed"
    key = ("id",)
    indexes = {"target": (("type", "reference"), "")}

    id: int
    type: str
    reference: str
    document_seq: int
    line: int
    carrier: str
    direction: str
    charge: str
    amount: int
    currency: str | None = None


@dataclass(slots=True)
class Sku(Record):
    """A SKU: its commodity code in the text, and the last known cost as total over quantity."""

    table = "sku"
    key = ("sku",)
    indexes = {"commodity": (("commodity",), "")}

    sku: str
    commodity: str
    last_total: int = 0
    last_quantity: int = 0


@dataclass(slots=True)
class Pool(Record):
    """What the stock of a SKU under average cost is worth beside its lots, by component: positive where the average is higher."""

    table = "pool"
    key = ("sku",)

    sku: str
    goods: int = 0
    landed: int = 0
    variance: int = 0
    memo: int = 0


@dataclass(slots=True)
class CostingMethod(Record):
    """The cost formula that a dated change gave a SKU, or ("") the ledger, and the month from which it prices."""

    table = "costing_method"
    key = ("sku",)

    sku: str
    method: str
    since: str


@dataclass(slots=True)
class CostingEffect(Record):
    """What a change of the cost formula met: units and value of a SKU on hand, and what its lots alone carried before it."""

    table = "costing_effect"
    key = ("document_seq", "sku")

    document_seq: int
    sku: str
    before: str
    method: str
    quantity: int
    value_before: int
    value_after: int
    lots_alone: int


@dataclass(slots=True)
class MonthStock(Record):
    """By how much the stock of a SKU under month-average changed in a month (posting dates): units, and value by component.

    `closed` is 1 once the month's average is final, until the month is opened again.
    """

    table = "month_stock"
    key = ("sku", "month")
    indexes = {"sku": (("sku",), ""), "month": (("month",), ""), "open": (("sku",), "closed = 0")}

    sku: str
    month: str
    quantity: int = 0
    goods: int = 0
    landed: int = 0
    variance: int = 0
    memo: int = 0
    closed: int = 0


@dataclass(slots=True)
class Provisional(Record):
    """What a consumption was charged in its own month, until that month is closed and its average is known."""

    table = "provisional"
    key = ("consumption_id",)
    indexes = {"stock": (("sku", "month"), "")}

    consumption_id: int
    sku: str
    month: str
    date: str
    goods: int
    landed: int
    variance: int
    memo: int


@dataclass(slots=True)
class KitPart(Record):
    """A component of a version of a kit: `quantity` (micro) of `part` in one `kit`, from `date` on."""

    table = "kit_part"
    key = ("document_seq", "line")
    indexes = {"kit": (("kit",), ""), "part": (("part",), "")}

    document_seq: int
    line: int
    kit: str
    date: str
    part: str
    quantity: int


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
class Account(Record):
    """An account that the service opened itself (stock of a SKU, clearing of a channel). `raw` is the name before escaping."""

    table = "account"
    key = ("name",)

    name: str
    role: str
    raw: str


@dataclass(slots=True)
class Stage(Record):
    """A step of an order's life."""

    table = "stage"
    key = ("document_seq", "order_id", "stage")
    indexes = {"order": (("order_id",), "")}

    document_seq: int
    stage: str
    order_id: int
    shipment_id: int | None
    date: str
    at: str | None


OPENED_BEFORE = -(2**40)
"""Below every number that is ever given to what an opening brought, which stays below zero for a trillion of them."""


@dataclass(slots=True)
class Opened(Record):
    """What an opening document brought of the old system's documents: an order, a shipment, a purchase, an invoice; by its old number.

    `id` is what others know it by, as they know a document by its `seq`: OPENED_BEFORE and a number that rises, so that it is negative,
    no document has it, and older orders come first.
    """

    table = "opened"
    key = ("id",)
    indexes = {"number": (("kind", "number"), ""), "document": (("document_seq",), "")}

    id: int
    document_seq: int
    kind: str
    source: str
    number: str
    date: str


@dataclass(slots=True)
class Head(Record):
    """The one row that every commit locks: last numbers given out, the end of the hash chain, the last closed period ("" for none)."""

    table = "head"
    key = ("id",)

    id: int
    seq: int
    entry: int
    next_id: int
    outbox: int
    hash: str
    closed_through: str


@dataclass(slots=True)
class VoucherCounter(Record):
    """The last voucher number of a voucher word and period."""

    table = "voucher_counter"
    key = ("word", "period")

    word: str
    period: str
    last: int


@dataclass(slots=True)
class JournalMonth(Record):
    """A month whose file of entries the journal's index includes since the entry number `first_entry`."""

    table = "journal_month"
    key = ("month",)

    month: str
    first_entry: int


@dataclass(slots=True)
class FreightMonth(Record):
    """What inbound cost did in a month, minor units, whether it is posted or memo.

    `name` is "billed", "orders" (on orders that hold the units) or "holders" (losses, and whoever else bears them).
    """

    table = "freight_month"
    key = ("name", "month")

    name: str
    month: str
    amount: int = 0


RECORDS: tuple[type[Any], ...] = (
    DocumentRow, Order, Carried, PartyBalance, OrderLine, Cancelled, Shipment, ShipmentLine, Lot, Consumption, Owed, Received, Invoiced,
    Cleared, PayoutMatch, Waiting, WaitingReference, Billed, Sku, Pool, CostingMethod, CostingEffect, MonthStock, Provisional, KitPart,
    OrderLinePart, Account, Stage, Head, VoucherCounter, JournalMonth, FreightMonth, Opened,
)  # fmt: skip

PROFIT_FIELDS = (
    "goods_revenue", "shipping_revenue", "discounts", "refunds", "product_cost", "landed_cost", "price_variance", "return_loss",
    "freight", "packaging", "fees", "bad_debt", "exchange", "other",
)  # fmt: skip
"""The summed fields of an order's profit; the others follow from them (design 7)."""
