"""The application: every part of the API put together for one ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask

from api import access, description, metrics, problems
from api.books_gate import books_in_front
from api.posting_door import posting_door
from api.routes import api_page, documents, export, front_page, journal, orders, periods, problem_pages, reports, system, typed_documents
from api.security_headers import OURS, with_headers
from api.smorest import Api
from api.verification import Verify, here

if TYPE_CHECKING:
    from ledger.service import Ledger

PREFIX = "/api/v1"


def create_app(
    ledger: Ledger, *, fava_url: Callable[[], str | None] | None = None, open_docs: bool = True, verify: Verify | None = None
) -> Flask:
    """Return the application for `ledger`.

    `fava_url` gives the address of the Fava process, which is then reached under /books/; `open_docs` shows the API page
    without a token, which is meant for loopback; `verify` recomputes the books elsewhere than in this process.
    """
    app = Flask("api", static_folder=None)
    app.config.update(description.CONFIG)
    # One slash more or less names something else: an order may be called "A//1".
    app.url_map.merge_slashes = False
    measured = metrics.Metrics()
    metrics.register(app, measured)
    entry = access.Access(ledger.tokens)
    access.register(app, entry, open_docs=open_docs)
    problems.register(app)
    _add_routes(app, ledger, measured, verify or here(ledger))
    served = with_headers(posting_door(app.wsgi_app, f"{PREFIX}/documents", ledger, entry, measured), OURS)
    # Flask's own way to put something around an application.
    app.wsgi_app = served if fava_url is None else books_in_front(served, fava_url)  # type: ignore[method-assign, assignment]
    return app


def _add_routes(app: Flask, ledger: Ledger, measured: metrics.Metrics, verify: Verify) -> None:
    api = Api(app)
    described: list[Any] = [
        orders.blueprint(ledger),
        reports.blueprint(ledger),
        journal.blueprint(ledger),
        periods.blueprint(ledger),
        typed_documents.blueprint(ledger),
        export.blueprint(ledger),
        system.blueprint(ledger, measured, verify),
    ]
    for routes in described:
        api.register_blueprint(routes, url_prefix=PREFIX)
    app.register_blueprint(documents.blueprint(ledger), url_prefix=PREFIX)
    app.register_blueprint(api_page.blueprint())
    app.register_blueprint(front_page.blueprint())
    app.register_blueprint(problem_pages.blueprint())
    description.complete(api.spec, next(app.url_map.iter_rules(documents.ENDPOINT)), ledger.currency)
