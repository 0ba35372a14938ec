"""`/orders` and `/profit`: what each order earned, and what orders earned together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from api.errors import one_fault
from api.json_text import json_response
from api.order_answers import OrderDetail, OrderPage, OrderProfit, ProfitTable, RevisionPage
from api.queries import OrderList, OrderProfitQuestion, OrderReference, ProfitQuestion, Query, RevisionList, RevisionsOf, period_of
from api.smorest import Blueprint
from api.tables import answers_table, chosen_format, table_response
from ledger.errors import InvalidQuery
from ledger.reports.order_profit import order_profit
from ledger.reports.orders import list_orders, order_detail
from ledger.reports.profit_by import profit_by
from ledger.reports.revisions import list_revisions

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("orders", "orders", description="Orders and their profit.")
    _add_lists(routes, ledger)
    _add_one(routes, ledger)
    _add_revisions(routes, ledger)
    return routes


def _add_lists(routes: Blueprint, ledger: Ledger) -> None:
    @routes.route("/orders")
    @routes.arguments(OrderList, location="query", as_kwargs=True)
    @answers_table(routes, OrderPage)
    def orders(**query: Any) -> Response:
        """Return orders, each with its profit, without entries; `from`, `to` and `period` mean the orders' own dates.

        Where few orders hold to the filters a page may be short, even empty, and still have a `next`.
        """
        chosen = chosen_format(query)
        with ledger.read() as context:
            return table_response(list_orders(context, period=period_of(query), **query), chosen, "orders")

    @routes.route("/profit")
    @routes.arguments(ProfitQuestion, location="query", as_kwargs=True)
    @answers_table(routes, {"oneOf": [ProfitTable, OrderProfit]}, "With `order`, the same as /orders/{reference}/profit; with `by`, ")
    def profit(order: str | None = None, by: str | None = None, **query: Any) -> Response:
        """Return profit by a dimension (`by`), or of one order (`order`); items + unallocated = total = income statement."""
        if (order is None) == (by is None):
            raise one_fault(InvalidQuery, "/by", "give by, or order, and not both")
        strange = query.keys() - {"revisions"} if order is not None else query.keys() & {"revisions"}
        if strange:
            right, wrong = ("by", "order") if order is not None else ("order", "by")
            raise one_fault(InvalidQuery, f"/{min(strange)}", f"goes with {right}, not with {wrong}")
        with ledger.read() as context:
            if order is not None:
                return json_response(order_profit(context, order, **query))
            chosen = chosen_format(query)
            return table_response(profit_by(context, by or "", period_of(query), **query), chosen, f"profit-by-{by}")


def _add_one(routes: Blueprint, ledger: Ledger) -> None:
    @routes.route("/orders/<path:reference>/profit")
    @routes.arguments(OrderProfitQuestion, location="query", as_kwargs=True)
    @routes.response(200, OrderProfit)
    def profit_of_order(reference: str, **query: Any) -> Response:
        """Return the profit of one order (its number, or source/number) with every entry that made it."""
        with ledger.read() as context:
            return json_response(order_profit(context, reference, **query))

    @routes.route("/orders/<path:reference>")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, OrderDetail)
    def order(reference: str) -> Response:
        """Return an order's lines, stages, documents and open balances."""
        with ledger.read() as context:
            return json_response(order_detail(context, reference))

    @routes.route("/order")
    @routes.arguments(OrderReference, location="query", as_kwargs=True)
    @routes.response(200, OrderDetail)
    def order_by_query(order: str) -> Response:
        """Return an order whatever its number is made of."""
        with ledger.read() as context:
            return json_response(order_detail(context, order))


def _add_revisions(routes: Blueprint, ledger: Ledger) -> None:
    @routes.route("/orders/<path:reference>/revisions")
    @routes.arguments(RevisionList, location="query", as_kwargs=True)
    @routes.response(200, RevisionPage)
    def revisions(reference: str, **query: Any) -> Response:
        """Return what moved an order's profit, entry by entry, oldest first, with the contribution after each."""
        with ledger.read() as context:
            return json_response(list_revisions(context, reference, **query))

    @routes.route("/revisions")
    @routes.arguments(RevisionsOf, location="query", as_kwargs=True)
    @routes.response(200, RevisionPage)
    def revisions_by_query(order: str, **query: Any) -> Response:
        """Return an order's revisions whatever its number is made of."""
        with ledger.read() as context:
            return json_response(list_revisions(context, order, **query))
