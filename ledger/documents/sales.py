"""Documents of the sales side: order, payment, shipment, delivery, event, return, refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.base import Document, Faults, line_total, price_faults, tax_faults
from ledger.documents.fields import Amount, Choice, Decimals, Flag, Member, Members, Text, optional, required

REFERENCE = Text(max=241)
"""A number, or source/number."""

LOT = Text(max=241)
"""The label of a lot (as in the books and the inventory), or source/label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order. `amount` and `discount` are line totals on the prices' own tax basis; `cost` is the line's stated cost."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    unit_price: int | None = optional(Decimals())
    amount: int | None = optional(Amount())
    discount: int = optional(Amount(), 0)
    tax_rate: int = optional(Decimals(at_most_one=True), 0)
    tax: int | None = optional(Amount())
    type: str = optional(Choice(options=("goods", "service", "gift", "gift_card")), "goods")
    cost: int | None = optional(Amount())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from price_faults(self)
        yield from tax_faults(self)
        if self.type == "gift_card" and (self.tax or self.tax_rate):
            yield "tax", "a gift card is sold without tax: it is taxed when it is redeemed"

    def total(self, digits: int) -> int:
        """Return the line's amount before discount, minor units."""
        return line_total(self.amount, self.unit_price, self.quantity, digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What the customer pays for shipping, on the prices' own tax basis."""

    amount: int = required(Amount())
    tax_rate: int = optional(Decimals(at_most_one=True), 0)
    tax: int | None = optional(Amount())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from tax_faults(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Document):
    """A customer's order. It posts nothing: stage *placed*."""

    kind: ClassVar[str] = "order"

    customer: str = required(Text())
    channel: str | None = optional(Text())
    prices_include_tax: bool = optional(Flag(), False)
    lines: tuple[OrderLine, ...] = required(Members(of=OrderLine))
    discount: int = optional(Amount(), 0)
    discount_funded_by: str = optional(Choice(options=("seller", "platform")), "seller")
    shipping: Shipping | None = optional(Member(of=Shipping))
    tax_collected_by: str = optional(Choice(options=("seller", "marketplace")), "seller")
    promised_at: str | None = optional(Text(max=40))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.discount and self.discount_funded_by == "platform" and not self.channel:
            yield "channel", "a discount funded by the platform needs the channel that owes it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Document):
    """Money from the customer; `amount` is gross, `fee` and `fee_tax` (beside it, no more than it) are what the way of paying keeps."""

    kind: ClassVar[str] = "payment"

    order: str = required(REFERENCE)
    amount: int = required(Amount(sign="positive"))
    account: str = required(Text())
    fee: int = optional(Amount(), 0)
    fee_tax: int = optional(Amount(), 0)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.fee + self.fee_tax > self.amount:
            yield "fee", "fee and fee_tax together must not exceed the amount"
        if self.fee_tax > self.fee:
            yield "fee_tax", "is more than the fee: give the fee without its tax, and the tax on it beside that"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedPart:
    """Units of one component of a kit that left, and the lot they are of."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    lot: str = required(LOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    """Units of one SKU that left; `lot` names the lot they are of, `parts` those of a kit's components."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    lot: str | None = optional(LOT)
    parts: tuple[ShippedPart, ...] = optional(Members(of=ShippedPart), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment(Document):
    """Goods leave for the customer; without `lines`, all that is left of the order."""

    kind: ClassVar[str] = "shipment"

    order: str = required(REFERENCE)
    lines: tuple[ShipmentLine, ...] = optional(Members(of=ShipmentLine), ())
    warehouse: str = optional(Text(), "main")
    carrier: str | None = optional(Text())
    tracking: str | None = optional(Text())
    weight_kg: int | None = optional(Decimals())
    estimated_freight: int = optional(Amount(), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Document):
    """Goods reach the customer: stage *delivered*, and revenue and cost of shipments that wait for it (option `recognition`)."""

    kind: ClassVar[str] = "delivery"

    order: str = required(REFERENCE)
    shipment: str | None = optional(REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Document):
    """Any other step of an order's life."""

    kind: ClassVar[str] = "event"

    order: str = required(REFERENCE)
    shipment: str | None = optional(REFERENCE)
    stage: str = required(Text(max=40, pattern=r"[a-z][a-z0-9_-]*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """Units of one SKU that came back; `restock` false: they cannot be sold again."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    restock: bool = optional(Flag(), True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Document):
    """The customer sends goods back; money follows with a `refund`."""

    kind: ClassVar[str] = "return"

    order: str = required(REFERENCE)
    lines: tuple[ReturnLine, ...] = required(Members(of=ReturnLine))
    shipment: str | None = optional(REFERENCE)
    warehouse: str = optional(Text(), "main")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationLine:
    """Units of one SKU that are called off."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(Document):
    """The customer or the shop calls off what has not been shipped; without `lines`, all of it."""

    kind: ClassVar[str] = "cancellation"

    order: str = required(REFERENCE)
    lines: tuple[CancellationLine, ...] = optional(Members(of=CancellationLine), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback(Document):
    """What the customer says of the order. It posts nothing."""

    kind: ClassVar[str] = "feedback"

    order: str = required(REFERENCE)
    score: int | None = optional(Decimals(sign="any"))
    reason: str | None = optional(Text(max=limits.TEXT_MAX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Document):
    """Money back to the customer: what is owed (`open`), or a price allowance without goods."""

    kind: ClassVar[str] = "refund"

    order: str = required(REFERENCE)
    amount: int = required(Amount(sign="positive"))
    account: str = required(Text())
    against: str = optional(Choice(options=("open", "allowance")), "open")
