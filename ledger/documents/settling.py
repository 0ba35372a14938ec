"""Documents that settle open items: settlement, write-off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults
from ledger.documents.fields import Amount, References, Text, optional, required
from ledger.documents.sales import REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(Document):
    """A customer pays what is open on several orders; `documents` names them, else the oldest come first."""

    kind: ClassVar[str] = "settlement"

    customer: str = required(Text())
    amount: int = required(Amount(sign="positive"))
    account: str = required(Text())
    documents: tuple[str, ...] = optional(References(), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff(Document):
    """A receivable that will not be paid; `tax` is the output tax that falls away with it."""

    kind: ClassVar[str] = "write_off"

    order: str | None = optional(REFERENCE)
    customer: str | None = optional(Text())
    amount: int = required(Amount(sign="positive"))
    tax: int = optional(Amount(), 0)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if (self.order is None) == (self.customer is None):
            yield "order", "give order or customer, one of the two"
        if self.tax > self.amount:
            yield "tax", "must not exceed the amount, which contains it"
