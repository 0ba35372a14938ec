"""What posting gave, as the contract words it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response

from api.json_text import write_json
from api.media_types import JSON

if TYPE_CHECKING:
    from ledger.service import Receipt

REPLAY_HEADER = "Idempotent-Replay"


def receipt_body(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt ready for JSON."""
    return {"document": receipt.document, "seq": receipt.seq, "state": "posted", "entries": receipt.entries}


def one_receipt(receipt: Receipt, *, dry_run: bool) -> Response:
    """Answer one document: 201 and where it is, or 200 where it was there already."""
    response = _response(_receipt_text(receipt), replay=receipt.replay)
    if not dry_run:
        response.headers["Location"] = "/api/v1/documents/" + quote(receipt.document)
    return response


def all_receipts(receipts: Sequence[Receipt]) -> Response:
    """Answer an array: 201 where any document is new."""
    return _response(write_json([receipt_body(receipt) for receipt in receipts]), replay=all(r.replay for r in receipts))


def _receipt_text(receipt: Receipt) -> bytes:
    """Write a receipt; entries that are text already are put in as they are."""
    if not isinstance(receipt.made, bytes):
        return write_json(receipt_body(receipt))
    around = write_json({"document": receipt.document, "seq": receipt.seq, "state": "posted", "entries": None})
    return around.removesuffix(b"null}") + receipt.made + b"}"


def _response(body: bytes, *, replay: bool) -> Response:
    response = Response(body, 200 if replay else 201, mimetype=JSON)
    if replay:
        response.headers[REPLAY_HEADER] = "true"
    return response
