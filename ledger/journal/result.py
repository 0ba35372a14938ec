"""What a document answers the first time: its entries as JSON, equal to what the reports read back later."""

from __future__ import annotations

from typing import Any

from ledger.chart import Chart
from ledger.journal.draft import Posting
from ledger.journal.entry import Entry
from ledger.money import MICRO_DIGITS, exponent, format_quantity, format_scaled


def entry_json(entry: Entry, recorded_at: str, chart: Chart) -> dict[str, Any]:
    """Return an entry that was just made; debit positive, amounts in the books' currency, absent where there is no value."""
    return {
        "voucher": entry.voucher,
        "date": entry.date,
        "recorded_at": recorded_at,
        "narration": entry.narration,
        "payee": entry.payee,
        "seq": entry.seq,
        "document": entry.document,
        "postings": [_posting(posting, chart) for posting in entry.postings],
        "hash": entry.hash,
        **({"reverses": entry.reverses} if entry.reverses is not None else {}),
        **({"closing": True} if entry.closing else {}),
    }


def units_json(currency: str, units: int) -> dict[str, str]:
    """Return the foreign units of a posting; its `amount` is their weight in the books' currency."""
    return {"amount": format_scaled(units, exponent(currency)), "currency": currency}


def _posting(posting: Posting, chart: Chart) -> dict[str, Any]:
    digits = exponent(chart.currency)
    body: dict[str, Any] = {
        "account": posting.account,
        "amount": format_scaled(posting.amount, digits),
        "currency": chart.currency,
    }
    if posting.order is not None:
        body["order"] = posting.order.label
    for name in ("sku", "party", "reference", "carrier", "supplier"):
        value = getattr(posting, name)
        if value is not None:
            body[name] = value
    if posting.currency is not None:
        body["units"] = units_json(posting.currency, posting.foreign or 0)
    if posting.quantity is not None:
        body["quantity"] = format_quantity(posting.quantity)
    if posting.lot is not None:
        price = format_scaled(posting.lot.unit_price, MICRO_DIGITS, least=digits)
        body["lot"] = {"label": posting.lot.label, "date": posting.lot.date, "unit_price": price}
    return body
