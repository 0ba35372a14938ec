"""Forward requests under /books/ to the Fava process. Every call stands alone, so that many threads may forward.

Not werkzeug's ProxyMiddleware: it garbles addresses with Chinese account names, takes only a fixed target, cuts a
broken answer short without a word and gives up after ten seconds.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterable
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from werkzeug.exceptions import HTTPException as Refusal
from werkzeug.exceptions import LengthRequired, NotFound, RequestEntityTooLarge
from werkzeug.utils import redirect
from werkzeug.wsgi import get_input_stream

from api.fava_headers import answer_headers, full_path, request_headers, request_target
from api.fava_unavailable import books_busy, books_loading, books_lost, books_slow, refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY_BYTES_MAX = 16 * 1024 * 1024
"""One request: as much as the Fava process takes."""

ANSWER_SECONDS_MAX = 300.0
"""How long Fava may be silent: it loads 100,000 orders in a minute, and 500,000 in this."""

FORWARDS_MAX = 16
"""Requests that wait for Fava at once in one process: a load of the books must not take every thread from the API."""

FORWARD_WAIT_SECONDS = 1.0
"""How long one more waits for its turn. Most answers take milliseconds; a browser asks for six files at once."""

CHUNK_BYTES = 64 * 1024

log = logging.getLogger(__name__)


def books_proxy(get_url: Callable[[], str | None], prefix: str = "/books") -> WSGIApplication:
    """Return a WSGI application that forwards everything under `prefix` to the server that `get_url` names.

    The address has no path and may hold user and password. None means that Fava is not up yet.
    """
    slots = threading.BoundedSemaphore(FORWARDS_MAX)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = full_path(environ)
        if path == prefix:
            return redirect(prefix + "/", code=308)(environ, start_response)
        if not path.startswith(prefix + "/"):
            return NotFound()(environ, start_response)
        url = get_url()
        try:
            body = _body(environ)
        except Refusal as refusal:
            return refused(path, refusal)(environ, start_response)
        if url is None:
            return books_loading(path)(environ, start_response)
        if not slots.acquire(timeout=FORWARD_WAIT_SECONDS):
            return books_busy(path)(environ, start_response)
        exchange = Exchange(urlsplit(url), slots)
        return exchange.answer(path, prefix, body, environ)(environ, start_response)

    return application


def _body(environ: WSGIEnvironment) -> bytes | None:
    """Read the whole body, so that a slow sender does not occupy Fava; raise when it is too long."""
    chunked = environ.get("HTTP_TRANSFER_ENCODING")
    if chunked and not environ.get("wsgi.input_terminated"):
        raise LengthRequired
    if not chunked and not environ.get("CONTENT_LENGTH"):
        return None
    # One byte more than allowed: at its limit, werkzeug's stream ends without saying whether more was sent.
    body = get_input_stream(environ, max_content_length=BODY_BYTES_MAX + 1).read()
    if len(body) > BODY_BYTES_MAX:
        raise RequestEntityTooLarge
    return body


class Exchange:
    """One request and its answer, read as it comes; the connection and the slot are given back exactly once."""

    def __init__(self, target: SplitResult, slots: threading.BoundedSemaphore) -> None:
        self._target = target
        self._connection = HTTPConnection(target.hostname or "", target.port, timeout=ANSWER_SECONDS_MAX)
        self._response: HTTPResponse | None = None
        # Also when a server forgets to close the answer after the browser has gone.
        self.close = weakref.finalize(self, _end, self._connection, slots)

    def answer(self, path: str, prefix: str, body: bytes | None, environ: WSGIEnvironment) -> WSGIApplication:
        """Send the request; return the answer, or a page that says why there is none."""
        method: str = environ["REQUEST_METHOD"]
        try:
            self._connection.connect()
        except OSError:
            self.close()
            return books_loading(path)
        try:
            headers = request_headers(self._target, environ)
            self._connection.request(method, request_target(path, environ), body, headers)
            response = self._response = self._connection.getresponse()
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            log.warning("no answer from Fava to %s %s: %r", method, path, error)
            return books_slow(path) if isinstance(error, TimeoutError) else books_lost(path)

        def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            start_response(f"{response.status} {response.reason}", answer_headers(response, path, prefix, environ))
            return self

        return application

    def __iter__(self) -> Exchange:
        return self

    def __next__(self) -> bytes:
        """Return the next bytes; raise when the answer breaks off, so that it is not taken for a whole one."""
        assert self._response is not None
        if chunk := self._response.read1(CHUNK_BYTES):
            return chunk
        if missing := self._response.length:
            raise IncompleteRead(b"", missing)
        raise StopIteration


def _end(connection: HTTPConnection, slots: threading.BoundedSemaphore) -> None:
    connection.close()
    slots.release()
