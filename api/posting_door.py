"""`POST /documents` of JSON, taken in front of Flask: its own work around a request costs as much as posting the document.

What is unusual about a request (a query, NDJSON, another media type) goes to Flask's route of the same address. Both answer with the same
functions, so that nobody can tell by which of them a document came.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Request, Response

from api import problems
from api.access import Access, scope_needed
from api.media_types import JSON
from api.metrics import Metrics
from api.request_body import read_body
from api.routes.documents import ENDPOINT, post_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ledger.service import Ledger


def posting_door(
    inner: WSGIApplication, path: str, ledger: Ledger, access: Access, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
) -> WSGIApplication:
    """Return an application that takes JSON posted to `path` and leaves everything else to `inner`."""
    scope = scope_needed(ENDPOINT, "POST")

    def answer(environ: WSGIEnvironment) -> Response:
        try:
            access.require(environ.get("HTTP_AUTHORIZATION", ""), scope)
            return post_json(ledger, read_body(Request(environ)), dry_run=False)
        except Exception as error:  # as Flask does: every error has its answer
            return problems.of_any(error)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if (
            environ.get("PATH_INFO") != path
            or environ["REQUEST_METHOD"] != "POST"
            or environ.get("CONTENT_TYPE") != JSON
            or environ.get("QUERY_STRING")
        ):
            return inner(environ, start_response)
        started = clock()
        response = answer(environ)
        metrics.count("POST", ENDPOINT, response.status_code, clock() - started)
        # What Flask would send, by a shorter way: the headers are whole as they are (`Location` is ASCII), a list goes in one piece.
        start_response(response.status, response.headers.to_wsgi_list())
        return [response.get_data()]

    return application
