"""Kept sums = recomputed sums: accounts, dimensions and orders by month, cohorts, and every order's profit and open items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.chart import OPEN_ITEMS
from ledger.journal.sums import AccountDays, add_day
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.rules.carrying import ITEMS, PARTY_ROLES
from ledger.state.records import PROFIT_FIELDS
from ledger.store.sql import mark

_POSTINGS = (
    "SELECT p.entry_id, e.date, p.account, p.amount, p.currency, p.foreign_amount, p.order_id, p.sku, p.carrier, p.supplier, o.customer, "
    "o.channel, o.date AS ordered "
    "FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN orders o ON o.id = p.order_id ORDER BY p.entry_id, p.line"
)


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Recompute every kept sum from the postings."""
    yield from _months(context, progress)
    yield from _orders(context, progress)
    yield from _parties(context)


def _months(context: Context, progress: Progress) -> Iterator[str]:
    accounts: dict[tuple[str, str], list[int]] = {}
    days: AccountDays = {}
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
        balance += row.amount
        month = row.date[:7]
        sums = accounts.setdefault((row.account, month), [0, 0])
        sums[0 if row.amount >= 0 else 1] += abs(row.amount)
        if row.currency is not None:
            held = currencies.setdefault((row.account, row.currency, month), [0, 0, 0])
            held[0] += row.foreign_amount
            held[1 if row.foreign_amount else 2] += row.amount
        add_day(days, row.date, context.chart.family_account(row.account), row.amount, row.currency, row.foreign_amount)
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
    yield from compare(context, "currency_month", "account, currency, month", ("units", "base", "adjusted"), currencies)
    yield from compare(context, "account_day", "date, account, currency", ("units_in", "units_out", "debit", "credit"), days)
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
    carried = [f"c.{name}_base AS carried_{name}" for name in ITEMS.values()]
    selected = ", ".join([*("o." + column for column in columns), "o.currency", *carried])
    query = f"SELECT {selected} FROM orders o LEFT JOIN carried c ON c.order_id = o.id ORDER BY o.id"
    sums = context.connection.exec_driver_sql(
        "SELECT order_id, account, SUM(amount), SUM(COALESCE(foreign_amount, amount)) FROM posting "
        "WHERE order_id IS NOT NULL GROUP BY order_id, account ORDER BY order_id"
    )
    pending = sums.fetchone()
    for seen, row in enumerate(context.connection.exec_driver_sql(query)):
        by_account: dict[str, tuple[int, int]] = {}
        while pending is not None and pending[0] == row.id:
            by_account[pending[1]] = int(pending[2]), int(pending[3])
            pending = sums.fetchone()
        yield from _order(context, row._mapping, by_account)
        if seen % STEP == 0:
            progress("orders", seen, None)
    if pending is not None:
        yield f"postings name an order that the store does not have (internal number {pending[0]})"


def _order(context: Context, row: Any, by_account: dict[str, tuple[int, int]]) -> Iterator[str]:
    sums = dict.fromkeys(PROFIT_FIELDS, 0)
    items, weights = dict.fromkeys(OPEN_ITEMS, 0), dict.fromkeys(OPEN_ITEMS, 0)
    for account, (amount, units) in by_account.items():
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums[field_sign[0]] += field_sign[1] * amount
        role = context.chart.role_of(account)
        if role in items:
            items[role] += units
            weights[role] += amount
    derived = derive(sums)
    expected = sums | derived._asdict()
    expected["margin"] = expected.pop("margin_e4")
    for name in (*PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"):
        if row[name] != expected[name]:
            yield f"order {row['label']}: {name} is kept as {row[name]}, its postings come to {expected[name]}"
    for role, (column, sign) in OPEN_ITEMS.items():
        if row[column] != sign * items[role]:
            yield f"order {row['label']}: {role} is kept as {row[column]}, its postings come to {sign * items[role]}"
    for role, name in ITEMS.items() if row["currency"] is not None else ():
        if (row[f"carried_{name}"] or 0) != weights[role]:
            yield f"order {row['label']}: {role} is carried at {row[f'carried_{name}'] or 0}, its postings weigh {weights[role]}"


def _parties(context: Context) -> Iterator[str]:
    """Compare what is open with suppliers and carriers in foreign currency with its postings."""
    place = mark(context.connection)
    kept: dict[tuple[str, str], list[int]] = {}
    for row in context.connection.exec_driver_sql("SELECT role, party, SUM(units), SUM(base) FROM party_balance GROUP BY role, party"):
        kept[row[0], row[1]] = [int(row[2]), int(row[3])]
    for role in sorted(PARTY_ROLES):
        account = context.chart.account_or_none(role)
        query = f"SELECT party, SUM(foreign_amount), SUM(amount) FROM posting WHERE account = {place} AND foreign_amount IS NOT NULL"
        query += " GROUP BY party"
        for party, units, base in context.connection.exec_driver_sql(query, (account,)) if account is not None else ():
            if kept.pop((role, party), [0, 0]) != [int(units), int(base)]:
                yield f"what is open with {party} in foreign currency ({role}) differs from its postings"
    left = [key for key, sums in kept.items() if any(sums)]
    yield from (f"what is open with {party} in foreign currency ({role}) has no postings" for role, party in left)
