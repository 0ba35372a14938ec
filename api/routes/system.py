"""`/health`, `/metrics`, `/audit/verify`: how the service and its journal are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from api.answers import Health, Verification
from api.json_text import json_response
from api.metrics import Metrics
from api.queries import Query
from api.smorest import Blueprint
from api.verification import Verify

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger, metrics: Metrics, recompute: Verify) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("system", "system", description="The service itself.")

    @routes.route("/health")
    @routes.doc(security=[])
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, Health)
    def health() -> Response:
        """Tell whether documents can be posted, and how far the journal and the books are."""
        return json_response({"status": "ok", **ledger.health()})

    @routes.route("/audit/verify")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, Verification)
    def verify() -> Response:
        """Recompute the hash chain, the kept sums and the books, and tell what does not agree. Takes a while on large books."""
        return json_response(recompute())

    @routes.route("/metrics")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, {"type": "string"}, content_type="text/plain")
    def show_metrics() -> Response:
        """Return counts and times in Prometheus' text format."""
        return metrics.text(ledger.health())

    return routes
