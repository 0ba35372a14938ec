"""The books behind the gate: pages run no script of their own making, and answer to this machine's names only."""

from __future__ import annotations

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from api.books_gate import books_in_front


@pytest.fixture
def client() -> Client:
    """A client of the gate while Fava is not up yet."""
    return Client(books_in_front(Response("inner"), lambda: None))


def test_no_script_from_a_customers_name(client: Client) -> None:
    """Fava writes payees unescaped: inline scripts and handlers are switched off for every page of the books."""
    policy = client.get("/books/", base_url="http://127.0.0.1").headers["Content-Security-Policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'self'" in script
    assert "'unsafe-inline'" not in script


def test_foreign_host_names_are_refused(client: Client) -> None:
    """A name that somebody else points at this machine does not open the books."""
    assert client.get("/books/", base_url="http://evil.example").status_code == 421
    assert client.get("/other", base_url="http://evil.example").text == "inner"
