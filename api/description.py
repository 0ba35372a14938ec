"""What the OpenAPI page says beyond the routes themselves: title, access, and the untyped `POST /documents`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from apispec import APISpec
from werkzeug.routing import Rule

from api.routes.typed_documents import DRY_RUN, REPLAY
from api.schemas import kind_schema
from ledger.documents import KINDS
from ledger.limits import ARRAY_DOCUMENTS_MAX, BODY_BYTES_MAX, NDJSON_LINES_MAX

OVERVIEW = f"""The profit of every order, from books anyone can check. 每张订单的利润，出自人人可核对的账簿。

Send the token as `Authorization: Bearer ...`; its scopes are `post`, `read`, `export`, `admin` (all of them).
Money, rates and quantities are decimal strings, money with exactly its currency's decimals.
Errors are `application/problem+json` (RFC 9457): programs decide by `code`; `errors` names each fault by a JSON pointer.
A body has at most {BODY_BYTES_MAX} bytes. Unknown fields and unknown query arguments are refused (422).
Path segments named `number`, `reference` and `voucher` may hold slashes as they are; where a number ends like a route of its
own, the query forms (`/profit?order=`, `/order?order=`, `/documents?source=&kind=&number=`) reach it.
"""

CONFIG: dict[str, Any] = {
    "API_TITLE": "orderledger",
    "API_VERSION": version("orderledger"),
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "API_SPEC_OPTIONS": {
        "info": {"description": OVERVIEW, "license": {"name": "GPL-2.0-only", "identifier": "GPL-2.0-only"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": "documents", "description": "Any kind of document, by its `kind`."}],
    },
}

POST_DOCUMENTS = f"""Post one document, an array of them, or NDJSON.

One: 201, or 200 with `Idempotent-Replay: true` where the same content was posted before. An array (at most
{ARRAY_DOCUMENTS_MAX}): all or nothing, in order; pointers start with the index. NDJSON (at most {NDJSON_LINES_MAX} lines): 200
and one line for each, which says its own `status`; each stands alone."""


def complete(spec: APISpec, untyped: Rule, currency: str) -> None:
    """Add what no route says: access, and the untyped route."""
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    names = [_add_kind(spec, kind, currency) for kind in KINDS]
    any_kind = {
        "oneOf": [_schema(name) for name in names],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: _schema(name)["$ref"] for kind, name in zip(KINDS, names, strict=True)},
        },
    }
    spec.components.schema("AnyDocument", any_kind)
    spec.path(rule=untyped, operations={"post": _post_documents()})


def _post_documents() -> dict[str, Any]:
    one_or_many = {"oneOf": [_schema("AnyDocument"), {"type": "array", "items": _schema("AnyDocument"), "minItems": 1}]}
    lines = {"type": "string", "description": "One document a line."}
    answers = {"oneOf": [{"$ref": _ref("PostedDocument")}, {"type": "array", "items": {"$ref": _ref("PostedDocument")}}]}
    return {
        "summary": "Post documents",
        "description": POST_DOCUMENTS,
        "tags": ["documents"],
        "parameters": [DRY_RUN],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": one_or_many}, "application/x-ndjson": {"schema": lines}},
        },
        "responses": {
            "201": {"description": "Posted; at least one is new.", "content": {"application/json": {"schema": answers}}},
            "200": {
                "description": "All were there already, or NDJSON.",
                "headers": REPLAY,
                "content": {"application/json": {"schema": answers}, "application/x-ndjson": {"schema": lines}},
            },
            "default": {"$ref": "#/components/responses/DEFAULT_ERROR"},
        },
    }


def _add_kind(spec: APISpec, kind: str, currency: str) -> str:
    """Describe a document that says its kind; return the name of its schema."""
    name = f"{KINDS[kind].__name__}Document"
    spec.components.schema(name, schema=kind_schema(KINDS[kind], currency))
    return name


def _schema(name: str) -> dict[str, str]:
    return {"$ref": _ref(name)}


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"
