"""Where profit by a dimension comes from: sums kept by month, and by day for the days outside whole months.

Customers and orders are not kept by day: theirs are read from the postings of those days.

A fact is a key (the SKU, the customer ...) with profit fields and contribution; facts of one key are still to be summed. What has
no value for a dimension is in none of its facts, so unallocated = total - sum of facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, func, select, union_all

from ledger.reports.context import Context
from ledger.reports.expressions import (
    contribution_of,
    field_sums,
    is_profit_posting,
    posted_contribution,
    posted_fields,
)
from ledger.reports.pages import chunks
from ledger.reports.period import Period
from ledger.reports.profit_view import ProfitSums
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import dimension_day, dimension_month, entry, order_profit, orders, posting

Key = Any
"""What facts are summed by: text, or the id of an order."""

_POSTED_KEYS: dict[str, ColumnElement[Any]] = {"customer": orders.c.customer, "order": posting.c.order_id}


def facts(ctx: Context, dimension: str, period: Period) -> Subquery:
    """Return the facts of a dimension in a period: columns `key`, `contribution` and the profit fields."""
    parts = [_kept_months(dimension, period, period.months)] if period.months is not None else []
    if dimension in _POSTED_KEYS:
        parts += [_posted(ctx, dimension, first, last) for first, last in period.edges]
    else:
        parts += [_kept_days(dimension, first, last) for first, last in period.edges]
    return (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()


def sums_by_key(ctx: Context, source: Subquery, keys: Sequence[Key] | None = None) -> dict[Key, ProfitSums]:
    """Return the sums of these keys (all where None: only for dimensions of few values)."""
    grouped = select(source.c.key, *field_sums(source)).group_by(source.c.key)
    if keys is None:
        return _by_key(ctx, grouped)
    result: dict[Key, ProfitSums] = {}
    for part in chunks(keys):
        result |= _by_key(ctx, grouped.where(source.c.key.in_(part)))
    return result


def sum_of_all(ctx: Context, source: Subquery) -> ProfitSums:
    """Return the sum over all facts."""
    return ProfitSums.of(ctx.connection.execute(select(*field_sums(source))).one()._mapping)


def all_of_orders(ctx: Context, period: Period) -> ProfitSums:
    """Return what was posted on orders in a period, whichever they are."""
    parts = [_kept_months("ordered", period, period.months)] if period.months is not None else []
    parts += [_kept_days("ordered", first, last) for first, last in period.edges]
    return sum_of_all(ctx, (parts[0] if len(parts) == 1 else union_all(*parts)).subquery())


def _kept_days(dimension: str, first: str, last: str) -> Select[Any]:
    by_month = dimension == "month"
    key = func.substr(dimension_day.c.date, 1, 7) if by_month else dimension_day.c.value
    fields = (dimension_day.c[name] for name in PROFIT_FIELDS)
    query = select(key.label("key"), contribution_of(dimension_day).label("contribution"), *fields)
    return query.where(dimension_day.c.dimension == ("total" if by_month else dimension), dimension_day.c.date.between(first, last))


def _kept_months(dimension: str, period: Period, months: tuple[str, str]) -> Select[Any]:
    by_month = dimension == "month"
    if dimension == "order":
        query, table = _of(order_profit, order_profit.c.order_id), order_profit
    else:
        query, table = _of(dimension_month, dimension_month.c.month if by_month else dimension_month.c.value), dimension_month
        query = query.where(table.c.dimension == ("total" if by_month else dimension))
    return query if period.is_everything else query.where(table.c.month.between(*months))


def _of(table: Table, key: ColumnElement[Any]) -> Select[Any]:
    return select(key.label("key"), table.c.contribution, *(table.c[name] for name in PROFIT_FIELDS))


def _posted(ctx: Context, dimension: str, first: str, last: str) -> Select[Any]:
    key = _POSTED_KEYS[dimension]
    columns = (key.label("key"), posted_contribution(ctx).label("contribution"), *posted_fields(ctx))
    query = select(*columns).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    if dimension == "customer":
        query = query.join(orders, orders.c.id == posting.c.order_id)
    return query.where(entry.c.date.between(first, last), is_profit_posting(), key.is_not(None))


def _by_key(ctx: Context, query: Select[Any]) -> dict[Key, ProfitSums]:
    """Read rows of a key and the profit fields in their order."""
    rows = ctx.connection.execute(query)
    return {row[0]: ProfitSums(dict(zip(PROFIT_FIELDS, row[1:], strict=True))) for row in rows}
