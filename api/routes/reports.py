"""`/statements`, `/inventory`, `/stages`, `/customers`, `/alerts`: what the journal says, summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from api.json_text import json_response
from api.queries import CustomerList, Query, Span, StatementQuestion, StockList, period_of
from api.report_answers import Alerts, CustomerPage, Stages, Statement, StockPage
from api.smorest import Blueprint
from api.tables import answers_table, chosen_format, table_response
from ledger.reports.alerts import alerts
from ledger.reports.customers import customers
from ledger.reports.inventory import inventory
from ledger.reports.stages import stages
from ledger.reports.statements import statement

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("reports", "reports", description="Statements, stock, stages, customers, alerts.")
    _add_tables(routes, ledger)
    _add_views(routes, ledger)
    return routes


def _add_tables(routes: Blueprint, ledger: Ledger) -> None:
    @routes.route("/statements/<name>")
    @routes.arguments(StatementQuestion, location="query", as_kwargs=True)
    @answers_table(routes, Statement)
    def statement_by_name(name: str, **query: Any) -> Response:
        """Return a statement: income, balance-sheet, cash-flow, trial-balance, freight-policies, or general-ledger (of one `account`)."""
        chosen = chosen_format(query)
        with ledger.read() as context:
            return table_response(statement(context, name, period_of(query), **query), chosen, name)

    @routes.route("/inventory")
    @routes.arguments(StockList, location="query", as_kwargs=True)
    @answers_table(routes, StockPage)
    def stock(**query: Any) -> Response:
        """Return stock on hand by SKU and warehouse, with its lots."""
        chosen = chosen_format(query)
        with ledger.read() as context:
            return table_response(inventory(context, **query), chosen, "inventory")

    @routes.route("/customers")
    @routes.arguments(CustomerList, location="query", as_kwargs=True)
    @answers_table(routes, CustomerPage)
    def customer_list(**query: Any) -> Response:
        """Return customers with the profit of their orders, highest contribution first."""
        chosen = chosen_format(query)
        with ledger.read() as context:
            return table_response(customers(context, period_of(query), **query), chosen, "customers")


def _add_views(routes: Blueprint, ledger: Ledger) -> None:
    @routes.route("/stages")
    @routes.arguments(Span, location="query", as_kwargs=True)
    @routes.response(200, Stages)
    def stage_times(**query: Any) -> Response:
        """Return how long orders take from step to step."""
        with ledger.read() as context:
            return json_response(stages(context, period_of(query)))

    @routes.route("/alerts")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, Alerts)
    def alert_list() -> Response:
        """Return what someone should look at: owed stock, freight that matches nothing, orders sold at a loss."""
        with ledger.read() as context:
            return json_response(alerts(context))
