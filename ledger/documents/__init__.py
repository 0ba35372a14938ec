"""The documents: one frozen dataclass a kind, read from and written to canonical JSON.

`read` is the only way in, `canonical` the only form that is digested, stored and published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ledger.documents.base import Document
from ledger.documents.closing import MonthAverage, PeriodClose, PeriodReopen, Revaluation
from ledger.documents.costing import CostingChange, Kit
from ledger.documents.faults import faults_of
from ledger.documents.hand import HandEntry
from ledger.documents.objects import read_object, write_object
from ledger.documents.opening import Opening
from ledger.documents.payouts import Payout
from ledger.documents.purchasing import FreightBill, Purchase
from ledger.documents.receiving import PurchaseOrder, Receipt, SupplierInvoice, SupplierPayment, SupplierReturn
from ledger.documents.sales import Cancellation, Delivery, Event, Feedback, Order, Payment, Refund, Return, Shipment
from ledger.documents.settling import Settlement, WriteOff
from ledger.documents.stock import StockAdjustment, Transfer, TransferReceipt
from ledger.errors import FieldError, InvalidDocument
from ledger.money import exponent

KINDS: dict[str, type[Document]] = {
    cls.kind: cls
    for cls in (
        Order, Payment, Shipment, Delivery, Event, Cancellation, Return, Refund, Payout,
        Settlement, WriteOff, Feedback,
        PurchaseOrder, Purchase, Receipt, SupplierInvoice, SupplierReturn, FreightBill, SupplierPayment,
        StockAdjustment, Transfer, TransferReceipt, Kit, CostingChange, HandEntry, Opening,
    )
}  # fmt: skip
"""Every kind by its name in the contract."""

INTERNAL: dict[str, type[Document]] = {cls.kind: cls for cls in (MonthAverage, PeriodClose, PeriodReopen, Revaluation)}
"""Kinds that only the service itself records."""


def read(body: object, base_currency: str, *, internal: bool = False) -> Document:
    """Build the document that `body` (a JSON object with `kind`) describes; InvalidDocument names every fault at once.

    `internal` lets in the kinds that the service records itself, for a rebuild.
    """
    if not isinstance(body, Mapping):
        raise InvalidDocument("a document is a JSON object", (FieldError("", "must be an object"),))
    kind = body.get("kind")
    kinds = KINDS | INTERNAL if internal else KINDS
    cls = kinds.get(kind) if isinstance(kind, str) else None
    if cls is None:
        detail = "is required" if kind is None else "is not a known kind"
        known = ", ".join(sorted(KINDS))
        raise InvalidDocument("unknown kind of document", (FieldError("/kind", f"{detail}; known are {known}"),))
    fields = {name: value for name, value in body.items() if name != "kind"}
    return read_kind(cls, fields, base_currency)


def read_kind(cls: type[Document], fields: Mapping[str, Any], base_currency: str) -> Document:
    """Build a document of the class `cls` from its fields (without `kind`)."""
    currency = fields.get("currency")
    if currency == base_currency:
        fields = {name: value for name, value in fields.items() if name != "currency"}
    digits = exponent(currency if isinstance(currency, str) else base_currency)
    try:
        made = read_object(cls, fields, digits)
    except ValueError:
        faults = faults_of(cls, fields, digits)
        assert faults, "what cannot be read has a fault"
        raise InvalidDocument("the document is not valid", tuple(faults), document=_name(cls, fields)) from None
    assert isinstance(made, Document)
    return made


def canonical(document: Document, base_currency: str) -> str:
    """Return the canonical text of a document: normalised decimals, defaults left out, sorted keys, no spaces, UTF-8 as it is.

    RFC 8785 for our value types.
    """
    return write_object(document, exponent(document.currency or base_currency))


def digest(canonical_text: str) -> str:
    """Return the SHA-256 of a canonical text, in hex."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def _name(cls: type[Document], fields: Mapping[str, Any]) -> str:
    source, number = (str(fields.get(name, "?"))[:60] for name in ("source", "number"))
    return f"{source}/{cls.kind}/{number}"
