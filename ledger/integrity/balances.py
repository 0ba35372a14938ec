"""Kept sums = recomputed sums: accounts and dimensions by day and by month, customers, orders by month, cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.journal.sums import DAILY, ViewDays, add_view_day
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS

_POSTINGS = (
    "SELECT p.entry_id, e.date, p.date AS kept_date, p.account, p.amount, p.currency, p.foreign_amount, p.order_id, p.sku, p.carrier, "
    "p.supplier, o.customer, o.channel, o.date AS ordered "
    "FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN orders o ON o.id = p.order_id ORDER BY p.entry_id, p.line"
)


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Recompute the sums of accounts and dimensions from the postings."""
    accounts: dict[tuple[str, str], list[int]] = {}
    account_days: dict[tuple[str, str], list[int]] = {}
    dimension_days: dict[tuple[str, str, str], list[int]] = {}
    view_days: ViewDays = {}
    dimensions: dict[tuple[str, str, str], list[int]] = {}
    cohorts: dict[tuple[str, str, str], list[int]] = {}
    currencies: dict[tuple[str, str, str], list[int]] = {}
    positions = {name: i for i, name in enumerate(PROFIT_FIELDS)}
    entry, balance = 0, 0
    rows = context.connection.execution_options(stream_results=True).exec_driver_sql(_POSTINGS)
    for seen, row in enumerate(rows, 1):
        if row.entry_id != entry:
            if balance:
                yield f"entry number {entry} does not balance: {context.money(balance)} too much"
            entry, balance = row.entry_id, 0
        if row.kept_date != row.date:
            yield f"entry number {entry} is of {row.date}, a posting of it of {row.kept_date}"
        balance += row.amount
        month = row.date[:7]
        for sums in (accounts.setdefault((row.account, month), [0, 0]), account_days.setdefault((row.date, row.account), [0, 0])):
            sums[0 if row.amount >= 0 else 1] += abs(row.amount)
        if row.currency is not None:
            held = currencies.setdefault((row.account, row.currency, month), [0, 0, 0])
            held[0] += row.foreign_amount
            held[1 if row.foreign_amount else 2] += row.amount
        add_view_day(view_days, row.date, context.chart.family_account(row.account), row.amount, row.currency, row.foreign_amount)
        field_sign = context.chart.profit_field(row.account)
        if field_sign is not None:
            position, amount = positions[field_sign[0]], field_sign[1] * row.amount
            for name, value in _values(row):
                _add(dimensions, (name, value, month), position, amount)
                if name in DAILY:
                    _add(dimension_days, (name, row.date, value), position, amount)
                if row.ordered is not None:
                    _add(cohorts, (name, value, row.ordered[:7]), position, amount)
        if seen % STEP == 0:
            progress("postings", seen, None)
    if balance:
        yield f"entry number {entry} does not balance: {context.money(balance)} too much"
    yield from compare(context, "account_month", "account, month", ("debit", "credit"), accounts)
    yield from compare(context, "currency_month", "account, currency, month", ("units", "base", "adjusted"), currencies)
    yield from compare(context, "account_day", "date, account", ("debit", "credit"), account_days)
    yield from compare(context, "view_day", "date, account, currency", ("units_in", "units_out", "debit", "credit"), view_days)
    yield from _ranked(context, "dimension_month", "dimension, value, month", dimensions)
    yield from compare(context, "dimension_day", "dimension, date, value", PROFIT_FIELDS, dimension_days)
    yield from _customers(context, dimensions)
    yield from _cohorts(context, dimensions, cohorts)
    yield from _order_months(context)


def _values(row: Any) -> Iterator[tuple[str, str]]:
    """Yield what a posting counts for, said again here: a sum that is wrong in the engine must not be wrong in its check."""
    yield "total", ""
    if row.ordered is not None:
        yield "ordered", ""
    for name in ("sku", "customer", "channel", "carrier", "supplier"):
        value = row._mapping[name]
        if value is not None:
            yield name, value


def _add(sums: dict[tuple[str, str, str], list[int]], key: tuple[str, str, str], position: int, amount: int) -> None:
    sums.setdefault(key, [0] * len(PROFIT_FIELDS))[position] += amount


def _customers(context: Context, dimensions: dict[tuple[str, str, str], list[int]]) -> Iterator[str]:
    totals: dict[tuple[str, str], list[int]] = {}
    for (dimension, value, month), sums in dimensions.items():
        if dimension == "customer":
            for period in ("", month[:4]):
                kept = totals.setdefault((period, value), [0] * len(PROFIT_FIELDS))
                totals[period, value] = [one + other for one, other in zip(kept, sums, strict=True)]
    yield from _ranked(context, "customer_total", "period, customer", totals)


def _ranked(context: Context, table: str, keys: str, sums: Mapping[Any, list[int]]) -> Iterator[str]:
    """Compare a table of profit that is kept with its contribution, which lists are in the sequence of."""
    expected = {key: [*fields, derive(dict(zip(PROFIT_FIELDS, fields, strict=True))).contribution] for key, fields in sums.items()}
    yield from compare(context, table, keys, (*PROFIT_FIELDS, "contribution"), expected)


def _cohorts(
    context: Context, dimensions: dict[tuple[str, str, str], list[int]], cohorts: dict[tuple[str, str, str], list[int]]
) -> Iterator[str]:
    """Compare what is kept of cohorts: the difference between an order's month and the month that its profit was posted in."""
    nothing = [0] * len(PROFIT_FIELDS)
    shifts = {
        key: [ordered - posted for ordered, posted in zip(cohorts.get(key, nothing), dimensions.get(key, nothing), strict=True)]
        for key in dimensions.keys() | cohorts.keys()
    }
    yield from compare(context, "cohort_shift", "dimension, value, month", PROFIT_FIELDS, shifts)


def _order_months(context: Context) -> Iterator[str]:
    counted: dict[tuple[str, str, str], list[int]] = {}
    for dimension, value in (("total", "''"), ("channel", "channel")):
        rows = context.connection.exec_driver_sql(
            f"SELECT {value}, SUBSTR(date, 1, 7), COUNT(*) FROM orders WHERE {value} IS NOT NULL GROUP BY 1, 2"
        )
        counted.update(((dimension, row[0], row[1]), [row[2]]) for row in rows)
    yield from compare(context, "order_month", "dimension, value, month", ("orders",), counted)


def compare(context: Context, table: str, keys: str, columns: tuple[str, ...], expected: dict[Any, list[int]]) -> Iterator[str]:
    """Compare a table of sums with what was recomputed: (key) -> sums in the order of `columns`."""
    width = keys.count(",") + 1
    missing = dict(expected)
    for row in context.connection.exec_driver_sql(f"SELECT {keys}, {', '.join(columns)} FROM {table}"):
        key, kept = tuple(row[:width]), [int(number) for number in row[width:]]
        if kept != missing.pop(key, [0] * len(columns)):
            yield f"{table}: kept sums of {' '.join(part for part in key if part)} differ from the postings"
    yield from (f"{table}: kept sums of {' '.join(part for part in key if part)} are missing" for key, sums in missing.items() if any(sums))
