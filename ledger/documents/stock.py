"""Documents of the warehouse: stock adjustment, transfer, receipt of a transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.base import Document, Faults
from ledger.documents.fields import Decimals, Flag, Members, Text, optional, required
from ledger.documents.sales import LOT, REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentLine:
    """Units found (positive) or gone (negative) of one SKU; `lot` or `purchase` names what they are of, else the oldest are gone."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="any"))
    unit_cost: int | None = optional(Decimals())
    purchase: str | None = optional(REFERENCE)
    lot: str | None = optional(LOT)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if not self.quantity:
            yield "quantity", "must not be zero"
        if self.quantity < 0 and self.unit_cost is not None:
            yield "unit_cost", "is for units found; units that are gone cost what their lot carries"
        if self.quantity > 0 and self.purchase is not None:
            yield "purchase", "is for units that are gone; units found make a lot of their own"
        if self.quantity > 0 and self.lot is not None:
            yield "lot", "is for units that are gone; units found make a lot of their own"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjustment(Document):
    """Stock is not what the books say: counted, damaged, sampled, given back.

    `transfer` takes the units from what that transfer has under way, instead of from `warehouse`: what never arrives is lost.
    """

    kind: ClassVar[str] = "stock_adjustment"

    reason: str = required(Text(max=limits.TEXT_MAX))
    lines: tuple[AdjustmentLine, ...] = required(Members(of=AdjustmentLine))
    warehouse: str = optional(Text(), "main")
    transfer: str | None = optional(REFERENCE)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.transfer is not None and any(line.quantity > 0 for line in self.lines):
            yield "transfer", "is for units that are gone on their way; units found are found in a warehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """Units of one SKU that change their warehouse: of the named lot, else the oldest."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))
    lot: str | None = optional(LOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Document):
    """Goods move between own warehouses: at once, or (`received` false) they are under way until their `transfer_receipt`."""

    kind: ClassVar[str] = "transfer"

    source_warehouse: str = required(Text(), name="from")
    to: str = required(Text())
    lines: tuple[TransferLine, ...] = required(Members(of=TransferLine))
    received: bool = optional(Flag(), True)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.source_warehouse == self.to:
            yield "to", "must be another warehouse than the one that the goods are in"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceipt(Document):
    """Goods of a transfer arrive where they were sent; without `lines`, all that is still under way."""

    kind: ClassVar[str] = "transfer_receipt"

    transfer: str = required(REFERENCE)
    lines: tuple[TransferLine, ...] = optional(Members(of=TransferLine), ())
