"""What changes in addresses and headers between the browser and the Fava process."""

from __future__ import annotations

import base64
from http.client import HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from werkzeug.datastructures import EnvironHeaders
from werkzeug.http import is_hop_by_hop_header

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH_SAFE = "/:@!$&'()*+,;=-._~"
"""What RFC 3986 allows in a path as it is."""

REQUEST_HEADERS_DROPPED = frozenset({"authorization", "connection", "content-length", "expect", "proxy"})
"""Who asks is settled here, and Fava's own password takes its place. `Proxy` would come from a process variable
HTTP_PROXY, which granian passes on. http.client writes length and connection itself."""

ANSWER_HEADERS_DROPPED = frozenset({"date", "server"})
"""The outer server says these for itself."""


def full_path(environ: WSGIEnvironment) -> str:
    """Return the path of the request, decoded, whether or not the application is mounted below a script name."""
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    try:
        return path.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A server that does not keep to PEP 3333 has decoded it already.
        return path


def request_target(path: str, environ: WSGIEnvironment) -> str:
    """Return path and query as they go over the wire."""
    # The query comes undecoded: what is escaped in it stays, what may not stand there is escaped.
    query = quote(environ.get("QUERY_STRING", "").encode("latin-1", "replace"), safe=PATH_SAFE + "?%")
    return quote(path, safe=PATH_SAFE, errors="surrogateescape") + (f"?{query}" if query else "")


def request_headers(target: SplitResult, environ: WSGIEnvironment) -> dict[str, str]:
    """Return the browser's headers, `Host` and cookies among them, with Fava's password for the browser's."""
    given = EnvironHeaders(environ)
    named = {name.strip().lower() for name in given.get("Connection", "").split(",")}
    headers = {
        name: value
        for name, value in given.items()
        if not is_hop_by_hop_header(name) and name.lower() not in REQUEST_HEADERS_DROPPED | named
    }
    headers["Connection"] = "close"
    if target.password is not None:
        pair = f"{target.username}:{target.password}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
    return headers


def answer_headers(response: HTTPResponse, path: str, prefix: str, environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """Return Fava's headers, with redirects as paths under the prefix."""
    return [
        (name, _own_location(value, path, prefix, environ) if name.lower() == "location" else value)
        for name, value in response.getheaders()
        if not is_hop_by_hop_header(name) and name.lower() not in ANSWER_HEADERS_DROPPED
    ]


def _own_location(location: str, path: str, prefix: str, environ: WSGIEnvironment) -> str:
    """Return where a redirect leads without scheme and host: Fava knows neither as the browser does.

    Fava's /jump sends browsers back to the page that they say they come from; outside the prefix it is not followed.
    """
    host = environ.get("HTTP_HOST", "")
    there = urlsplit(urljoin(f"http://{host}{quote(path, errors='surrogateescape')}", location))
    if there.netloc != host or not there.path.startswith(prefix + "/"):
        return prefix + "/"
    return urlunsplit(("", "", there.path, there.query, there.fragment))
