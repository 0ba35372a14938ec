"""Where the profit of cohorts comes from: orders dated in a period, with all that was ever posted on them.

Whole months: sums by the month of posting plus the shifts to the month of the order. Days outside whole months: the profit that is
kept with each order. Facts as in `profit_facts`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, func, literal, select, union_all

from ledger.errors import InvalidQuery
from ledger.reports.expressions import contribution_of
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
    parts: list[Select[Any]] = []
    months = period.months
    if months is not None:
        parts += [_kept(table, dimension, period, months) for table in (dimension_month, cohort_shift)]
    parts += [_of_orders(dimension, first, last) for first, last in period.edges]
    return (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()


def _kept(table: Table, dimension: str, period: Period, months: tuple[str, str]) -> Select[Any]:
    by_month = dimension == "month"
    key = table.c.month if by_month else table.c.value
    query = _select(key, table).where(table.c.dimension == ("total" if by_month else dimension))
    return query if period.is_everything else query.where(table.c.month.between(*months))


def _of_orders(dimension: str, first: str, last: str) -> Select[Any]:
    key = _ORDER_KEYS[dimension]
    return _select(key, orders).where(orders.c.date.between(first, last), key.is_not(None))


def _select(key: ColumnElement[Any], table: Table) -> Select[Any]:
    return select(key.label("key"), contribution_of(table).label("contribution"), *(table.c[name] for name in PROFIT_FIELDS))
