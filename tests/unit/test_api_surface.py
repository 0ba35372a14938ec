"""What surrounds the routes: headers, the API page, formats, the gate before Fava, measurements, addresses."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from api import address as address_module
from api.address import Address, AddressProblem, free_address
from api.app import create_app
from api.books_gate import books_in_front, is_local_name
from api.errors import NotAcceptable
from api.media_types import wanted_format
from api.security_headers import OURS
from ledger.errors import InvalidQuery
from tests.api_client import ApiClient, PretendLedger, order

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def client() -> ApiClient:
    """Lend a client that may do everything."""
    return ApiClient(create_app(PretendLedger()), "admin")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/docs/swagger-ui-bundle.js", "/api/v1/health", "/api/v1/orders?x=1", "/nowhere", "/api/v1/openapi.json"]
)
def test_every_answer_has_the_headers(client: ApiClient, path: str) -> None:
    """Answers, pages and refusals alike; nothing may be loaded from elsewhere or put into a frame."""
    with client.client.get(path) as answer:
        assert set(dict(answer.headers)) >= OURS.keys()
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy


def test_the_api_page_asks_nobody_else(client: ApiClient) -> None:
    """All that the page loads is served here; its script is a file, so that inline scripts can be forbidden."""
    with client.client.get("/docs") as page:
        text = page.text
        assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert loaded and all(path.startswith("/docs/") for path in loaded) and not re.search(r"<script>", text)
    for path in loaded:
        with client.client.get(path) as asset:
            assert asset.status_code == 200 and asset.data
    with client.client.get("/docs/docs.js") as script:
        assert "validatorUrl: null" in script.text and '"/api/v1/openapi.json"' in script.text
    assert client.client.get("/docs/").status_code == 200


@pytest.mark.parametrize("name", ["../app.py", "..%2f..%2fapp.py", "swagger-ui.js", "oauth2-redirect.html", "docs.js/x"])
def test_the_api_page_serves_its_files_only(client: ApiClient, name: str) -> None:
    """A list of names, not a folder."""
    assert client.client.get(f"/docs/{name}").status_code == 404


@pytest.mark.parametrize(("accept", "chosen", "expected"), [
    (None, None, "json"), ("*/*", None, "json"), ("text/html,*/*;q=0.8", None, "json"), ("text/csv", None, "csv"), (XLSX, None, "xlsx"),
    ("application/json;q=0.5, text/csv", None, "csv"), ("text/csv", "json", "json"), ("text/html", "xlsx", "xlsx"), ("text/*", None, "csv"),
])  # fmt: skip
def test_formats(accept: str | None, chosen: str | None, expected: str) -> None:
    """`format` decides, else `Accept`, else JSON."""
    headers = Headers({} if accept is None else {"Accept": accept})
    assert wanted_format(Request(EnvironBuilder(headers=headers).get_environ()), chosen) == expected


def test_formats_that_do_not_exist() -> None:
    """406 by Accept, 422 by argument."""
    request = Request(EnvironBuilder(headers=Headers({"Accept": "image/png"})).get_environ())
    with pytest.raises(NotAcceptable):
        wanted_format(request, None)
    with pytest.raises(InvalidQuery):
        wanted_format(request, "pdf")


@pytest.mark.parametrize(("host", "local"), [
    ("localhost", True), ("localhost:8000", True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("LOCALHOST:1", True),
    ("192.168.1.5", True),
    ("evil.example", False), ("evil.example:8000", False), ("localhost.evil.example", False),
    ("", False), ("127.0.0.1.evil.example", False),
])  # fmt: skip
def test_names_that_a_stranger_could_point_here(host: str, local: bool) -> None:
    """An address or localhost is ours; any other name may be somebody's who wants to read the books (DNS rebinding)."""
    assert is_local_name(host) is local


def call(application: Any, path: str, host: str = "localhost") -> str:
    """Call a WSGI application and return the status."""
    statuses: list[str] = []
    body: Iterable[bytes] = application(
        EnvironBuilder(path=path, headers=Headers({"Host": host})).get_environ(), lambda status, *_: statuses.append(status)
    )
    b"".join(body)
    return statuses[0][:3]


def test_the_gate_leaves_everything_else_alone() -> None:
    """Only /books/ goes to Fava, and only when it is asked for by a name of this machine."""

    def inner(environ: Any, start_response: Any) -> list[bytes]:
        start_response("299 Inner", [])
        return [b""]

    gate = books_in_front(inner, lambda: None)
    assert [call(gate, path) for path in ("/", "/booksellers", "/api/v1/books/", "/x/books/")] == ["299"] * 4
    assert [call(gate, path) for path in ("/books/", "/books/x")] == ["503"] * 2
    assert call(gate, "/books") == "308" and call(gate, "/books/", "evil.example") == "421"


def test_measurements_have_few_series(client: ApiClient) -> None:
    """Addresses and invented methods are no labels: there is no end to them."""
    for number in range(20):
        client.client.get(f"/nowhere/{number}")
        client.client.open("/api/v1/documents", method=f"INVENTED{number}")
    client.post("/documents", order())
    text = client.get("/metrics").text
    assert 'endpoint="none",method="other",status="404"} 20.0' in text and "INVENTED" not in text
    assert 'endpoint="documents.post",method="POST",status="201"} 1.0' in text and "orderledger_seq 1.0" in text


def test_a_taken_port_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """granian would share it without a word."""
    monkeypatch.setattr(address_module, "PORT_WAIT_SECONDS", 0.0)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AddressProblem, match="in use"):
            free_address(Address("127.0.0.1", taken.getsockname()[1]))
    with pytest.raises(AddressProblem, match="cannot listen"):
        free_address(Address("203.0.113.9", 8000))


def test_addresses() -> None:
    """Port 0 is any free one; what only this machine reaches is loopback; a wildcard is opened as loopback."""
    assert free_address(Address("127.0.0.1", 0)).port > 0
    assert [Address(host, 1).loopback for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost", "0.0.0.0", "10.0.0.1", "::", "shop")] == [
        True
    ] * 4 + [False] * 4
    assert (Address("0.0.0.0", 8).url, Address("::", 8).url) == ("http://127.0.0.1:8", "http://[::1]:8")
