"""Kept sums of customers = the sums of their orders, compared inside the store: there may be as many customers as orders.

What is kept of each order and month is proven beside (`order_sums`), so that nothing rests on itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.profit import CONTRIBUTION
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS

TOLD_MAX = 100
_CONTRIBUTION = " ".join(f"{'+' if sign > 0 else '-'} {name}" for name, sign in CONTRIBUTION.items())
_RANKED = (*PROFIT_FIELDS, "contribution")


def problems(context: Context) -> Iterator[str]:
    """Compare customers by month, by year and over all time, and what their orders were posted in other months than their own."""
    of_months = (
        f"SELECT o.customer AS customer, p.month AS month, {', '.join(f'p.{name} AS {name}' for name in PROFIT_FIELDS)} "
        "FROM order_profit p JOIN orders o ON o.id = p.order_id"
    )
    kept = f"SELECT value AS customer, month, {', '.join(_RANKED)} FROM dimension_month WHERE dimension = 'customer'"
    yield from _differing(context, "dimension_month", ("customer", "month"), _with_contribution(of_months), kept, _RANKED)
    yield from _differing(context, "cohort_shift", ("customer", "month"), _shifts(), _kept_shifts(), PROFIT_FIELDS)
    periods = " UNION ALL ".join(map(_of_period, ("''", "SUBSTR(month, 1, 4)")))
    kept = f"SELECT period, customer, {', '.join(_RANKED)} FROM customer_total"
    yield from _differing(context, "customer_total", ("period", "customer"), _with_contribution(periods), kept, _RANKED)


def _of_period(period: str) -> str:
    return f"SELECT {period} AS period, value AS customer, {', '.join(PROFIT_FIELDS)} FROM dimension_month WHERE dimension = 'customer'"


def _shifts() -> str:
    """Put profit that was posted in another month than its order's out of that month and into its own."""
    moved = []
    for month, sign in (("SUBSTR(o.date, 1, 7)", ""), ("p.month", "-")):
        fields = ", ".join(f"{sign}p.{name} AS {name}" for name in PROFIT_FIELDS)
        moved.append(
            f"SELECT o.customer AS customer, {month} AS month, {fields} FROM order_profit p JOIN orders o ON o.id = p.order_id "
            "WHERE p.month <> SUBSTR(o.date, 1, 7)"
        )
    return " UNION ALL ".join(moved)


def _kept_shifts() -> str:
    return f"SELECT value AS customer, month, {', '.join(PROFIT_FIELDS)} FROM cohort_shift WHERE dimension = 'customer'"


def _with_contribution(rows: str) -> str:
    return f"SELECT posted.*, 0 {_CONTRIBUTION} AS contribution FROM ({rows}) AS posted"


def _differing(context: Context, table: str, keys: Sequence[str], expected: str, kept: str, columns: Sequence[str]) -> Iterator[str]:
    """Name the keys for which the rows expected do not come to what is kept; nothing but zeros is as good as no row."""
    names, taken_off = ", ".join(keys), ", ".join(f"-{name}" for name in columns)
    rows = f"{expected} UNION ALL SELECT {names}, {taken_off} FROM ({kept}) AS kept"
    differ = " OR ".join(f"SUM({name}) <> 0" for name in columns)
    query = f"SELECT {names} FROM ({rows}) AS either GROUP BY {names} HAVING {differ} ORDER BY 1, 2 LIMIT {TOLD_MAX}"
    for row in context.connection.exec_driver_sql(query):
        yield f"{table}: kept sums of {' '.join(part for part in row if part)} differ from their orders"
