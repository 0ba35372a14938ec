"""Where the profit of cohorts comes from: orders dated in a period, with all that was ever posted on them.

Whole months: sums by the month of posting plus the shifts to the month of the order. Days outside whole months: the profit that is
kept with each order. Facts as in `profit_facts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, exists, func, literal, select, union_all

from ledger.errors import InvalidQuery
from ledger.reports.expressions import contribution_of, whole_sum
from ledger.reports.period import Period
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import cohort_shift, dimension_month, orders

_ORDER_KEYS: dict[str, ColumnElement[Any]] = {
    "customer": orders.c.customer,
    "channel": orders.c.channel,
    "month": func.substr(orders.c.date, 1, 7),
    "total": literal(""),
}
"""What an order can be grouped by from its own row; its SKUs, carriers and suppliers are several."""


def cohort_facts(dimension: str, period: Period) -> Subquery:
    """Return the facts of orders dated in the period; InvalidQuery where a dimension is kept by whole months only."""
    if period.edges and dimension not in _ORDER_KEYS:
        wanted = "2026, 2026-Q1, 2026-03 or the first and last day of months"
        raise InvalidQuery(f"the cohort by {dimension} is kept by whole months: period must be such as {wanted}, not {period.label!r}")
    parts = [_kept(table, dimension, period).add_columns(*_fields(table)) for table in _tables(dimension, period)]
    parts += [_of_orders(dimension, first, last).add_columns(*_fields(orders)) for first, last in period.edges]
    return _together(parts)


def customer_ranking(period: Period) -> Subquery:
    """Return the contribution of customers alone, to rank them by: each table is summed in the order it is stored in."""
    parts = []
    for table in _tables("customer", period):
        summed = select(table.c.value.label("key"), whole_sum(contribution_of(table)).label("contribution"))
        parts.append(_dated(summed.where(table.c.dimension == "customer"), table, period).group_by(table.c.value))
    parts += [_of_orders("customer", first, last) for first, last in period.edges]
    return _together(parts)


def has_orders(customer: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    """Tell whether a customer has an order dated in the period."""
    return exists().where(orders.c.customer == customer, orders.c.date.between(period.first, period.last)).correlate_except(orders)


def _tables(dimension: str, period: Period) -> tuple[Table, ...]:
    """Return the tables of sums that make a cohort: over all time, what has an order whenever it is posted needs no shift."""
    if period.months is None:
        return ()
    always = period.is_everything and dimension in ("customer", "channel")
    return (dimension_month,) if always else (dimension_month, cohort_shift)


def _kept(table: Table, dimension: str, period: Period) -> Select[Any]:
    by_month = dimension == "month"
    key = table.c.month if by_month else table.c.value
    query = select(key.label("key"), contribution_of(table).label("contribution"))
    return _dated(query.where(table.c.dimension == ("total" if by_month else dimension)), table, period)


def _dated(query: Select[Any], table: Table, period: Period) -> Select[Any]:
    months = period.months
    return query if period.is_everything or months is None else query.where(table.c.month.between(*months))


def _of_orders(dimension: str, first: str, last: str) -> Select[Any]:
    key = _ORDER_KEYS[dimension]
    query = select(key.label("key"), contribution_of(orders).label("contribution"))
    return query.where(orders.c.date.between(first, last), key.is_not(None))


def _fields(table: Table) -> list[ColumnElement[int]]:
    return [table.c[name] for name in PROFIT_FIELDS]


def _together(parts: Sequence[Select[Any]]) -> Subquery:
    return (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()
