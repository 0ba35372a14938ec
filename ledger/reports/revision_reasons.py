"""Why an entry moved an order's profit, as a code for programs and in words: from the kind of its document and what it moved. Pure."""

from __future__ import annotations

from collections.abc import Collection

from ledger.costing.issue import COVER
from ledger.rules.freight_waiting import FOUND

WORDS = {
    "payment": "fee of a payment",
    "shipment": "goods shipped",
    "delivery": "goods delivered",
    "cancellation": "part of the order cancelled",
    "return": "goods returned",
    "refund": "price reduced after the sale",
    "payout": "platform's payout: fees and charges",
    "write_off": "receivable written off",
    "freight-out": "freight billed by the carrier",
    "packaging": "packaging billed",
    "freight-in": "late inbound freight on goods sold before",
    "freight-found": "freight billed earlier found its order",
    "cover": "goods sold before they came have come: their cost is known",
    "supplier_invoice": "supplier's price differs from the estimate",
    "month_average": "cost trued up to the month's average",
    "costing_change": "cost trued up to the month's average, which ends with a change of the cost formula",
    "supplier_return": "goods went back to their supplier",
    "entry": "entry of an accountant",
    "by-hand": "written by hand, not adopted yet",
}
"""A reason's words; one without words here is a kind of document, and is said as it is."""

_OF_FREIGHT = (("freight", "freight-out"), ("packaging", "packaging"))


def reason_of(kind: str, narration: str, moved: Collection[str]) -> str:
    """Return the code for an entry of a document of `kind` that moved these profit fields of the order."""
    if kind == "entry":
        return "entry"
    if narration.startswith(COVER):
        return "cover"
    if narration == FOUND:
        return "freight-found"
    if kind == "freight_bill":
        return next((code for name, code in _OF_FREIGHT if name in moved), "freight-in")
    return kind


def words_of(reason: str) -> str:
    """Say a reason in words."""
    return WORDS.get(reason) or reason.replace("_", " ")
