"""Kept sums: what a batch of entries adds to accounts and to the profit of each dimension, by day and by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, mul
from typing import TypeVar

from ledger.chart import Chart
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.profit import CONTRIBUTION
from ledger.state.records import PROFIT_FIELDS, Order

K = TypeVar("K")

AccountMonths = dict[tuple[str, str], list[int]]
"""(account, month) -> [debit, credit], minor units, both positive."""

AccountDays = dict[tuple[str, str], list[int]]
"""(day, account) -> [debit, credit], as by month."""

ViewDays = dict[tuple[str, str, str], list[int]]
"""(day, account, currency) -> [units in, units out, debit, credit], all positive: units of the currency, the others in base.

The books' own currency is "". All stock is on the family's own account, so that the rows do not grow with the SKUs.
"""

DimensionMonths = dict[tuple[str, str, str], list[int]]
"""(dimension, value, month) -> one number for each of PROFIT_FIELDS. The dimensions `total` and `ordered` have the value ""."""

DimensionDays = dict[tuple[str, str, str], list[int]]
"""(dimension, day, value) -> the same by day, of DAILY dimensions."""

OrderProfits = dict[tuple[str, int], list[int]]
"""(month, order) -> one number for each of PROFIT_FIELDS."""

CustomerTotals = dict[tuple[str, str], list[int]]
"""(year, or "" for all time; customer) -> one number for each of PROFIT_FIELDS."""

OrderMonths = dict[tuple[str, str, str], int]
"""(dimension, value, month) -> orders dated in the month. The dimension `total` has the value ""."""

CurrencyMonths = dict[tuple[str, str, str], list[int]]
"""(account, currency, month) -> [units, what they stand for in base, base amounts that adjust the units' value], debit positive."""

DIMENSIONS = ("total", "ordered", "sku", "customer", "channel", "carrier", "supplier")
"""`total` is all profit, `ordered` all that belongs to orders, whichever: what customers have together."""

DAILY = ("total", "ordered", "sku", "channel", "carrier", "supplier")
"""Dimensions kept by day too. A customer hardly orders twice a day, so sums of customers by day would be as many as orders."""

_POSITION = {name: i for i, name in enumerate(PROFIT_FIELDS)}
_NOTHING = [0] * len(PROFIT_FIELDS)
_SIGNS = tuple(CONTRIBUTION.get(name, 0) for name in PROFIT_FIELDS)


@dataclass(slots=True)
class Sums:
    """What a batch adds.

    `shifts` take profit out of the month it was posted in and put it into the month of its order, where that is another one, or
    nowhere, where it is no order's: dimensions + shifts = cohorts. Most profit is posted in its order's month, so shifts are few.
    """

    accounts: AccountMonths = field(default_factory=dict)
    account_days: AccountDays = field(default_factory=dict)
    view_days: ViewDays = field(default_factory=dict)
    dimensions: DimensionMonths = field(default_factory=dict)
    dimension_days: DimensionDays = field(default_factory=dict)
    orders: OrderProfits = field(default_factory=dict)
    shifts: DimensionMonths = field(default_factory=dict)
    currencies: CurrencyMonths = field(default_factory=dict)


def add_up(entries: Iterable[Entry | Draft], chart: Chart) -> Sums:
    """Sum a batch of entries, numbered or not; closing vouchers move no sums."""
    found = Sums()
    plain: AccountDays = {}  # what postings without another currency come to: nearly all
    known_accounts: dict[str, tuple[str, tuple[int, int] | None]] = {}
    for entry in entries:
        if entry.closing:
            continue
        day = entry.date
        for posting in entry.postings:
            account, amount = posting.account, posting.amount
            if account not in known_accounts:
                known_accounts[account] = chart.family_account(account), _position(chart, account)
            family, position = known_accounts[account]
            days = plain
            if posting.currency is not None:
                days = found.account_days
                add_view_day(found.view_days, day, family, amount, posting.currency, posting.foreign)
                units = found.currencies.setdefault((account, posting.currency, entry.month), [0, 0, 0])
                units[0] += posting.foreign or 0
                units[1 if posting.foreign else 2] += posting.amount
            sums = days.get((day, account))
            if sums is None:
                sums = days[day, account] = [0, 0]
            if amount >= 0:
                sums[0] += amount
            else:
                sums[1] -= amount
            if position is not None:
                _add_profit(found, posting, day, position[0], position[1] * amount)
    for (day, account), sums in plain.items():
        _add_all(found.account_days, (day, account), sums)
        # In the books' own currency what goes in is the debit, and what goes out the credit.
        _add_all(found.view_days, (day, known_accounts[account][0], ""), [*sums, *sums])
    for (day, account), sums in found.account_days.items():
        _add_all(found.accounts, (account, day[:7]), sums)
    for (dimension, day, value), sums in found.dimension_days.items():
        _add_all(found.dimensions, (dimension, value, day[:7]), sums)
    return found


def _position(chart: Chart, account: str) -> tuple[int, int] | None:
    """Return where an account's postings go in PROFIT_FIELDS, and their sign there; None on the balance sheet."""
    field_sign = chart.profit_field(account)
    return (_POSITION[field_sign[0]], field_sign[1]) if field_sign is not None else None


def add_view_day(days: ViewDays, date: str, account: str, amount: int, currency: str | None, units: int | None) -> None:
    """Add one posting to the sums of its day; one without units of another currency counts in the books' own."""
    if currency is None or not units:
        currency, units = "", amount
    sums = days.get((date, account, currency))
    if sums is None:
        sums = days[date, account, currency] = [0, 0, 0, 0]
    out = int(units < 0)
    sums[out] += abs(units)
    sums[2 + out] += -amount if out else amount


def _add_profit(found: Sums, posting: Posting, day: str, position: int, amount: int) -> None:
    month = day[:7]
    order = posting.order
    cohort = order.date[:7] if order is not None else None
    if order is not None:
        _add(found.orders, (month, order.id), position, amount)
    dimensions, days = found.dimensions, found.dimension_days
    for dimension, value in values_of(posting):
        if dimension == "customer":
            _add(dimensions, (dimension, value, month), position, amount)
        else:
            _add(days, (dimension, day, value), position, amount)
        if cohort != month:
            _add(found.shifts, (dimension, value, month), position, -amount)
            if cohort is not None:
                _add(found.shifts, (dimension, value, cohort), position, amount)


def _add(sums: dict[K, list[int]], key: K, position: int, amount: int) -> None:
    row = sums.get(key)
    if row is None:
        row = sums[key] = _NOTHING[:]
    row[position] += amount


def _add_all(sums: dict[K, list[int]], key: K, added: list[int]) -> None:
    row = sums.get(key)
    sums[key] = list(added) if row is None else list(map(add, row, added))


def values_of(posting: Posting) -> list[tuple[str, str]]:
    """Return the dimensions that a posting of income or expense counts for; a dimension without a value is not among them."""
    values = [("total", "")]
    if posting.sku is not None:
        values.append(("sku", posting.sku))
    order = posting.order
    if order is not None:
        values += (("ordered", ""), ("customer", order.customer))
        if order.channel is not None:
            values.append(("channel", order.channel))
    if posting.carrier is not None:
        values.append(("carrier", posting.carrier))
    if posting.supplier is not None:
        values.append(("supplier", posting.supplier))
    return values


def total_customers(dimensions: Mapping[tuple[str, str, str], list[int]]) -> CustomerTotals:
    """Return what a batch adds to customers by year and over all time."""
    found: CustomerTotals = {}
    for (dimension, value, month), sums in dimensions.items():
        if dimension == "customer":
            _add_all(found, ("", value), sums)
            _add_all(found, (month[:4], value), sums)
    return found


def with_contribution(sums: Sequence[int]) -> tuple[int, ...]:
    """Return PROFIT_FIELDS and the contribution that follows from them."""
    return (*sums, sum(map(mul, sums, _SIGNS)))


def count_orders(orders: Iterable[Order]) -> OrderMonths:
    """Count new orders by the month that they are dated in, all together and by channel."""
    found: OrderMonths = {}
    for order in orders:
        keys = [("total", "", order.date[:7])]
        if order.channel is not None:
            keys.append(("channel", order.channel, order.date[:7]))
        for key in keys:
            found[key] = found.get(key, 0) + 1
    return found
