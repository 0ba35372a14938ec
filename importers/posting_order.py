"""The order in which documents of an import are posted: by date, within a day by kind, then as they stand in the files."""

from __future__ import annotations

from importers.found import Found

KIND_ORDER = (
    "opening",
    "purchase_order",
    "receipt",
    "purchase",
    "supplier_invoice",
    "transfer",
    "transfer_receipt",
    "kit",
    "order",
    "cancellation",
    "payment",
    "shipment",
    "delivery",
    "event",
    "freight_bill",
    "return",
    "refund",
    "supplier_return",
    "stock_adjustment",
    "payout",
    "settlement",
    "supplier_payment",
    "write_off",
    "entry",
    "feedback",
    "costing_change",
)
"""Order within a day: goods come in before they go out, what is referred to comes before what refers to it."""

_RANK = {kind: i for i, kind in enumerate(KIND_ORDER)}

PostingKey = tuple[str, int, int, int, int]
"""Date, rank of the kind, number of the file, first row, number among the documents of these rows: no two are equal."""


def posting_key(found: Found, file_number: int) -> PostingKey:
    """Return the place of a document among all documents of its import."""
    document = found.document
    return (document.date, _RANK.get(document.kind, len(_RANK)), file_number, *found.place)
