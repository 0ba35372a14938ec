"""The query arguments of each question, described and read. What a value means is checked by the report that gets it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from api.document_fields import MESSAGES
from api.limits import QUERY_TEXT_MAX
from api.media_types import FORMATS
from ledger.limits import PAGE_DEFAULT, PAGE_MAX
from ledger.reports.layouts import NAMES as LAYOUTS
from ledger.reports.period import Period, parse_period
from ledger.reports.profit_by import DIMENSIONS


class Query(ma.Schema):
    """Base: arguments that are not described are refused. As it is, for questions that take none."""

    error_messages = {"unknown": "is not a query argument here"}  # noqa: RUF012  # as marshmallow declares it

    class Meta:
        unknown = ma.RAISE


def text(description: str, *, required: bool = False, key: str | None = None, **more: Any) -> fields.String:
    """Describe a text."""
    bound = ma.validate.Length(1, QUERY_TEXT_MAX, error=f"must have 1 to {QUERY_TEXT_MAX} characters")
    metadata = {"description": description, **more}
    return fields.String(required=required, data_key=key, validate=bound, metadata=metadata, error_messages=MESSAGES)


def choice(description: str, *options: str) -> fields.String:
    """Describe one of a few words; `format` in a query and the like."""
    one_of = ma.validate.OneOf(options, error="must be one of " + ", ".join(options))
    return fields.String(validate=one_of, metadata={"description": description})


class Page(Query):
    """Arguments of a list."""

    limit = fields.Integer(
        metadata={"description": "Items of a page.", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE_DEFAULT},
        error_messages={"invalid": "must be a whole number"},
    )
    after = fields.String(metadata={"description": "The `next` of the page before, unchanged."})


class DocumentName(Query):
    """Which document."""

    source = text("The system that the document comes from.", required=True)
    kind = text("The kind of document.", required=True)
    number = text("Its number there.", required=True)


class OrderReference(Query):
    """Which order."""

    order = text("The order's number, or source/number.", required=True)


class Days(Query):
    """A stretch of days, both ends counted in."""

    date_from = text("First day.", key="from", format="date")
    date_to = text("Last day.", key="to", format="date")


class Span(Days):
    """A period, or a stretch of days."""

    period = text("2026, 2026-Q1 or 2026-03; nothing is everything.")


class EntryList(Page, Span):
    """Which entries."""

    account = text("An account in full, or a role.")
    order = text("The order's number, or source/number.")


class AsTable(Query):
    """Answers that also come as a table."""

    format = choice("json, csv or xlsx; else by `Accept`.", *FORMATS)


class OrderList(AsTable, Page, Span):
    """Which orders."""

    customer = text("Only this customer's.")
    channel = text("Only of this channel.")
    state = choice("Only these: estimated while something is owed, accrued or unmatched.", "estimated", "final")
    sort = text("date, revenue, gross_profit, contribution or margin; after a minus, largest first.", default="-date")


class StatementQuestion(AsTable, Page, Span):
    """Which statement of which period."""

    account = text("For the general ledger of one account: its full name, or its role.")
    layout = choice("For balance sheet and income: native, or the form of 企业会计准则 (cas) or 小企业会计准则 (small).", *LAYOUTS)


class StockList(AsTable, Page):
    """Which stock."""

    sku = text("Only this SKU.")
    warehouse = text("Only in this warehouse.")


class CustomerList(AsTable, Page, Span):
    """Customers of which period."""


class ProfitQuestion(AsTable, Page, Span):
    """Profit by a dimension, or of one order."""

    by = choice("The dimension.", *DIMENSIONS)
    order = text("One order: its number, or source/number.")


def period_of(query: dict[str, Any]) -> Period:
    """Take the period out of the arguments."""
    return parse_period(query.pop("period", None), query.pop("date_from", None), query.pop("date_to", None))
