"""Orders in mid-life, as an opening tells them: what was ordered, shipped, returned, recognised and paid."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.documents import sales
from ledger.documents.base import Faults
from ledger.documents.fields import Amount, Choice, Day, Decimals, Flag, Member, Members, Text, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShipment:
    """How what an open order shipped so far left; `accrued_freight` is expected for it and not billed yet."""

    number: str = required(Text())
    date: str | None = optional(Day())
    warehouse: str = optional(Text(), "main")
    carrier: str | None = optional(Text())
    tracking: str | None = optional(Text())
    weight_kg: int | None = optional(Decimals())
    accrued_freight: int = optional(Amount(), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrderLine(sales.OrderLine):
    """A line as it was ordered, and how far it is: `shipped` and `returned` in units.

    `recognised` (net, after discounts) and `recognised_tax` are what the old books recognised; left out, round(total x shipped /
    ordered). `shipped_cost` is what all its shipped units cost, so that returned ones come back at it.
    """

    shipped: int = optional(Decimals(), 0)
    returned: int = optional(Decimals(), 0)
    recognised: int | None = optional(Amount())
    recognised_tax: int | None = optional(Amount())
    shipped_cost: int | None = optional(Amount(sign="positive"))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from sales.OrderLine.faults(self)
        if self.shipped > self.quantity:
            yield "shipped", "is more than was ordered"
        if self.returned > self.shipped:
            yield "returned", "is more than was shipped"
        if self.shipped_cost is not None and (self.cost is not None or self.type not in ("goods", "gift") or not self.shipped):
            yield "shipped_cost", "is for goods that were shipped from stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order in mid-life: as it was ordered, what was shipped and returned, and `paid` (gross, less what was refunded).

    `date` and `paid_on` make its stages *placed* and *paid*. `cost` is what all its shipped goods cost, for lines without `shipped_cost`.
    """

    number: str = required(Text())
    source: str | None = optional(Text(no_slash=True))
    date: str | None = optional(Day())
    customer: str = required(Text())
    channel: str | None = optional(Text())
    prices_include_tax: bool = optional(Flag(), False)
    lines: tuple[OpenOrderLine, ...] = required(Members(of=OpenOrderLine))
    discount: int = optional(Amount(), 0)
    discount_funded_by: str = optional(Choice(options=("seller", "platform")), "seller")
    shipping: sales.Shipping | None = optional(Member(of=sales.Shipping))
    tax_collected_by: str = optional(Choice(options=("seller", "marketplace")), "seller")
    promised_at: str | None = optional(Text(max=40))
    paid: int = optional(Amount(), 0)
    paid_on: str | None = optional(Day())
    cost: int | None = optional(Amount(sign="positive"))
    shipment: OpenShipment | None = optional(Member(of=OpenShipment))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from sales.Order.faults(self)  # type: ignore[arg-type]
        shipped = any(line.shipped for line in self.lines)
        if self.shipment is not None and not shipped:
            yield "shipment", "is of an order of which something was shipped"
        if self.paid_on is not None and not self.paid:
            yield "paid_on", "is of an order that was paid"
        if self.cost is not None and not any(_costs(line) for line in self.lines):
            yield "cost", "is for shipped goods whose line gives no shipped_cost"


def _costs(line: OpenOrderLine) -> bool:
    stocked = line.cost is None and line.type in ("goods", "gift")
    return stocked and bool(line.shipped) and line.shipped_cost is None
