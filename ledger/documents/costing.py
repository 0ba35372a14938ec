"""Documents about how stock is costed: kit, change of the cost formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.base import Document, Faults
from ledger.documents.fields import Choice, Decimals, Members, Text, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a kit: how much of it is in one kit."""

    sku: str = required(Text())
    quantity: int = required(Decimals(sign="positive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit(Document):
    """A SKU that is sold as one and taken out of stock as its parts, from the document's date on. It posts nothing.

    An order takes the version in force on its own date when it is recorded, and keeps it for its shipments and returns.
    """

    kind: ClassVar[str] = "kit"

    sku: str = required(Text())
    components: tuple[Component, ...] = required(Members(of=Component))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        seen: set[str] = set()
        for i, component in enumerate(self.components):
            if component.sku == self.sku:
                yield f"components/{i}/sku", "is the kit itself"
            if component.sku in seen:
                yield f"components/{i}/sku", "is named twice; add the quantities up"
            seen.add(component.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostingChange(Document):
    """Another cost formula for a SKU, or (no `sku`) for all SKUs that have none of their own, from the next document on.

    What is on hand keeps its value and nothing is posted to profit, but for a month under `month-average` that ends here.
    """

    kind: ClassVar[str] = "costing_change"

    method: str = required(Choice(options=("fifo", "average", "specific", "month-average")))
    sku: str | None = optional(Text())
    reason: str = required(Text(max=limits.TEXT_MAX))
