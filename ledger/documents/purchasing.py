"""Documents of the buying side: purchase and freight bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults, line_total, price_faults, tax_faults
from ledger.documents.fields import (
    Amount,
    Choice,
    Decimals,
    Flag,
    Members,
    References,
    Shares,
    Text,
    optional,
    required,
)

TARGETS = ("orders", "shipments", "tracking", "purchases", "shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    """One bought line: net amounts; weight and volume of the whole line."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    unit_price: int | None = optional(Decimals())
    amount: int | None = optional(Amount())
    tax_rate: int = optional(Decimals(at_most_one=True), 0)
    tax: int | None = optional(Amount())
    creditable: bool = optional(Flag(), True)
    weight_kg: int | None = optional(Decimals())
    volume_m3: int | None = optional(Decimals())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from price_faults(self)
        yield from tax_faults(self)

    def total(self, digits: int) -> int:
        """Return the line's net amount, minor units."""
        return line_total(self.amount, self.unit_price, self.quantity, digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase(Document):
    """Receipt and supplier's invoice in one."""

    kind: ClassVar[str] = "purchase"

    supplier: str = required(Text())
    lines: tuple[PurchaseLine, ...] = required(Members(of=PurchaseLine))
    warehouse: str = optional(Text(), "main")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightLine:
    """One charge of a carrier and what it is for: exactly one of the targets. Negative amounts are credits.

    `again`: the carrier charges the same for the same parcel once more; without it, what another bill has charged is refused.
    """

    amount: int = required(Amount(sign="any"))
    tax_rate: int = optional(Decimals(at_most_one=True), 0)
    tax: int | None = optional(Amount(sign="any"))
    direction: str = required(Choice(options=("inbound", "outbound", "return")))
    charge: str = optional(Choice(options=("freight", "duty", "insurance", "packaging", "handling")), "freight")
    basis: str = optional(Choice(options=("quantity", "weight", "value", "volume", "equal")), "quantity")
    orders: tuple[str, ...] = optional(References(), ())
    shipments: tuple[str, ...] = optional(References(), ())
    tracking: tuple[str, ...] = optional(References(), ())
    purchases: tuple[str, ...] = optional(References(), ())
    shares: tuple[tuple[str, int], ...] = optional(Shares(), ())
    again: bool = optional(Flag(), False)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from tax_faults(self)
        given = [name for name in TARGETS if getattr(self, name)]
        if len(given) != 1:
            yield "", "give exactly one of " + ", ".join(TARGETS) + (f"; given are {', '.join(given)}" if given else "")
        elif self.direction == "inbound" and given[0] not in ("purchases", "shares"):
            yield given[0], "inbound freight is for purchases (or shares by purchase)"
        elif self.direction != "inbound" and given[0] == "purchases":
            yield "purchases", f"{self.direction} freight is for orders, shipments, tracking or shares"
        if self.shares:
            total = sum(share for _, share in self.shares)
            if total != self.amount:
                yield "shares", "must sum to the line's amount"
        elif self.tax and not self.amount and self.direction != "inbound":
            yield "amount", "tax without an amount is import VAT, which is inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightBill(Document):
    """A carrier's, customs' or insurer's bill."""

    kind: ClassVar[str] = "freight_bill"

    carrier: str = required(Text())
    lines: tuple[FreightLine, ...] = required(Members(of=FreightLine))
