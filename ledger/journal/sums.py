"""Kept sums: what a batch of entries adds to account-months and to the profit of each dimension and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.chart import Chart
from ledger.journal.draft import Posting
from ledger.journal.entry import Entry
from ledger.state.records import PROFIT_FIELDS

AccountMonths = dict[tuple[str, str], list[int]]
"""(account, month) -> [debit, credit], minor units, both positive."""

DimensionMonths = dict[tuple[str, str, str], list[int]]
"""(dimension, value, month) -> one number for each of PROFIT_FIELDS. The dimension `total` has the value ""."""

CurrencyMonths = dict[tuple[str, str, str], list[int]]
"""(account, currency, month) -> [units, what they stand for in base, base amounts that adjust the units' value], debit positive."""

DIMENSIONS = ("total", "sku", "customer", "channel", "carrier", "supplier")
_POSITION = {name: i for i, name in enumerate(PROFIT_FIELDS)}


def add_up(entries: Iterable[Entry], chart: Chart) -> tuple[AccountMonths, DimensionMonths, CurrencyMonths]:
    """Sum a batch of entries; closing vouchers move no sums."""
    accounts: AccountMonths = {}
    dimensions: DimensionMonths = {}
    currencies: CurrencyMonths = {}
    for entry in entries:
        if entry.closing:
            continue
        month = entry.month
        for posting in entry.postings:
            sums = accounts.setdefault((posting.account, month), [0, 0])
            if posting.amount >= 0:
                sums[0] += posting.amount
            else:
                sums[1] -= posting.amount
            if posting.currency is not None:
                units = currencies.setdefault((posting.account, posting.currency, month), [0, 0, 0])
                units[0] += posting.foreign or 0
                units[1 if posting.foreign else 2] += posting.amount
            field_sign = chart.profit_field(posting.account)
            if field_sign is None:
                continue
            name, sign = field_sign
            for dimension, value in values_of(posting):
                row = dimensions.setdefault((dimension, value, month), [0] * len(PROFIT_FIELDS))
                row[_POSITION[name]] += sign * posting.amount
    return accounts, dimensions, currencies


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
