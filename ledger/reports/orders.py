"""Orders: pages of them with their profit, and one in detail with its lines, stages, documents and open balances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from ledger.errors import InvalidQuery
from ledger.money import exponent, format_quantity, format_scaled
from ledger.reports.context import Context
from ledger.reports.order_pages import Condition, Sort, page_of_orders
from ledger.reports.order_profit import order_json, pending_of
from ledger.reports.order_references import find_order
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit, query_text
from ledger.reports.period import EVERYTHING, Period, parse_day
from ledger.reports.profit_view import Json
from ledger.store.tables import document, entry, metadata, posting

STATES = {"final": 0, "estimated": 1}

DOCUMENTS_MAX = 1_000
"""Documents shown with one order."""

BALANCES = ("receivable", "contract_liability", "vat_pending", "customer_deposit", "refund_liability")

_lines, _stages, _opened = metadata.tables["order_line"], metadata.tables["stage"], metadata.tables["opened"]


def list_orders(
    ctx: Context,
    *,
    customer: str | None = None,
    channel: str | None = None,
    state: str | None = None,
    period: Period = EVERYTHING,
    sort: str = "-date",
    limit: int | None = None,
    after: str | None = None,
) -> Json:
    """Return a page of orders dated in the period, each as its profit without entries; newest first by default."""
    size = page_limit(limit)
    by = Sort.read(sort)
    place = decode_cursor(after, *by.kinds)
    if place is not None and by.name == "date":
        parse_day(place[0], "after")
    filters = _filters(customer, channel, state, period)
    items, more = page_of_orders(ctx, by, filters, size, place)
    pending = pending_of(ctx, [item.row for item in items])
    return {
        "items": [order_json(ctx, item.row, item.sums, pending[item.row.id]) for item in items],
        "next": encode_cursor(*items[-1].place) if more else None,
    }


def order_detail(ctx: Context, reference: str) -> Json:
    """Return an order's lines, stages, documents and open balances (what each side owes, positive), all in its own currency."""
    row = find_order(ctx, reference)
    currency = row.currency or ctx.chart.currency
    money = _money_of(currency)
    return {
        "order": row.number,
        "source": row.source,
        "customer": row.customer,
        "channel": row.channel,
        "carrier": row.carrier,
        "date": row.date,
        "currency": currency,
        "state": "estimated" if pending_of(ctx, [row])[row.id] else "final",
        "lines": _line_items(ctx, row),
        "shipping": {"amount": money(row.shipping_net), "tax": money(row.shipping_tax)},
        "total": {"amount": money(row.net), "tax": money(row.tax), "gross": money(row.net + row.tax)},
        "stages": _stage_items(ctx, row.id),
        "documents": _document_items(ctx, row.id),
        "balances": {name: money(getattr(row, name)) for name in BALANCES},
    }


def _money_of(currency: str) -> Callable[[int], str]:
    """Return how amounts of an order are written: with its own currency's decimals."""
    digits = exponent(currency)
    return lambda minor: format_scaled(minor, digits)


def _filters(customer: str | None, channel: str | None, state: str | None, period: Period) -> list[tuple[str, Condition]]:
    filters: list[tuple[str, Condition]] = []
    for name, value in (("customer", customer), ("channel", channel)):
        if value is not None:
            filters.append((name, _equal_to(query_text(value, name))))
    if state is not None:
        if state not in STATES:
            raise InvalidQuery(f"state must be estimated or final, not {state[:40]!r}")
        filters.append(("estimated", _equal_to(STATES[state])))
    if not period.is_everything:
        filters.append(("date", lambda column: column.between(period.first, period.last)))
    return filters


def _equal_to(value: int | str) -> Condition:
    return lambda column: column == value


def _line_items(ctx: Context, row: Row[Any]) -> list[Json]:
    """Write the lines: quantities ordered, shipped and returned; amounts net of tax, after discounts."""
    money = _money_of(row.currency or ctx.chart.currency)
    query = select(_lines).where(_lines.c.order_id == row.id).order_by(_lines.c.line)
    return [
        {
            "line": line.line,
            "sku": line.sku,
            "type": line.type,
            "quantity": format_quantity(line.quantity),
            "shipped": format_quantity(line.shipped),
            "returned": format_quantity(line.returned),
            "amount": money(line.list_net - line.discount_net),
            "discount": money(line.discount_net),
            "tax": money(line.tax),
            "recognised": money(line.list_done - line.discount_done),
            "returned_amount": money(line.returned_net),
        }
        for line in ctx.connection.execute(query)
    ]


def _stage_items(ctx: Context, order_id: int) -> list[Json]:
    query = (
        select(_stages, document.c.source, document.c.kind, document.c.number)
        .join(document, document.c.seq == _stages.c.document_seq)
        .where(_stages.c.order_id == order_id)
        .order_by(_stages.c.date, _stages.c.document_seq, _stages.c.stage)
        .limit(DOCUMENTS_MAX)
    )
    return [
        {"stage": row.stage, "date": row.date, "at": row.at, "document": f"{row.source}/{row.kind}/{row.number}"}
        for row in ctx.connection.execute(query)
    ]


def _document_items(ctx: Context, order_id: int) -> list[Json]:
    """Write the documents about the order, and those that only touch it (a freight bill over many orders)."""
    touching = select(entry.c.seq).join_from(posting, entry, entry.c.id == posting.c.entry_id).where(posting.c.order_id == order_id)
    about = select(document.c.seq).where(document.c.order_id == order_id)
    opening = select(_opened.c.document_seq).where(_opened.c.id == order_id)
    query = select(document).where(document.c.seq.in_(about.union(touching, opening))).order_by(document.c.seq)
    return [
        {"document": f"{row.source}/{row.kind}/{row.number}", "seq": row.seq, "date": row.date}
        for row in ctx.connection.execute(query.limit(DOCUMENTS_MAX))
    ]
