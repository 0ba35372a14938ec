"""`GET /documents` and `/entries`: what came in, and what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from api.answers import Entry, EntryPage, RecordedDocument
from api.json_text import json_response
from api.queries import DocumentName, EntryList, Query, period_of
from api.smorest import Blueprint
from ledger.reports.entries import entry_by_voucher
from ledger.reports.entry_list import list_entries

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("journal", "journal", description="Documents as received, and the entries they became.")

    @routes.route("/documents/<source>/<kind>/<path:number>")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, RecordedDocument)
    def document(source: str, kind: str, number: str) -> Response:
        """Return a document as it was received, with its entries."""
        return json_response(ledger.document(source, kind, number))

    @routes.route("/documents")
    @routes.arguments(DocumentName, location="query", as_kwargs=True)
    @routes.response(200, RecordedDocument)
    def document_by_query(source: str, kind: str, number: str) -> Response:
        """Return a document whatever its number is made of."""
        return json_response(ledger.document(source, kind, number))

    @routes.route("/entries")
    @routes.arguments(EntryList, location="query", as_kwargs=True)
    @routes.response(200, EntryPage)
    def entries(**query: Any) -> Response:
        """Return entries as recorded (of an account or a period: by day, then as recorded), hand-written ones last."""
        with ledger.read() as context:
            return json_response(list_entries(context, period=period_of(query), **query))

    @routes.route("/entries/<path:voucher>")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, Entry)
    def entry(voucher: str) -> Response:
        """Return the entry with a voucher number (凭证号)."""
        with ledger.read() as context:
            return json_response(entry_by_voucher(context, voucher))

    return routes
