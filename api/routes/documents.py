"""`POST /documents`: one document, an array of them, or NDJSON; and reading a document back.

Plain Flask where documents are posted: flask-smorest's own work costs a fifth to a half of a post. JSON mostly does not come this far
(`api.posting_door`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from api import ndjson
from api.errors import TooLarge, one_fault
from api.json_text import read_json
from api.media_types import JSON, NDJSON, require_body_type
from api.receipts import all_receipts, one_receipt
from api.request_body import read_body
from api.smorest import query_of
from ledger import documents
from ledger.documents.base import Document
from ledger.errors import FieldError, InvalidDocument, InvalidQuery, LedgerError
from ledger.limits import ARRAY_DOCUMENTS_MAX

if TYPE_CHECKING:
    from ledger.service import Ledger

ENDPOINT = "documents.post"
"""What the route is called: a label of the metrics."""

FLAGS = {"true": True, "false": False}


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("documents", __name__)

    @routes.post("/documents")
    def post() -> Response:
        dry_run = dry_run_wanted()
        if require_body_type(request, JSON, NDJSON) == NDJSON:
            if dry_run:
                raise one_fault(InvalidQuery, "/dry_run", "needs a document or an array: lines of NDJSON build on one another")
            return ndjson.answer(ledger, read_body(request))
        return post_json(ledger, read_body(request), dry_run=dry_run)

    return routes


def post_json(ledger: Ledger, body: bytes, *, dry_run: bool) -> Response:
    """Post one document or an array of them."""
    read = read_json(body)
    if isinstance(read, list):
        return all_receipts(_post_array(ledger, read, dry_run=dry_run))
    document = documents.read(read, ledger.currency)
    return one_receipt(ledger.post([document], dry_run=dry_run)[0], dry_run=dry_run)


def dry_run_wanted() -> bool:
    """Read `?dry_run=`, the only query argument of a post."""
    if not request.query_string:
        return False
    query = query_of(request)
    for name in query.keys() - {"dry_run"}:
        raise one_fault(InvalidQuery, f"/{name[:40]}", "is not a query argument here; known is dry_run")
    flag = FLAGS.get(query["dry_run"])
    if flag is None:
        raise one_fault(InvalidQuery, "/dry_run", "must be true or false")
    return flag


def _post_array(ledger: Ledger, bodies: list[Any], *, dry_run: bool) -> Any:
    found = read_array(bodies, ledger.currency)
    if len(found) > 1:
        return ledger.post(found, dry_run=dry_run)
    try:
        return ledger.post(found, dry_run=dry_run)
    except LedgerError as error:
        # A list of one is a list too: its faults have an index like all others.
        raise error.under("/0") from None


def read_array(bodies: list[Any], currency: str) -> list[Document]:
    """Build all documents of an array, or refuse it with the faults of all its members."""
    if not bodies:
        raise InvalidDocument("the array holds no document", (FieldError("", "must hold at least one document"),))
    if len(bodies) > ARRAY_DOCUMENTS_MAX:
        raise TooLarge(f"an array holds at most {ARRAY_DOCUMENTS_MAX} documents; NDJSON holds more")
    found: list[Document] = []
    bad: list[LedgerError] = []
    for index, body in enumerate(bodies):
        try:
            found.append(documents.read(body, currency))
        except LedgerError as error:
            bad.append(error.under(f"/{index}"))
    if bad:
        faults = tuple(fault for error in bad for fault in error.errors)
        raise InvalidDocument("the array was refused as a whole", faults, document=bad[0].document if len(bad) == 1 else None)
    return found
