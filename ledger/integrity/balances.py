"""Kept sums = recomputed sums: accounts, dimensions and orders by month, cohorts, and every order's profit and open items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.chart import OPEN_ITEMS
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS

_POSTINGS = (
    "SELECT p.entry_id, e.date, p.account, p.amount, p.order_id, p.sku, p.carrier, p.supplier, o.customer, o.channel, o.date AS ordered "
    "FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN orders o ON o.id = p.order_id ORDER BY p.entry_id, p.line"
)


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Recompute every kept sum from the postings."""
    yield from _months(context, progress)
    yield from _orders(context, progress)


def _months(context: Context, progress: Progress) -> Iterator[str]:
    accounts: dict[tuple[str, str], list[int]] = {}
    dimensions: dict[tuple[str, str, str], list[int]] = {}
    cohorts: dict[tuple[str, str, str], list[int]] = {}
    positions = {name: i for i, name in enumerate(PROFIT_FIELDS)}
    entry, balance = 0, 0
    rows = context.connection.execution_options(stream_results=True).exec_driver_sql(_POSTINGS)
    for seen, row in enumerate(rows, 1):
        if row.entry_id != entry:
            if balance:
                yield f"entry number {entry} does not balance: {context.money(balance)} too much"
            entry, balance = row.entry_id, 0
        balance += row.amount
        month = row.date[:7]
        sums = accounts.setdefault((row.account, month), [0, 0])
        sums[0 if row.amount >= 0 else 1] += abs(row.amount)
        field_sign = context.chart.profit_field(row.account)
        if field_sign is not None:
            for name in ("sku", "customer", "channel", "carrier", "supplier", "total"):
                value = "" if name == "total" else row._mapping[name]
                if value is not None:
                    kept = dimensions.setdefault((name, value, month), [0] * len(PROFIT_FIELDS))
                    kept[positions[field_sign[0]]] += field_sign[1] * row.amount
                    if row.ordered is not None:
                        kept = cohorts.setdefault((name, value, row.ordered[:7]), [0] * len(PROFIT_FIELDS))
                        kept[positions[field_sign[0]]] += field_sign[1] * row.amount
        if seen % STEP == 0:
            progress("postings", seen, None)
    if balance:
        yield f"entry number {entry} does not balance: {context.money(balance)} too much"
    yield from compare(context, "account_month", "account, month", ("debit", "credit"), accounts)
    yield from compare(context, "dimension_month", "dimension, value, month", PROFIT_FIELDS, dimensions)
    yield from _cohorts(context, dimensions, cohorts)
    yield from _order_months(context)


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


def _orders(context: Context, progress: Progress) -> Iterator[str]:
    """Compare order by order: two sorted streams, so that memory does not grow with the orders."""
    columns = ["id", "label", *PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"]
    columns += [column for column, _ in OPEN_ITEMS.values()]
    query = f"SELECT {', '.join('o.' + c for c in columns)} FROM orders o ORDER BY o.id"
    sums = context.connection.exec_driver_sql(
        "SELECT order_id, account, SUM(amount) FROM posting WHERE order_id IS NOT NULL GROUP BY order_id, account ORDER BY order_id"
    )
    pending = sums.fetchone()
    for seen, row in enumerate(context.connection.exec_driver_sql(query)):
        by_account: dict[str, int] = {}
        while pending is not None and pending[0] == row.id:
            by_account[pending[1]] = int(pending[2])
            pending = sums.fetchone()
        yield from _order(context, row._mapping, by_account)
        if seen % STEP == 0:
            progress("orders", seen, None)
    if pending is not None:
        yield f"postings name an order that the store does not have (internal number {pending[0]})"


def _order(context: Context, row: Any, by_account: dict[str, int]) -> Iterator[str]:
    sums = dict.fromkeys(PROFIT_FIELDS, 0)
    items = dict.fromkeys(OPEN_ITEMS, 0)
    for account, amount in by_account.items():
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums[field_sign[0]] += field_sign[1] * amount
        role = context.chart.role_of(account)
        if role in items:
            items[role] += amount
    derived = derive(sums)
    expected = sums | derived._asdict()
    expected["margin"] = expected.pop("margin_e4")
    for name in (*PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"):
        if row[name] != expected[name]:
            yield f"order {row['label']}: {name} is kept as {row[name]}, its postings come to {expected[name]}"
    for role, (column, sign) in OPEN_ITEMS.items():
        if row[column] != sign * items[role]:
            yield f"order {row['label']}: {role} is kept as {row[column]}, its postings come to {sign * items[role]}"
