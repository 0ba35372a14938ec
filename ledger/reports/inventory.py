"""Stock by SKU and warehouse: its lots, what it owes, its value, lots - owed (money rules 3.4), and what left and is not delivered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select, tuple_, union, union_all

from ledger.costing.methods import POOLED
from ledger.money import MICRO_DIGITS, allocate, format_quantity, format_scaled
from ledger.reports.context import Context
from ledger.reports.costing_methods import methods_now
from ledger.reports.expressions import whole_sum
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit, query_text
from ledger.reports.profit_view import Json
from ledger.store.tables import metadata

LOTS_MAX = 5_000
"""Lots shown on one page; an item with more says how many are `lots_left`."""

IN_TRANSIT = "(in transit)"
"""What units under way between own warehouses are shown under, with `in_transit` true."""

Group = tuple[str, str]
"""(SKU, warehouse; "" for units in transit)."""

Sums = tuple[int, int, int]
"""(rows, quantity, value)."""

_lots, _owed, _pools = metadata.tables["lot"], metadata.tables["owed"], metadata.tables["pool"]
_held, _shipments = metadata.tables["consumption"], metadata.tables["shipment"]

_undelivered = union_all(
    select(_held.c.sku, _shipments.c.warehouse, _held.c.quantity, (_held.c.goods + _held.c.landed + _held.c.variance).label("worth"))
    .join(_shipments, _shipments.c.id == _held.c.shipment_id)
    .where(_held.c.held == "goods_shipped", _held.c.quantity > 0),
    select(_owed.c.sku, _owed.c.warehouse, _owed.c.quantity, _owed.c.estimate.label("worth")).where(
        _owed.c.held == "goods_shipped", _owed.c.quantity > 0
    ),
).subquery("undelivered")
"""Units on their way to the customer, by the warehouse they left: goods shipped, no longer on hand."""


def inventory(
    ctx: Context,
    sku: str | None = None,
    warehouse: str | None = None,
    *,
    limit: int | None = None,
    after: str | None = None,
) -> Json:
    """Return a page of stock by SKU and warehouse.

    `quantity` is what the lots hold, `owed` what left before it came (both in units), `owed_value` the cost estimated for it.
    `undelivered` are units shipped and not delivered, worth `undelivered_value` as goods shipped: not on hand, not in `value`.
    """
    size = page_limit(limit)
    wanted = [(name, query_text(value, name)) for name, value in (("sku", sku), ("warehouse", warehouse)) if value is not None]
    groups = _groups(ctx, wanted, decode_cursor(after, str, str), size + 1)
    page = groups[:size]
    if not page:
        return {"items": [], "next": None}
    span = (page[0], page[-1])
    held = _sums(ctx, _lots, span, _lots.c.goods + _lots.c.landed + _lots.c.variance)
    owed = _sums(ctx, _owed, span, _owed.c.estimate)
    shipped = _sums(ctx, _undelivered, span, _undelivered.c.worth)
    lots = _lots_by_group(ctx, span)
    held |= _averaged(ctx, sorted({sku for sku, _ in page}), held)
    items = [
        _item(ctx, group, held.get(group), owed.get(group), lots.get(group, ())) | _on_the_way(ctx, shipped.get(group)) for group in page
    ]
    return {"items": items, "next": encode_cursor(*page[-1]) if len(groups) > size else None}


def _groups(ctx: Context, wanted: Sequence[tuple[str, str]], place: Any, size: int) -> list[Group]:
    """Return the next groups that have lots, debts or units on their way; each side stops as soon as it has a page."""
    sides: list[Select[Any]] = []
    for table in (_lots, _owed, _undelivered):
        query = select(table.c.sku, table.c.warehouse).distinct().where(table.c.quantity > 0)
        query = query.where(*(table.c[name] == value for name, value in wanted))
        if place is not None:
            query = query.where(_pair(table) > tuple_(*place))
        side = query.order_by(table.c.sku, table.c.warehouse).limit(size).subquery()
        sides.append(select(side.c.sku, side.c.warehouse))
    both = union(*sides).subquery()
    query = select(both).order_by(both.c.sku, both.c.warehouse).limit(size)
    return [(row.sku, row.warehouse) for row in ctx.connection.execute(query)]


def _pair(table: FromClause) -> Any:
    return tuple_(table.c.sku, table.c.warehouse)


def _in_span(table: FromClause, span: tuple[Group, Group]) -> list[ColumnElement[bool]]:
    """Tell the rows of a page's groups: they are neighbours, so the first and the last bound them."""
    first, last = span
    return [table.c.quantity > 0, _pair(table) >= tuple_(*first), _pair(table) <= tuple_(*last)]


def _sums(ctx: Context, table: FromClause, span: tuple[Group, Group], value: ColumnElement[int]) -> dict[Group, tuple[int, int, int]]:
    """Return (rows, quantity, value) of each group."""
    query = (
        select(table.c.sku, table.c.warehouse, func.count(), whole_sum(table.c.quantity), whole_sum(value))
        .where(*_in_span(table, span))
        .group_by(table.c.sku, table.c.warehouse)
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in ctx.connection.execute(query)}


def _averaged(ctx: Context, skus: Sequence[str], held: dict[Group, Sums]) -> dict[Group, Sums]:
    """Return the value of groups under average cost: each warehouse has its units' share of the SKU's pool (money rules 3.4)."""
    method = methods_now(ctx)
    pooled = [sku for sku in skus if method(sku) in POOLED]
    if not pooled:
        return {}
    pools = ctx.connection.execute(select(_pools).where(_pools.c.sku.in_(pooled)))
    differences = dict.fromkeys(pooled, 0) | {row.sku: row.goods + row.landed + row.variance for row in pools}
    value = whole_sum(_lots.c.goods + _lots.c.landed + _lots.c.variance)
    query = (
        select(_lots.c.sku, _lots.c.warehouse, whole_sum(_lots.c.quantity), value)
        .where(_lots.c.quantity > 0, _lots.c.sku.in_(pooled))
        .group_by(_lots.c.sku, _lots.c.warehouse)
        .order_by(_lots.c.sku, _lots.c.warehouse)
    )
    found: dict[Group, Sums] = {}
    for sku, rows in groupby(ctx.connection.execute(query), key=lambda row: row[0]):
        groups = list(rows)
        shares = allocate(differences[sku] + sum(row[3] for row in groups), [row[2] for row in groups])
        for row, share in zip(groups, shares, strict=True):
            if (sku, row[1]) in held:
                count, quantity, _ = held[sku, row[1]]
                found[sku, row[1]] = (count, quantity, share)
    return found


def _lots_by_group(ctx: Context, span: tuple[Group, Group]) -> dict[Group, list[Row[Any]]]:
    query = select(_lots).where(*_in_span(_lots, span))
    query = query.order_by(_lots.c.sku, _lots.c.warehouse, _lots.c.date, _lots.c.id).limit(LOTS_MAX)
    found: dict[Group, list[Row[Any]]] = {}
    for row in ctx.connection.execute(query):
        found.setdefault((row.sku, row.warehouse), []).append(row)
    return found


def _item(
    ctx: Context,
    group: Group,
    held: tuple[int, int, int] | None,
    owed: tuple[int, int, int] | None,
    lots: Sequence[Row[Any]],
) -> Json:
    count, quantity, value = held or (0, 0, 0)
    _, owed_quantity, estimate = owed or (0, 0, 0)
    item: Json = {
        "sku": group[0],
        "warehouse": group[1] or IN_TRANSIT,
        "in_transit": not group[1],
        "quantity": format_quantity(quantity),
        "value": ctx.money(value - estimate),
        "owed": format_quantity(owed_quantity),
        "owed_value": ctx.money(estimate),
        "currency": ctx.chart.currency,
        "lots": [_lot(ctx, row, worth) for row, worth in zip(lots, _worths(lots, quantity, value), strict=True)],
    }
    return item | ({"lots_left": count - len(lots)} if count > len(lots) else {})


def _on_the_way(ctx: Context, shipped: Sums | None) -> Json:
    _, quantity, value = shipped or (0, 0, 0)
    return {"undelivered": format_quantity(quantity), "undelivered_value": ctx.money(value)}


def _worths(lots: Sequence[Row[Any]], quantity: int, value: int) -> list[int]:
    """Return what each lot is worth: what it carries, or under average cost its units' share of the whole."""
    carried = [row.goods + row.landed + row.variance for row in lots]
    if not lots or sum(row.quantity for row in lots) < quantity or sum(carried) == value:
        return carried
    return allocate(value, [row.quantity for row in lots])


def _lot(ctx: Context, row: Row[Any], worth: int) -> Json:
    return {
        "label": row.label,
        "date": row.date,
        "quantity": format_quantity(row.quantity),
        "unit_price": format_scaled(row.unit_price, MICRO_DIGITS, least=ctx.digits),
        "value": ctx.money(worth),
        "supplier": row.supplier,
    }
