"""Closing periods: the checklist, the balances at the end, and the document that locks the month.

The balances become `balance` assertions in the books, so that stock Beancount finds a later edit in a closed month.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from ledger.chart import Chart
from ledger.costing.months import last_day_of
from ledger.documents.closing import ClosingBalance, MonthAverage, PeriodClose
from ledger.errors import Conflict, InvalidQuery
from ledger.money import exponent, parse_scaled
from ledger.reports.alerts import alerts
from ledger.reports.context import Context
from ledger.service import Ledger
from ledger.store.sql import mark

_TRIES_MAX = 50
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a period came to: its voucher-less document, and what an accountant should look at."""

    document: str
    period: str
    checklist: list[dict[str, Any]]


def close(ledger: Ledger, period: str) -> Closed:
    """Close `period` (and with it every month before); InvalidQuery where it is no month, has not ended, or is closed."""
    if not _PERIOD.fullmatch(period):
        raise InvalidQuery(f"a period is a month such as 2026-03, not {period!r}")
    last_day = last_day_of(period)
    if last_day >= datetime.datetime.now(datetime.UTC).date().isoformat():
        raise InvalidQuery(f"{period} has not ended yet")
    for _ in range(_TRIES_MAX):
        with ledger.read() as context:
            seq, closed = _head(context)
            if period <= closed:
                raise InvalidQuery(f"{closed} is closed already, and every month before it")
            balances = closing_balances(context, last_day)
            checklist = _checklist(context, last_day)
            months = _months_to_average(context, period)
        averages = [_average(month, seq + i) for i, month in enumerate(months)]
        try:
            for account, amount in _moved_by(ledger, averages, last_day).items():
                balances[account] = balances.get(account, 0) + amount
            document = PeriodClose(
                source="orderledger",
                number=period,
                date=last_day,
                period=period,
                as_of_seq=str(seq + len(averages)),
                balances=tuple(ClosingBalance(account=account, amount=amount) for account, amount in sorted(balances.items())),
            )
            receipt = ledger.post([*averages, document])[-1]
        except Conflict as error:
            if not error.errors or not error.errors[0].pointer.endswith("/as_of_seq"):
                raise
            continue
        return Closed(receipt.document, period, checklist)
    raise Conflict(f"{period} could not be closed: documents come in faster than it can be counted; try again in a moment")


def _months_to_average(context: Context, period: str) -> list[str]:
    """Return the months up to `period` in which stock under month-average moved and whose average is not final."""
    place = mark(context.connection)
    query = f"SELECT DISTINCT month FROM month_stock WHERE closed = 0 AND month <= {place} ORDER BY month"
    return [row[0] for row in context.connection.exec_driver_sql(query, (period,))]


def _average(month: str, seq: int) -> MonthAverage:
    """Return the document that trues up a month's issues, to be recorded right after document `seq`."""
    return MonthAverage(source="orderledger", number=month, date=last_day_of(month), period=month, as_of_seq=str(seq))


def _moved_by(ledger: Ledger, averages: list[MonthAverage], last_day: str) -> dict[str, int]:
    """Return by how much the averages will move each account whose balance is asserted: their entries, posted and not kept."""
    moved: dict[str, int] = {}
    for receipt in ledger.post(averages, dry_run=True) if averages else ():
        for entry in receipt.entries:
            for posting in entry["postings"] if entry["date"] <= last_day else ():
                if asserted(ledger.chart, posting["account"]):
                    amount = parse_scaled(posting["amount"], exponent(ledger.currency))
                    moved[posting["account"]] = moved.get(posting["account"], 0) + amount
    return moved


def closing_balances(context: Context, last_day: str) -> dict[str, int]:
    """Return each account's balance at the end of a day, minor units, from the store and the hand-written entries.

    Without stock accounts: they hold units, and only the service's own files move them.
    """
    place = mark(context.connection)
    rows = context.connection.exec_driver_sql(
        f"SELECT account, SUM(debit - credit) FROM account_month WHERE month <= {place} GROUP BY account ORDER BY account", (last_day[:7],)
    )
    balances = {account: int(amount) for account, amount in rows if asserted(context.chart, account)}
    for entry in context.manual:
        for posting in entry.postings if entry.date <= last_day else ():
            balances[posting.account] = balances.get(posting.account, 0) + posting.amount
    return dict(sorted(balances.items()))


def asserted(chart: Chart, account: str) -> bool:
    """Tell whether an account's balance is asserted in the books."""
    return chart.role_of(account) != "inventory"


def _head(context: Context) -> tuple[int, str]:
    row = context.connection.exec_driver_sql("SELECT seq, closed_through FROM head WHERE id = 1").one()
    return row.seq, row.closed_through


def _checklist(context: Context, last_day: str) -> list[dict[str, Any]]:
    """Name what is still open: owed stock, unmatched freight, GR/IR, clearing, entries that nobody adopted."""
    found: list[dict[str, Any]] = [item for item in alerts(context)["items"] if item.get("what") != "loss"]
    balances = closing_balances(context, last_day)
    for account, amount in balances.items():
        role = context.chart.role_of(account)
        if amount and role in ("grir", "clearing"):
            found.append({"what": role, "detail": f"{account} stands at {context.money(amount)} {context.chart.currency}"})
    by_hand = [entry for entry in context.manual if entry.date <= last_day]
    if by_hand:
        found.append({"what": "unadopted", "detail": f"{len(by_hand)} hand-written entries count and are not numbered"})
    return found
