"""Kept sums: what a batch of entries adds to account-months and to the profit of each dimension and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.chart import Chart
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.state.records import PROFIT_FIELDS, Order

AccountMonths = dict[tuple[str, str], list[int]]
"""(account, month) -> [debit, credit], minor units, both positive."""

AccountDays = dict[tuple[str, str, str], list[int]]
"""(day, account, currency) -> [units in, units out, debit, credit], all positive: units of the currency, the others in base.

The books' own currency is "". All stock is on the family's own account, so that the rows do not grow with the SKUs.
"""

DimensionMonths = dict[tuple[str, str, str], list[int]]
"""(dimension, value, month) -> one number for each of PROFIT_FIELDS. The dimension `total` has the value ""."""

OrderMonths = dict[tuple[str, str, str], int]
"""(dimension, value, month) -> orders dated in the month. The dimension `total` has the value ""."""

CurrencyMonths = dict[tuple[str, str, str], list[int]]
"""(account, currency, month) -> [units, what they stand for in base, base amounts that adjust the units' value], debit positive."""

DIMENSIONS = ("total", "sku", "customer", "channel", "carrier", "supplier")
_POSITION = {name: i for i, name in enumerate(PROFIT_FIELDS)}


@dataclass(slots=True)
class Sums:
    """What a batch adds.

    `shifts` take profit out of the month it was posted in and put it into the month of its order, where that is another one, or
    nowhere, where it is no order's: dimensions + shifts = cohorts. Most profit is posted in its order's month, so shifts are few.
    """

    accounts: AccountMonths = field(default_factory=dict)
    days: AccountDays = field(default_factory=dict)
    dimensions: DimensionMonths = field(default_factory=dict)
    shifts: DimensionMonths = field(default_factory=dict)
    currencies: CurrencyMonths = field(default_factory=dict)


def add_up(entries: Iterable[Entry | Draft], chart: Chart) -> Sums:
    """Sum a batch of entries, numbered or not; closing vouchers move no sums."""
    found = Sums()
    dimensions: _Amounts = {}
    shifts: _Amounts = {}
    positions: dict[str, tuple[int, int] | None] = {}
    for entry in entries:
        if entry.closing:
            continue
        month = entry.month
        for posting in entry.postings:
            account = posting.account
            sums = found.accounts.setdefault((account, month), [0, 0])
            if posting.amount >= 0:
                sums[0] += posting.amount
            else:
                sums[1] -= posting.amount
            add_day(found.days, entry.date, chart.family_account(account), posting.amount, posting.currency, posting.foreign)
            if posting.currency is not None:
                units = found.currencies.setdefault((account, posting.currency, month), [0, 0, 0])
                units[0] += posting.foreign or 0
                units[1 if posting.foreign else 2] += posting.amount
            if account not in positions:
                field_sign = chart.profit_field(account)
                positions[account] = (_POSITION[field_sign[0]], field_sign[1]) if field_sign is not None else None
            known = positions[account]
            if known is not None:
                _add_profit(dimensions, shifts, posting, month, known[0], known[1] * posting.amount)
    found.dimensions, found.shifts = _rows(dimensions), _rows(shifts)
    return found


def add_day(days: AccountDays, date: str, account: str, amount: int, currency: str | None, units: int | None) -> None:
    """Add one posting to the sums of its day; one without units of another currency counts in the books' own."""
    if currency is None or not units:
        currency, units = "", amount
    sums = days.get((date, account, currency))
    if sums is None:
        sums = days[date, account, currency] = [0, 0, 0, 0]
    out = int(units < 0)
    sums[out] += abs(units)
    sums[2 + out] += -amount if out else amount


_Amounts = dict[tuple[str, str, str, int], int]
"""(dimension, value, month, position in PROFIT_FIELDS) -> amount."""


def _add_profit(dimensions: _Amounts, shifts: _Amounts, posting: Posting, month: str, position: int, amount: int) -> None:
    cohort = posting.order.date[:7] if posting.order is not None else None
    for dimension, value in values_of(posting):
        key = (dimension, value, month, position)
        dimensions[key] = dimensions.get(key, 0) + amount
        if cohort != month:
            shifts[key] = shifts.get(key, 0) - amount
            if cohort is not None:
                key = (dimension, value, cohort, position)
                shifts[key] = shifts.get(key, 0) + amount


def _rows(amounts: _Amounts) -> DimensionMonths:
    rows: DimensionMonths = {}
    for (dimension, value, month, position), amount in amounts.items():
        row = rows.get((dimension, value, month))
        if row is None:
            row = rows[dimension, value, month] = [0] * len(PROFIT_FIELDS)
        row[position] = amount
    return rows


def values_of(posting: Posting) -> Iterator[tuple[str, str]]:
    """Yield the dimensions that a posting of income or expense counts for; a dimension without a value is not yielded."""
    yield "total", ""
    if posting.sku is not None:
        yield "sku", posting.sku
    if posting.order is not None:
        yield "customer", posting.order.customer
        if posting.order.channel is not None:
            yield "channel", posting.order.channel
    if posting.carrier is not None:
        yield "carrier", posting.carrier
    if posting.supplier is not None:
        yield "supplier", posting.supplier


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
