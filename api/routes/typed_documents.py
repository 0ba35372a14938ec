"""`POST /orders`, `/payments`, ...: one route a kind of document, each described field by field on the API page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from api.answers import PostedDocument
from api.receipts import one_receipt
from api.routes.documents import dry_run_wanted
from api.schemas import document_schema
from api.smorest import Blueprint
from ledger.documents import KINDS
from ledger.documents.base import Document

if TYPE_CHECKING:
    from ledger.service import Ledger

DRY_RUN = {
    "in": "query",
    "name": "dry_run",
    "schema": {"type": "boolean", "default": False},
    "description": "Answer the same and keep nothing.",
}
REPLAY = {"Idempotent-Replay": {"schema": {"type": "string", "enum": ["true"]}, "description": "It was there already."}}


def blueprint(ledger: Ledger) -> Blueprint:
    """Return one route for each kind of document in the contract."""
    routes = Blueprint("typed documents", "typed_documents", description="One route a kind of document.")
    for kind, cls in KINDS.items():
        _add(routes, ledger, kind, cls)
    return routes


def path_of(kind: str) -> str:
    """Return the path of a kind: `freight_bill` is `/freight-bills`, `delivery` is `/deliveries`, `feedback` has no plural."""
    name = kind.replace("_", "-")
    if kind == "feedback":
        return f"/{name}"
    return f"/{name[:-1]}ies" if name.endswith("y") else f"/{name}s"


def _add(routes: Blueprint, ledger: Ledger, kind: str, cls: type[Document]) -> None:
    @routes.arguments(document_schema(cls, ledger.currency))
    @routes.response(201, PostedDocument, description="Posted.")
    @routes.alt_response(200, schema=PostedDocument, description="It was there already: the first answer again.", headers=REPLAY)
    @routes.doc(parameters=[DRY_RUN])
    def post(document: Document) -> Response:
        dry_run = dry_run_wanted()
        return one_receipt(ledger.post([document], dry_run=dry_run)[0], dry_run=dry_run)

    post.__doc__ = cls.__doc__
    routes.add_url_rule(path_of(kind), f"post_{kind}", post, methods=["POST"])
