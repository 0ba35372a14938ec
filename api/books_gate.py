"""`/books/` in front of the application: forwarded to the Fava process, for browsers of this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from api.fava_proxy import books_proxy
from api.security_headers import FAVA, with_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BOOKS = "/books"


def books_in_front(inner: WSGIApplication, fava_url: Callable[[], str | None]) -> WSGIApplication:
    """Return an application that forwards /books/ and leaves everything else to `inner`."""
    proxy = with_headers(books_proxy(fava_url, BOOKS), FAVA)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != BOOKS and not path.startswith(BOOKS + "/"):
            return inner(environ, start_response)
        if not is_local_name(environ.get("HTTP_HOST", "")):
            text = "Open the books as http://localhost or by IP address. 请用 localhost 或 IP 地址访问账簿。\n"
            return Response(text, 421, mimetype="text/plain")(environ, start_response)
        return proxy(environ, start_response)

    return application


def is_local_name(host: str) -> bool:
    """Tell whether a Host header is an address or localhost.

    A web page elsewhere can point a name of its own at 127.0.0.1 and then read what this server says to that name (DNS
    rebinding); it cannot do so with an address. Requests with tokens need no such care, the books have no token.
    """
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
