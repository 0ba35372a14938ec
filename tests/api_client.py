"""The API without a network: a client that carries a token, a ledger that only pretends, and bodies to send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask

from ledger.documents.base import Document
from ledger.errors import Conflict, LedgerError
from ledger.service import Receipt

PREFIX = "/api/v1"


class ApiClient:
    """Speaks to an application with one token. Answers are Werkzeug's; `Any` because of their JSON."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client: Any = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token is not None else {}

    def get(self, path: str, **query: str) -> Any:
        """Ask, with query arguments as keywords; `from_` means `from`."""
        arguments = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(PREFIX + path, headers=self.headers, query_string=arguments or None)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        """Post JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        options = {"content_type": "application/json", **more}
        return self.client.post(PREFIX + path, data=data, headers=self.headers, **options)

    def post_lines(self, lines: Sequence[Any]) -> list[dict[str, Any]]:
        """Post NDJSON (bytes as they are) and return the answers."""
        data = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        answer = self.post("/documents", data, content_type="application/x-ndjson")
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


class Scopes:
    """Tokens that are called like their scopes: `post`, or `post+read`."""

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Return the scopes in the name; `stranger` is nobody's."""
        return None if token == "stranger" else frozenset(token.split("+"))


class PretendLedger:
    """Remembers what it was sent; refuses numbers that start with BAD, knows those that start with OLD."""

    currency = "CNY"

    def __init__(self) -> None:
        self.tokens = Scopes()
        self.posted: list[Document] = []
        self.fails: Exception | None = None

    def post(self, documents: Sequence[Document], *, dry_run: bool = False) -> list[Receipt]:
        """Post together."""
        if self.fails is not None:
            raise self.fails
        for index, document in enumerate(documents):
            if document.number.startswith("BAD"):
                error = Conflict("taken", ()).under("", document.key)
                raise error.under(f"/{index}") if len(documents) > 1 else error
        if not dry_run:
            self.posted.extend(documents)
        return [self._receipt(document) for document in documents]

    def post_each(self, documents: Sequence[Document]) -> list[Receipt | LedgerError]:
        """Post one by one."""
        if self.fails is not None:
            raise self.fails
        bad = Conflict("taken")
        return [bad if document.number.startswith("BAD") else self._receipt(document) for document in documents]

    def health(self) -> dict[str, int]:
        """Return how far it is."""
        return {"seq": len(self.posted), "published_seq": 0}

    def _receipt(self, document: Document) -> Receipt:
        return Receipt(document.key, len(self.posted), document.number.startswith("OLD"), ())


def order(number: str = "SO-1", **more: Any) -> dict[str, Any]:
    """Return an order of two boxes of tea for 113.00."""
    line = {"sku": "TEA-01", "quantity": "2", "unit_price": "50.00", "tax_rate": "0.13"}
    body = {"source": "shop", "number": number, "date": "2026-03-01", "customer": "Lin & Co", "channel": "tmall", "lines": [line]}
    return {"kind": "order", **body, **more}


def without_kind(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as the typed routes take it."""
    return {name: value for name, value in body.items() if name != "kind"}
