"""What someone should look at: stock that is owed or does not arrive, freight that matches nothing, orders sold at a loss."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from ledger.money import MICRO_DIGITS, format_quantity, parse_scaled
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.reports.order_pages import page_of_orders
from ledger.reports.order_sorts import Sort
from ledger.reports.profit_view import Json, profit_json
from ledger.store.tables import document, metadata

ALERTS_MAX = 100
"""Alerts of each kind, the gravest (or oldest) first; `more` says where there are others."""

NAMES_MAX = 5
"""References that one alert spells out."""

_lots, _owed, _waiting = metadata.tables["lot"], metadata.tables["owed"], metadata.tables["waiting"]


def alerts(ctx: Context) -> Json:
    """Return alerts as {"items": [{"what", "detail", ...}], "more": {what: bool}}."""
    items: list[Json] = []
    more: dict[str, bool] = {}
    kinds = (
        ("owed", _owed_stock(ctx)),
        ("in-transit", _in_transit(ctx)),
        ("freight-unmatched", _unmatched(ctx)),
        ("loss", _losses(ctx)),
    )
    for what, found in kinds:
        items += [{"what": what, **one} for one in found[:ALERTS_MAX]]
        more[what] = len(found) > ALERTS_MAX
    return {"currency": ctx.chart.currency, "items": items, "more": more}


def _owed_stock(ctx: Context) -> list[Json]:
    since = func.min(_owed.c.date)
    query = (
        select(
            _owed.c.sku,
            _owed.c.warehouse,
            whole_sum(_owed.c.quantity).label("units"),
            whole_sum(_owed.c.estimate).label("estimate"),
            since.label("since"),
        )
        .where(_owed.c.quantity > 0)
        .group_by(_owed.c.sku, _owed.c.warehouse)
        .order_by(since, _owed.c.sku, _owed.c.warehouse)
        .limit(ALERTS_MAX + 1)
    )
    return [
        {
            "detail": f"{format_quantity(row.units)} {row.sku} left {row.warehouse} before they came, since {row.since}",
            "sku": row.sku,
            "warehouse": row.warehouse,
            "quantity": format_quantity(row.units),
            "amount": ctx.money(row.estimate),
            "since": row.since,
        }
        for row in ctx.connection.execute(query)
    ]


def _in_transit(ctx: Context) -> list[Json]:
    """Return what transfers have under way: `units` of `sent`, so that a shortage (some came, the rest did not) can be told."""
    value = whole_sum(_lots.c.goods + _lots.c.landed + _lots.c.variance)
    query = (
        select(document.c.source, document.c.number, document.c.date, document.c.body, _lots.c.sku, whole_sum(_lots.c.quantity), value)
        .join(document, document.c.seq == _lots.c.document_seq)
        .where(_lots.c.warehouse == "", _lots.c.quantity > 0)
        .group_by(document.c.seq, document.c.source, document.c.number, document.c.date, document.c.body, _lots.c.sku)
        .order_by(document.c.date, document.c.seq, _lots.c.sku)
        .limit(ALERTS_MAX + 1)
    )
    found: list[Json] = []
    for source, number, date, body, sku, units, worth in ctx.connection.execute(query):
        sent = json.loads(body)
        total = sum(parse_scaled(line["quantity"], MICRO_DIGITS) for line in sent["lines"] if line["sku"] == sku)
        quantity = format_quantity(units)
        state = "are under way" if units == total else f"of {format_quantity(total)} are missing"
        found.append(
            {
                "detail": f"{quantity} {sku} {state}: transfer {number} from {sent['from']} to {sent['to']}, since {date}",
                "document": f"{source}/transfer/{number}",
                "sku": sku,
                "warehouse": sent["to"],
                "quantity": quantity,
                "amount": ctx.money(worth),
                "since": date,
            }
        )
    return found


def _unmatched(ctx: Context) -> list[Json]:
    query = (
        select(_waiting, document.c.source, document.c.kind, document.c.number, document.c.date)
        .join(document, document.c.seq == _waiting.c.document_seq)
        .where(_waiting.c.waits == 1)
        .order_by(_waiting.c.id)
        .limit(ALERTS_MAX + 1)
    )
    found: list[Json] = []
    for row in ctx.connection.execute(query):
        references = [target[1] for target in json.loads(row.targets)]
        named = ", ".join(references[:NAMES_MAX]) + (" ..." if len(references) > NAMES_MAX else "")
        amount = ctx.money(row.amount)
        found.append(
            {
                "detail": f"{row.charge} {amount} of {row.carrier} ({row.direction}) waits for {named}, since {row.date}",
                "document": f"{row.source}/{row.kind}/{row.number}",
                "line": row.line,
                "carrier": row.carrier,
                "direction": row.direction,
                "amount": amount,
                "since": row.date,
            }
        )
    return found


def _losses(ctx: Context) -> list[Json]:
    worst, _ = page_of_orders(ctx, Sort("contribution", descending=False), (), ALERTS_MAX + 1, None)
    found: list[Json] = []
    for item in worst:
        contribution = item.sums.derived.contribution
        if contribution < 0:
            row = item.row
            found.append(
                {
                    "detail": f"order {row.label} of {row.customer} makes a loss of {ctx.money(-contribution)}",
                    "order": row.number,
                    "source": row.source,
                    "customer": row.customer,
                    "amount": ctx.money(contribution),
                    "margin": profit_json(ctx, item.sums)["margin"],
                    "since": row.date,
                }
            )
    return found
