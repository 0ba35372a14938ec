"""Which month-end averages a closing needs before it (月末一次加权平均法), and what they will move.

The closing asserts balances, and closes accounts, as they stand after them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.costing.months import last_day_of
from ledger.documents.closing import MonthAverage
from ledger.money import exponent, parse_scaled
from ledger.reports.context import Context
from ledger.service import Ledger
from ledger.store.sql import mark


def open_averages(context: Context, period: str, seq: int, number: Callable[[str], str], source: str) -> list[MonthAverage]:
    """Return the documents that true up each month up to `period` whose average is not final, to be recorded right after document `seq`.

    `number` gives the number of a month's next average: one that was opened again is averaged again.
    """
    place = mark(context.connection)
    query = f"SELECT DISTINCT month FROM month_stock WHERE closed = 0 AND month <= {place} ORDER BY month"
    months = [row[0] for row in context.connection.exec_driver_sql(query, (period,))]
    return [
        MonthAverage(source=source, number=number(month), date=last_day_of(month), period=month, as_of_seq=str(seq + i))
        for i, month in enumerate(months)
    ]


def moved_by(ledger: Ledger, averages: Sequence[MonthAverage]) -> dict[str, dict[str, int]]:
    """Return month -> account -> what the averages will move, minor units: their entries, posted and not kept."""
    moved: dict[str, dict[str, int]] = {}
    for receipt in ledger.post(averages, dry_run=True) if averages else ():
        for entry in receipt.entries:
            of_month = moved.setdefault(entry["date"][:7], {})
            for posting in entry["postings"]:
                amount = parse_scaled(posting["amount"], exponent(ledger.currency))
                of_month[posting["account"]] = of_month.get(posting["account"], 0) + amount
    return moved


def add_up(balances: dict[str, int], moved: dict[str, dict[str, int]], period: str) -> dict[str, int]:
    """Return balances with what the averages move in months up to `period`."""
    total = dict(balances)
    for month, accounts in moved.items():
        for account, amount in accounts.items() if month <= period else ():
            total[account] = total.get(account, 0) + amount
    return dict(sorted(total.items()))
