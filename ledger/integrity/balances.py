"""Kept sums = recomputed sums: accounts and dimensions by day and by month, orders by month, cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import add
from typing import Any

from ledger.journal.sums import ViewDays, add_view_day
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS
from ledger.store.driver import stream

_POSTINGS = (
    "SELECT p.entry_id, p.date, p.amount, p.currency, p.foreign_amount, "
    "e.date, p.account, p.sku, p.carrier, p.supplier, o.channel, SUBSTR(o.date, 1, 7) "
    "FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN orders o ON o.id = p.order_id ORDER BY p.entry_id, p.line"
)
"""Customers are left out: there may be as many as orders, so they are compared inside the store (`customers`)."""

_ALIKE_MAX = 20_000
"""Kinds of postings that are added up before they go into the sums; entries come nearly by day, so a day's are mostly among them."""

_Alike = tuple[Any, ...]
"""What a posting counts for: day, account; where that is one of profit, also SKU, carrier, supplier, channel, and month of its order."""

_Sums = dict[tuple[str, str, str], list[int]]
"""(dimension, day or month, value) -> one number for each of PROFIT_FIELDS."""


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Recompute the sums of accounts and dimensions from the postings; memory grows with days, accounts and SKUs, not with orders."""
    accounts = _Accounts(context)
    profit = _Profit()
    alike: dict[_Alike, list[int]] = {}
    of_profit: dict[str, bool] = {}
    entry, balance = 0, 0
    for seen, row in enumerate(stream(context.connection, _POSTINGS), 1):
        entry_id, kept_date, amount, currency, units, date, account = row[:7]
        if entry_id != entry:
            if balance:
                yield f"entry number {entry} does not balance: {context.money(balance)} too much"
            entry, balance = entry_id, 0
        if kept_date != date:
            yield f"entry number {entry} is of {date}, a posting of it of {kept_date}"
        balance += amount
        if currency is None:
            if account not in of_profit:
                of_profit[account] = context.chart.profit_field(account) is not None
            kind: _Alike = row[5:] if of_profit[account] else (date, account)
            sums = alike.get(kind)
            if sums is None:
                if len(alike) >= _ALIKE_MAX:
                    _add_up(alike, accounts, profit)
                sums = alike[kind] = [0, 0]
            sums[amount < 0] += amount
        else:
            profit.add(row[5:], accounts.add(date, account, amount, currency, units), amount)
        if seen % STEP == 0:
            progress("postings", seen, None)
    if balance:
        yield f"entry number {entry} does not balance: {context.money(balance)} too much"
    _add_up(alike, accounts, profit)
    yield from accounts.problems()
    yield from compare(context, "dimension_day", "dimension, date, value", PROFIT_FIELDS, profit.days)
    yield from _months(context, profit.days)
    kept_shifts = {(name, value, month): sums for (name, month, value), sums in profit.shifts.items()}
    yield from compare(context, "cohort_shift", "dimension, value, month", PROFIT_FIELDS, kept_shifts, "dimension <> 'customer'")
    yield from _order_months(context)


def _add_up(alike: dict[_Alike, list[int]], accounts: _Accounts, profit: _Profit) -> None:
    """Add postings in the books' currency to the sums, debits and credits of each kind apart, and forget them."""
    for kind, amounts in alike.items():
        for amount in amounts:
            if amount:
                profit.add(kind, accounts.add(kind[0], kind[1], amount, None, None), amount)
    alike.clear()


class _Profit:
    """What dimensions come to by day, and what is posted in another month than its order's.

    What a posting counts for is said again here: a sum that is wrong in the engine must not be wrong in its check.
    """

    def __init__(self) -> None:
        self.days: _Sums = {}
        self.shifts: _Sums = {}

    def add(self, kind: _Alike, field: tuple[int, int] | None, amount: int) -> None:
        """Add what postings of a kind come to, to the field (position, sign) of profit that their account has."""
        if field is None:
            return
        date, _, sku, carrier, supplier, channel, ordered = kind
        position, signed = field[0], field[1] * amount
        of_orders = "" if ordered is not None else None
        values = (("total", ""), ("ordered", of_orders), ("sku", sku), ("channel", channel), ("carrier", carrier), ("supplier", supplier))
        month = date[:7]
        for name, value in values:
            if value is not None:
                _add(self.days, (name, date, value), position, signed)
                if ordered != month:
                    # Cohorts have it in the month of its order, or nowhere where it is no order's.
                    _add(self.shifts, (name, month, value), position, -signed)
                    if ordered is not None:
                        _add(self.shifts, (name, ordered, value), position, signed)


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


def _add(sums: _Sums, key: tuple[str, str, str], position: int, amount: int) -> None:
    row = sums.get(key)
    if row is None:
        row = sums[key] = [0] * len(PROFIT_FIELDS)
    row[position] += amount


def _months(context: Context, days: _Sums) -> Iterator[str]:
    """Compare dimensions by month, which are kept with their contribution: lists are in its sequence."""
    months: dict[tuple[str, str, str], list[int]] = {}
    for (name, date, value), sums in days.items():
        key = (name, value, date[:7])
        months[key] = list(map(add, months[key], sums)) if key in months else sums
    expected = {key: [*sums, derive(dict(zip(PROFIT_FIELDS, sums, strict=True))).contribution] for key, sums in months.items()}
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
    for row in stream(context.connection, f"SELECT {keys}, {', '.join(columns)} FROM {table} WHERE {where}"):
        key, kept = row[:width], list(row[width:])
        if kept != missing.pop(key, [0] * len(columns)):
            yield f"{table}: kept sums of {' '.join(part for part in key if part)} differ from the postings"
    yield from (f"{table}: kept sums of {' '.join(part for part in key if part)} are missing" for key, sums in missing.items() if any(sums))
