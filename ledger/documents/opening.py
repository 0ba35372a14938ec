"""The opening: a business starts to use these books in mid-life, and says what it has, owes and has under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults, line_total, price_faults
from ledger.documents.fields import Amount, Choice, Day, Decimals, Members, Text, optional, required
from ledger.documents.open_orders import OpenOrder
from ledger.documents.sales import REFERENCE

ITEM_KINDS = (
    "receivable", "customer_deposit", "refund_liability", "dispute", "clearing", "reserve",
    "payable", "carrier_payable", "supplier_prepayment", "grir", "inbound_freight",
)  # fmt: skip

MONTH = Text(max=7, pattern="[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningBalance:
    """What an account stands at: a role or an account in full; debit positive."""

    account: str = required(Text())
    amount: int = required(Amount(sign="any"))


@dataclass(frozen=True, slots=True, kw_only=True)
class YearToDate:
    """Income (negative) or expense (positive) of the year so far, of `month` (`YYYY-MM`) where it is known by month."""

    account: str = required(Text())
    amount: int = required(Amount(sign="any"))
    month: str | None = optional(MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLot:
    """Units on hand. `unit_price` or `amount` is what the goods cost, `landed` and `variance` what else the units carry.

    `label` is the purchase or receipt that brought them, `received` how many it brought in all. Late cost of those that left before
    goes to `price_variance` of no order. A lot of zero units is one that is gone and may still be billed.
    """

    sku: str = required(Text())
    quantity: int = required(Decimals())
    unit_price: int | None = optional(Decimals())
    amount: int | None = optional(Amount())
    landed: int = optional(Amount(sign="any"), 0)
    variance: int = optional(Amount(sign="any"), 0)
    received: int | None = optional(Decimals(sign="positive"))
    warehouse: str = optional(Text(), "main")
    date: str | None = optional(Day())
    label: str | None = optional(Text())
    supplier: str | None = optional(Text())
    weight_kg: int | None = optional(Decimals())
    volume_m3: int | None = optional(Decimals())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from price_faults(self)
        if self.received is not None and self.received < self.quantity:
            yield "received", "is less than the quantity that is left of it"
        if not self.quantity and self.received is None:
            yield "quantity", "must be greater than zero, or `received` says how many there were"
        if not self.quantity and (self.amount or self.landed or self.variance):
            yield "amount", "of no units must be zero"

    def goods(self, digits: int) -> int:
        """Return what the goods on hand cost, minor units."""
        return line_total(self.amount, self.unit_price, self.quantity, digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """What one party owes or is owed on one document of the old system; positive the way round that its kind says.

    Items of customers are of an `order` (default: `document`); `tax` is the tax inside a receivable. `clearing` and `reserve` are what
    a channel has of ours, `fee` what it keeps of it and says in its payout. `grir` is `quantity` of `sku` that a receipt brought and no
    invoice has billed; with `purchase_order`, what an invoice has billed and no receipt brought. `inbound_freight` waits for the
    purchase `document`.
    """

    kind: str = required(Choice(options=ITEM_KINDS))
    party: str = required(Text())
    document: str = required(Text())
    amount: int = required(Amount(sign="any"))
    source: str | None = optional(Text(no_slash=True))
    order: str | None = optional(REFERENCE)
    customer: str | None = optional(Text())
    date: str | None = optional(Day())
    tax: int = optional(Amount(), 0)
    fee: int = optional(Amount(), 0)
    sku: str | None = optional(Text())
    quantity: int | None = optional(Decimals(sign="positive"))
    purchase_order: str | None = optional(REFERENCE)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if not self.amount or (self.amount < 0 and self.kind not in ("clearing", "inbound_freight")):
            yield "amount", "must be greater than zero"
        if self.kind == "grir" and (self.sku is None or self.quantity is None):
            yield "quantity", "and sku are required for grir: an invoice clears units"
        if self.tax > max(self.amount, 0):
            yield "tax", "is larger than the amount that contains it"
        if self.fee and self.amount < 0:
            yield "fee", "is for what the channel has of ours"
        for name, kinds in ITEM_FIELDS.items():
            if getattr(self, name) and self.kind not in kinds:
                yield name, f"is for {', '.join(kinds)} only"


OF_ORDERS = ("receivable", "customer_deposit", "refund_liability", "dispute", "clearing")
"""Items that stand on an order; a clearing item without `order` stands on its channel alone."""

DOCUMENT_OF_ITEM = {
    "payable": "supplier_invoice",
    "carrier_payable": "freight_bill",
    "supplier_prepayment": "supplier_payment",
    "grir": "receipt",
    "inbound_freight": "purchase",
}
"""The kind of document that other items are of."""

ITEM_FIELDS: dict[str, tuple[str, ...]] = {
    "order": OF_ORDERS,
    "customer": ("clearing",),
    "tax": ("receivable",),
    "fee": ("clearing",),
    "sku": ("grir",),
    "quantity": ("grir",),
    "purchase_order": ("grir",),
    "source": tuple(kind for kind in ITEM_KINDS if kind not in ("grir", "inbound_freight", "reserve")),
}
"""The kinds that a field of an item is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Document):
    """What a business stands at when it starts to use these books, against opening equity. There may be several.

    Profit before the opening belongs to the old system: the profit of an open order is what these books post.

    With a `currency`, all amounts are in it and come in at its `rate`: balances, items and orders stay in that currency, goods and their
    cost are in the books'. What stands at another rate is another opening; `year_to_date` is one in the books' currency.
    """

    kind: ClassVar[str] = "opening"

    balances: tuple[OpeningBalance, ...] = optional(Members(of=OpeningBalance), ())
    lots: tuple[OpeningLot, ...] = optional(Members(of=OpeningLot), ())
    open_items: tuple[OpenItem, ...] = optional(Members(of=OpenItem), ())
    open_orders: tuple[OpenOrder, ...] = optional(Members(of=OpenOrder), ())
    year_to_date: tuple[YearToDate, ...] = optional(Members(of=YearToDate), ())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if not (self.balances or self.lots or self.open_items or self.open_orders or self.year_to_date):
            yield "balances", "give at least one of balances, lots, open_items, open_orders and year_to_date"

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, number) of the documents that it brings or names, for loading them at once."""
        yield "purchase", self.number
        for lot in self.lots:
            yield "purchase", lot.label or self.number
        for item in self.open_items:
            yield DOCUMENT_OF_ITEM.get(item.kind, "order"), item.order or item.document
        for order in self.open_orders:
            yield "order", order.number
            if order.shipment is not None:
                yield "shipment", order.shipment.number
