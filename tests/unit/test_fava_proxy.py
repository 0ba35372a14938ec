"""The forwarder under /books/, against a small server that shows what reached it. No disk, loopback only."""

from __future__ import annotations

import io
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import Client, TestResponse, create_environ, run_wsgi_app

from api import fava_proxy
from api.fava_proxy import books_proxy

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Upstream(BaseHTTPRequestHandler):
    """Answer with what was asked; some paths answer in other ways."""

    protocol_version = "HTTP/1.1"
    server: UpstreamServer

    def handle(self) -> None:
        """Say nothing when the forwarder has gone: some tests are about that."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def answer(self) -> None:
        """Answer any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        behave: Callable[[], None] | None = getattr(self, self.path.rpartition("/")[2].partition("?")[0], None)
        if behave is not None:
            return behave()
        asked = {"method": self.command, "path": self.path, "headers": self.headers.items(), "body": body.decode()}
        return self.reply(200, {"Content-Type": "application/json"}, json.dumps(asked).encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def reply(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """Send one whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cookies(self) -> None:
        """Set two cookies in two headers, and name a hop-by-hop one."""
        self.send_response(200)
        for name, value in [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Keep-Alive", "5"), ("Content-Length", "0")]:
            self.send_header(name, value)
        self.end_headers()

    def redirect(self) -> None:
        """Lead to where the test says."""
        self.reply(302, {"Location": self.server.location})

    def unchanged(self) -> None:
        """Answer without a body, as to If-None-Match."""
        self.send_response(304)
        self.send_header("ETag", '"x"')
        self.end_headers()

    def slowly(self) -> None:
        """Send the second half only when the test allows it."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        assert self.server.go_on.wait(10)
        self.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")

    def broken(self) -> None:
        """End in the middle of the answer."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def silent(self) -> None:
        """End without an answer."""
        self.close_connection = True

    def waiting(self) -> None:
        """Answer only when the test allows it."""
        assert self.server.go_on.wait(10)
        self.reply(200, {})


class UpstreamServer(ThreadingHTTPServer):
    """What tests set before they ask."""

    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Upstream)
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        """The address, with a password."""
        return f"http://books:key@127.0.0.1:{self.server_port}"


@pytest.fixture
def upstream() -> Iterator[UpstreamServer]:
    """Run the small server."""
    server = UpstreamServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def client(upstream: UpstreamServer) -> Client:
    """Ask the forwarder."""
    return Client(books_proxy(lambda: upstream.url), use_cookies=False)


def echoed(response: TestResponse) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what reached the server and its headers."""
    assert response.status_code == 200, response.text
    asked = json.loads(response.text)
    return asked, {name.lower(): value for name, value in asked["headers"]}


@pytest.mark.parametrize("method", [m for m in METHODS if m != "HEAD"])
def test_every_method_passes(client: Client, method: str) -> None:
    """Method, address and query arrive as they were sent."""
    asked, _ = echoed(client.open("/books/shop/page/?time=2026&filter=%23a%2Fb", method=method))
    assert (asked["method"], asked["path"]) == (method, "/books/shop/page/?time=2026&filter=%23a%2Fb")


def test_head_has_length_and_no_body(client: Client) -> None:
    """A HEAD request tells the size alone."""
    response = client.head("/books/shop/")
    assert (response.status_code, response.data) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0


@pytest.mark.parametrize("name", ["Assets:1002-银行存款", "100%25", "a b+c&d=e", "é"])
def test_names_in_addresses_arrive_unharmed(client: Client, name: str) -> None:
    """What is escaped once is escaped once on the other side."""
    asked, _ = echoed(client.get(f"/books/shop/account/{quote(name)}/"))
    assert asked["path"] == "/books/shop/account/" + quote(name, safe=":@!$&'()*+,;=-._~") + "/"


@pytest.mark.parametrize("script", ["", "/books"])
def test_it_may_be_mounted_or_not(upstream: UpstreamServer, script: str) -> None:
    """A dispatcher moves the prefix from the path to the script name; the server sees one address."""
    environ = create_environ("/books/shop/")
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = script, "/books/shop/"[len(script) :]
    body, _, _ = run_wsgi_app(books_proxy(lambda: upstream.url), environ)
    assert json.loads(b"".join(body))["path"] == "/books/shop/"


def test_a_body_passes_with_its_type(client: Client) -> None:
    """Sent with a length, whether the browser sent one or chunks."""
    asked, headers = echoed(client.put("/books/shop/api/x", json={"名": "值"}))
    assert json.loads(asked["body"]) == {"名": "值"}
    assert headers["content-type"] == "application/json"
    chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    asked, headers = echoed(client.put("/books/shop/api/x", input_stream=io.BytesIO(b"in chunks"), environ_overrides=chunks))
    assert (asked["body"], headers["content-length"]) == ("in chunks", "9")


def test_headers_pass_but_for_those_of_one_hop(client: Client) -> None:
    """Host and cookies are the browser's; who may ask Fava is said by its own password."""
    sent = {
        "Host": "shop.example", "Cookie": "session=1", "Accept-Language": "zh", "Authorization": "Bearer secret",
        "Connection": "keep-alive, X-Hop", "X-Hop": "1", "Keep-Alive": "5", "Proxy": "http://elsewhere.example",
    }  # fmt: skip
    _, headers = echoed(client.get("/books/shop/", headers=sent))
    assert headers["host"] == "shop.example"
    assert (headers["cookie"], headers["accept-language"]) == ("session=1", "zh")
    assert headers["authorization"] == "Basic " + b64encode(b"books:key").decode()
    assert headers["connection"] == "close"
    assert not {"x-hop", "keep-alive", "proxy"} & headers.keys()


def test_answers_keep_cookies_and_lose_what_is_of_one_hop(client: Client) -> None:
    """Two cookies stay two headers."""
    response = client.get("/books/shop/cookies")
    assert response.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
    assert not {"Keep-Alive", "Date", "Server"} & {name for name, _ in response.headers}


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        ("/books/shop/income_statement/", "/books/shop/income_statement/"),
        ("income_statement/?a=b#c", "/books/shop/income_statement/?a=b#c"),
        ("http://shop.example/books/shop/", "/books/shop/"),
        ("https://shop.example/books/shop/?x=%2F", "/books/shop/?x=%2F"),
        ("http://elsewhere.example/books/shop/", "/books/"),
        ("//elsewhere.example/books/", "/books/"),
        ("https:elsewhere.example/books/", "/books/"),
        ("/api/v1/documents", "/books/"),
        ("../../outside", "/books/"),
    ],
)
def test_redirects_stay_below_the_prefix(upstream: UpstreamServer, client: Client, location: str, seen: str) -> None:
    """Paths only: the outer scheme and host are the browser's business."""
    upstream.location = location
    response = client.get("/books/shop/redirect", headers={"Host": "shop.example"})
    assert (response.status_code, response.headers["Location"]) == (302, seen)


def test_the_bare_prefix_leads_to_the_first_page(client: Client) -> None:
    """Other addresses that only begin alike are not ours."""
    response = client.get("/books")
    assert (response.status_code, response.headers["Location"]) == (308, "/books/")
    assert [client.get(path).status_code for path in ("/bookshop/", "/", "/api/v1/health")] == [404, 404, 404]


def test_not_modified_has_no_body(client: Client) -> None:
    """Static files are not sent twice."""
    response = client.get("/books/static/unchanged")
    assert (response.status_code, response.headers["ETag"], response.data) == (304, '"x"', b"")


def test_a_big_page_streams(upstream: UpstreamServer) -> None:
    """The first part is passed on before the last is made."""
    body, _, _ = run_wsgi_app(books_proxy(lambda: upstream.url), create_environ("/books/shop/slowly"))
    parts = iter(body)
    assert next(parts) == b"first"
    upstream.go_on.set()
    assert b"".join(parts) == b"second"


def test_a_broken_answer_is_not_taken_for_a_whole_one(client: Client) -> None:
    """The outer server sees the error and cuts the connection."""
    with pytest.raises(IncompleteRead):
        client.get("/books/shop/broken", buffered=True)


def free_address() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize("started", [False, True])
def test_until_fava_is_up_a_page_says_so(*, started: bool) -> None:
    """People get a page that tries again, Fava's scripts an error as they know it."""
    url = free_address() if started else None
    client = Client(books_proxy(lambda: url))
    page = client.get("/books/shop/journal/")
    assert (page.status_code, page.mimetype, page.headers["Retry-After"]) == (503, "text/html", "3")
    assert 'http-equiv="refresh" content="3"' in page.text
    assert "being loaded" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    script = client.get("/books/shop/api/changed")
    assert (script.status_code, list(json.loads(script.text))) == (503, ["error"])


def test_the_address_is_asked_for_each_time(upstream: UpstreamServer) -> None:
    """Fava may come up, and move, while the forwarder runs."""
    urls = iter([None, upstream.url])
    client = Client(books_proxy(lambda: next(urls)))
    assert [client.get("/books/").status_code for _ in range(2)] == [503, 200]


def test_no_answer_is_not_tried_again(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A write may have been done before Fava ended."""
    response = client.put("/books/shop/api/silent", json={})
    assert (response.status_code, list(json.loads(response.text))) == (502, ["error"])
    assert "no answer from Fava to PUT /books/shop/api/silent" in caplog.text


def test_a_silent_fava_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait has an end."""
    monkeypatch.setattr(fava_proxy, "ANSWER_SECONDS_MAX", 0.1)
    assert client.get("/books/shop/waiting").status_code == 504


def test_bodies_are_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long, or chunked where the server does not say where chunks end: refused before anything is sent."""
    monkeypatch.setattr(fava_proxy, "BODY_BYTES_MAX", 10)
    assert client.put("/books/shop/api/x", data=b"0123456789").status_code == 200
    long = client.put("/books/shop/api/x", data=b"0123456789a")
    assert (long.status_code, list(json.loads(long.text))) == (413, ["error"])
    chunks: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert client.put("/books/shop/x", environ_overrides=chunks).status_code == 411
    terminated = {**chunks, "wsgi.input_terminated": True}
    stream = io.BytesIO(b"0123456789a")
    assert client.put("/books/shop/x", input_stream=stream, environ_overrides=terminated).status_code == 413


@contextmanager
def one_slot(monkeypatch: pytest.MonkeyPatch, upstream: UpstreamServer) -> Iterator[Client]:
    """Ask a forwarder that takes one request at a time and does not wait long."""
    monkeypatch.setattr(fava_proxy, "FORWARDS_MAX", 1)
    monkeypatch.setattr(fava_proxy, "FORWARD_WAIT_SECONDS", 0.05)
    yield Client(books_proxy(lambda: upstream.url))


def test_waiting_for_fava_does_not_take_every_thread(upstream: UpstreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One too many is told to come back, and its place is free again afterwards."""
    with one_slot(monkeypatch, upstream) as client:
        first = threading.Thread(target=client.get, args=("/books/shop/waiting",))
        first.start()
        while (busy := client.get("/books/shop/")).status_code == 200:
            pass
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
        upstream.go_on.set()
        first.join()
        assert client.get("/books/shop/").status_code == 200


@pytest.mark.parametrize("path", ["/books/shop/silent", "/books/shop/broken", "/books/shop/"])
def test_a_place_is_given_back_however_it_ends(upstream: UpstreamServer, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Also when the outer server drops the answer without closing it, as it may when the browser has gone."""
    with one_slot(monkeypatch, upstream) as client:
        proxy = client.application
        for _ in range(3):
            answer: Iterable[bytes] | None = proxy(create_environ(path), _ignore)
            assert answer is not None
            answer = None
        assert client.get("/books/shop/").status_code == 200


def _ignore(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
    """Take status and headers of an answer that nobody reads."""
    return lambda _: None
