"""Kept sums = recomputed sums: accounts and dimensions by day and by month, orders by month, cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.journal.sums import ViewDays, add_view_day
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS

_POSTINGS = (
    "SELECT p.entry_id, e.date, p.date, p.account, p.amount, p.currency, p.foreign_amount, p.sku, p.carrier, p.supplier, o.channel, o.date "
    "FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN orders o ON o.id = p.order_id ORDER BY p.entry_id, p.line"
)
"""Customers are left out: there may be as many as orders, so they are compared inside the store (`customers`)."""

_Amounts = dict[tuple[str, str, str, int], int]
"""(dimension, day or month, value, position in PROFIT_FIELDS) -> amount."""


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Recompute the sums of accounts and dimensions from the postings; memory grows with days, accounts and SKUs, not with orders."""
    accounts = _Accounts(context)
    days: _Amounts = {}
    shifts: _Amounts = {}
    entry, balance = 0, 0
    rows = context.connection.execution_options(stream_results=True).exec_driver_sql(_POSTINGS)
    for seen, row in enumerate(rows, 1):
        entry_id, date, kept_date, account, amount, currency, units, sku, carrier, supplier, channel, ordered = row
        if entry_id != entry:
            if balance:
                yield f"entry number {entry} does not balance: {context.money(balance)} too much"
            entry, balance = entry_id, 0
        if kept_date != date:
            yield f"entry number {entry} is of {date}, a posting of it of {kept_date}"
        balance += amount
        field = accounts.add(date, account, amount, currency, units)
        if field is not None:
            # What a posting counts for is said again here: a sum that is wrong in the engine must not be wrong in its check.
            of_orders = "" if ordered is not None else None
            values = (
                ("total", ""),
                ("ordered", of_orders),
                ("sku", sku),
                ("channel", channel),
                ("carrier", carrier),
                ("supplier", supplier),
            )
            moved = ordered is None or ordered[:7] != date[:7]
            for name, value in values:
                if value is not None:
                    _add(days, (name, date, value, field[0]), field[1] * amount)
                    if moved:
                        _shift(shifts, name, value, date[:7], ordered, field[0], field[1] * amount)
        if seen % STEP == 0:
            progress("postings", seen, None)
    if balance:
        yield f"entry number {entry} does not balance: {context.money(balance)} too much"
    yield from accounts.problems()
    yield from compare(context, "dimension_day", "dimension, date, value", PROFIT_FIELDS, _rows(days))
    yield from _months(context, days)
    kept_shifts = {(name, value, month): sums for (name, month, value), sums in _rows(shifts).items()}
    yield from compare(context, "cohort_shift", "dimension, value, month", PROFIT_FIELDS, kept_shifts, "dimension <> 'customer'")
    yield from _order_months(context)


class _Accounts:
    """What accounts moved, by day and month, by currency, and as Fava's view has it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._days: dict[tuple[str, str], list[int]] = {}
        self._view: ViewDays = {}
        self._currencies: dict[tuple[str, str, str], list[int]] = {}
        self._known: dict[str, tuple[str, tuple[int, int] | None]] = {}
        self._positions = {name: i for i, name in enumerate(PROFIT_FIELDS)}

    def add(self, date: str, account: str, amount: int, currency: str | None, units: int | None) -> tuple[int, int] | None:
        """Add a posting; return its field of profit (position, sign), where it has one."""
        known = self._known.get(account)
        if known is None:
            known = self._known[account] = self._know(account)
        sums = self._days.get((date, account))
        if sums is None:
            sums = self._days[date, account] = [0, 0]
        sums[amount < 0] += abs(amount)
        if currency is not None:
            held = self._currencies.setdefault((account, currency, date[:7]), [0, 0, 0])
            held[0] += units or 0
            held[1 if units else 2] += amount
        add_view_day(self._view, date, known[0], amount, currency, units)
        return known[1]

    def _know(self, account: str) -> tuple[str, tuple[int, int] | None]:
        field_sign = self._context.chart.profit_field(account)
        field = (self._positions[field_sign[0]], field_sign[1]) if field_sign is not None else None
        return self._context.chart.family_account(account), field

    def problems(self) -> Iterator[str]:
        """Compare all of them with what is kept."""
        months: dict[tuple[str, str], list[int]] = {}
        for (date, account), (debit, credit) in self._days.items():
            sums = months.setdefault((account, date[:7]), [0, 0])
            sums[0] += debit
            sums[1] += credit
        context = self._context
        yield from compare(context, "account_month", "account, month", ("debit", "credit"), months)
        yield from compare(context, "currency_month", "account, currency, month", ("units", "base", "adjusted"), self._currencies)
        yield from compare(context, "account_day", "date, account", ("debit", "credit"), self._days)
        yield from compare(context, "view_day", "date, account, currency", ("units_in", "units_out", "debit", "credit"), self._view)


def _add(sums: _Amounts, key: tuple[str, str, str, int], amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount


def _shift(sums: _Amounts, name: str, value: str, month: str, ordered: str | None, position: int, amount: int) -> None:
    """Note profit that was posted in another month than its order's, or is no order's: cohorts have it elsewhere, or not at all."""
    _add(sums, (name, month, value, position), -amount)
    if ordered is not None:
        _add(sums, (name, ordered[:7], value, position), amount)


def _rows(amounts: _Amounts) -> dict[tuple[str, str, str], list[int]]:
    rows: dict[tuple[str, str, str], list[int]] = {}
    for (name, when, value, position), amount in amounts.items():
        rows.setdefault((name, when, value), [0] * len(PROFIT_FIELDS))[position] = amount
    return rows


def _months(context: Context, days: _Amounts) -> Iterator[str]:
    """Compare dimensions by month, which are kept with their contribution: lists are in its sequence."""
    months: _Amounts = {}
    for (name, date, value, position), amount in days.items():
        _add(months, (name, date[:7], value, position), amount)
    expected = {
        (name, value, month): [*fields, derive(dict(zip(PROFIT_FIELDS, fields, strict=True))).contribution]
        for (name, month, value), fields in _rows(months).items()
    }
    columns = (*PROFIT_FIELDS, "contribution")
    yield from compare(context, "dimension_month", "dimension, value, month", columns, expected, "dimension <> 'customer'")


def _order_months(context: Context) -> Iterator[str]:
    counted: dict[tuple[str, str, str], list[int]] = {}
    for dimension, value in (("total", "''"), ("channel", "channel")):
        rows = context.connection.exec_driver_sql(
            f"SELECT {value}, SUBSTR(date, 1, 7), COUNT(*) FROM orders WHERE {value} IS NOT NULL GROUP BY 1, 2"
        )
        counted.update(((dimension, row[0], row[1]), [row[2]]) for row in rows)
    yield from compare(context, "order_month", "dimension, value, month", ("orders",), counted)


def compare(
    context: Context, table: str, keys: str, columns: tuple[str, ...], expected: Mapping[Any, list[int]], where: str = "1 = 1"
) -> Iterator[str]:
    """Compare a table of sums, or rows of it, with what was recomputed: (key) -> sums in the order of `columns`."""
    width = keys.count(",") + 1
    missing = dict(expected)
    for row in context.connection.exec_driver_sql(f"SELECT {keys}, {', '.join(columns)} FROM {table} WHERE {where}"):
        key, kept = tuple(row[:width]), [int(number) for number in row[width:]]
        if kept != missing.pop(key, [0] * len(columns)):
            yield f"{table}: kept sums of {' '.join(part for part in key if part)} differ from the postings"
    yield from (f"{table}: kept sums of {' '.join(part for part in key if part)} are missing" for key, sums in missing.items() if any(sums))
