"""Documents of buying step by step: purchase order, receipt, supplier's invoice, return to the supplier, payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults, line_total, price_faults, tax_faults
from ledger.documents.fields import Amount, Day, Decimals, Flag, Members, References, Text, optional, required
from ledger.documents.sales import REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """Units of one SKU at a net price; weight and volume of the whole line."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    unit_price: int | None = optional(Decimals())
    amount: int | None = optional(Amount())
    weight_kg: int | None = optional(Decimals())
    volume_m3: int | None = optional(Decimals())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from price_faults(self)

    def total(self, digits: int) -> int:
        """Return the line's net amount, minor units."""
        return line_total(self.amount, self.unit_price, self.quantity, digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine(PricedLine):
    """One invoiced line: net, with its tax."""

    tax_rate: int = optional(Decimals(at_most_one=True), 0)
    tax: int | None = optional(Amount())
    creditable: bool = optional(Flag(), True)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        yield from price_faults(self)
        yield from tax_faults(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder(Document):
    """What was ordered from a supplier. It posts nothing."""

    kind: ClassVar[str] = "purchase_order"

    supplier: str = required(Text())
    lines: tuple[PricedLine, ...] = optional(Members(of=PricedLine), ())
    expected_at: str | None = optional(Day())


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Document):
    """Goods come in before their invoice, at estimated net prices (暂估入库)."""

    kind: ClassVar[str] = "receipt"

    supplier: str = required(Text())
    purchase_order: str | None = optional(REFERENCE)
    lines: tuple[PricedLine, ...] = required(Members(of=PricedLine))
    warehouse: str = optional(Text(), "main")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInvoice(Document):
    """The supplier's invoice for receipts, or for a purchase order whose goods may still be on their way."""

    kind: ClassVar[str] = "supplier_invoice"

    supplier: str = required(Text())
    receipts: tuple[str, ...] = optional(References(), ())
    purchase_order: str | None = optional(REFERENCE)
    lines: tuple[InvoiceLine, ...] = required(Members(of=InvoiceLine))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if bool(self.receipts) == (self.purchase_order is not None):
            yield "receipts", "give receipts or purchase_order, one of the two"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReturnLine:
    """Units of one SKU that go back to the supplier."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReturn(Document):
    """Goods go back to the supplier out of the lots that a purchase or receipt brought."""

    kind: ClassVar[str] = "supplier_return"

    purchase: str | None = optional(REFERENCE)
    receipt: str | None = optional(REFERENCE)
    lines: tuple[SupplierReturnLine, ...] = required(Members(of=SupplierReturnLine))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if (self.purchase is None) == (self.receipt is None):
            yield "purchase", "give purchase or receipt, one of the two"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPayment(Document):
    """Money to a supplier or carrier."""

    kind: ClassVar[str] = "supplier_payment"

    supplier: str | None = optional(Text())
    carrier: str | None = optional(Text())
    amount: int = required(Amount(sign="positive"))
    account: str = required(Text())
    documents: tuple[str, ...] = optional(References(), ())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if (self.supplier is None) == (self.carrier is None):
            yield "supplier", "give supplier or carrier, one of the two"
