"""`/periods`: which months are closed; closing them and opening them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from api.adoptions import adopted_json
from api.json_text import json_response
from api.period_answers import ClosedPeriod, HowClose, PeriodPage, ReopenedPeriod, WhyReopen
from api.queries import Page
from api.smorest import Blueprint
from ledger import periods
from ledger.reports.periods import list_periods

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("periods", "periods", description="Accounting periods (会计期间): closed months, closing, reopening.")

    @routes.route("/periods")
    @routes.arguments(Page, location="query", as_kwargs=True)
    @routes.response(200, PeriodPage)
    def period_list(**query: Any) -> Response:
        """Return the last closed month, and closings and reopenings, newest first."""
        with ledger.read() as context:
            return json_response(list_periods(context, **query))

    @routes.route("/periods/<period>/close", methods=["POST"])
    @routes.arguments(HowClose, location="query", as_kwargs=True)
    @routes.response(201, ClosedPeriod)
    def close_period(period: str, adopt: str = "false") -> Response:
        """Close a month (2026-03) and every month before it (结账); needs the scope `admin`."""
        closed = periods.close(ledger, period, adopt=adopt == "true")
        answer = {"document": closed.document, "period": closed.period, "checklist": closed.checklist}
        return json_response(answer | {"adopted": adopted_json(closed.adopted)}, 201)

    @routes.route("/periods/<period>/reopen", methods=["POST"])
    @routes.arguments(WhyReopen)
    @routes.response(201, ReopenedPeriod)
    def reopen_period(body: dict[str, str], period: str) -> Response:
        """Open a closed month and every one after it again (反结账), with a reason that stays; needs the scope `admin`."""
        reopened = periods.reopen(ledger, period, body["reason"])
        answer = {"document": reopened.document, "period": reopened.period, "closed_through": reopened.closed_through}
        return json_response(answer, 201)

    return routes
