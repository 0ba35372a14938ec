"""Headers that every answer carries, so that a browser that meets one does nothing surprising with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OURS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Figures of a business are nobody's cache's business.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""For the API, its page and the few pages beside it; the API page has a policy of its own."""

FAVA = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    # Fava writes payees and narrations into its journal unescaped: a customer's name must not run as a script.
    "Content-Security-Policy": "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'",
}
"""For Fava's pages: scripts come from Fava itself and nowhere else."""


def with_headers(inner: WSGIApplication, defaults: Mapping[str, str]) -> WSGIApplication:
    """Return an application that adds the headers that `inner` does not set itself.

    Around Flask and not in it: Werkzeug's headers take four times as long, which counts at 1,500 posts a second.
    """
    added = [(name.lower(), (name, value)) for name, value in defaults.items()]

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            given = {name.lower() for name, _ in headers}
            return start_response(status, headers + [header for name, header in added if name not in given], exc_info)

        return inner(environ, start)

    return application
