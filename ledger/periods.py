"""Closing periods: the checklist, the balances at the end, and the document that locks the month.

The balances become `balance` assertions in the books, so that stock Beancount finds a later edit in a closed month.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Any

from ledger.chart import Chart
from ledger.closing_vouchers import closing_vouchers
from ledger.documents.base import Document
from ledger.documents.closing import ClosingBalance, ClosingUnits, PeriodClose
from ledger.errors import Conflict, InvalidQuery
from ledger.estimates import open_estimates
from ledger.money import exponent, format_scaled
from ledger.reports.alerts import alerts
from ledger.reports.context import Context
from ledger.revaluation import revaluation
from ledger.service import Ledger, Receipt
from ledger.store.sql import mark

_TRIES_MAX = 50
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a period came to: its document, what an accountant should look at, its closing vouchers, and those of estimates."""

    document: str
    period: str
    checklist: list[dict[str, Any]]
    vouchers: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()


def close(ledger: Ledger, period: str) -> Closed:
    """Close `period` and every month before; InvalidQuery where it is no month, has not ended, is closed, or lacks a closing rate.

    Where monetary items in foreign currency are open, their revaluation comes first (IAS 21.23a).
    """
    if not _PERIOD.fullmatch(period):
        raise InvalidQuery(f"a period is a month such as 2026-03, not {period!r}")
    last_day = f"{period}-{calendar.monthrange(int(period[:4]), int(period[5:]))[1]:02d}"
    if last_day >= datetime.datetime.now(datetime.UTC).date().isoformat():
        raise InvalidQuery(f"{period} has not ended yet")
    for _ in range(_TRIES_MAX):
        with ledger.read() as context:
            seq, closed = _head(context)
            if period <= closed:
                raise InvalidQuery(f"{closed} is closed already, and every month before it")
            balances, units = closing_balances(context, last_day), closing_units(context, last_day)
            revalued = revaluation(context, last_day, seq)
            checklist = _checklist(context, last_day)
            vouchers = closing_vouchers(context, closed, period)
            estimates = open_estimates(context, last_day)
        if revalued is not None:
            _post(ledger, revalued)
            continue
        document = PeriodClose(
            source="orderledger",
            number=period,
            date=last_day,
            period=period,
            as_of_seq=str(seq),
            balances=tuple(ClosingBalance(account=account, amount=amount) for account, amount in balances.items()),
            units=tuple(
                ClosingUnits(account=account, currency=currency, units=format_scaled(held, exponent(currency)), carried=base)
                for (account, currency), (held, base) in units.items()
            ),
            vouchers=vouchers,
            estimates=estimates,
        )
        receipt = _post(ledger, document)
        if receipt is None:
            continue
        written = [tuple(e["voucher"] for e in receipt.entries if bool(e.get("closing")) is closing) for closing in (True, False)]
        return Closed(receipt.document, period, checklist, *written)
    raise Conflict(f"{period} could not be closed: documents come in faster than it can be counted; try again in a moment")


def _post(ledger: Ledger, document: Document) -> Receipt | None:
    """Post what was counted, or return None where another document came in between."""
    try:
        return ledger.post([document])[0]
    except Conflict as error:
        if not error.errors or error.errors[0].pointer != "/as_of_seq":
            raise
        return None


def closing_balances(context: Context, last_day: str) -> dict[str, int]:
    """Return each account's balance at the end of a day, minor units, from the store and the hand-written entries.

    Without stock accounts: they hold units, and only the service's own files move them. Without what stands in foreign units.
    """
    place = mark(context.connection)
    rows = context.connection.exec_driver_sql(
        f"SELECT account, SUM(debit - credit) FROM account_month WHERE month <= {place} GROUP BY account ORDER BY account", (last_day[:7],)
    )
    balances = {account: int(amount) for account, amount in rows if asserted(context.chart, account)}
    for (account, _), (_, base) in closing_units(context, last_day).items():
        balances[account] -= base
    for entry in context.manual:
        for posting in entry.postings if entry.date <= last_day else ():
            balances[posting.account] = balances.get(posting.account, 0) + posting.amount
    return dict(sorted(balances.items()))


def closing_units(context: Context, last_day: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (foreign units, what they are carried at) by account and currency at the end of a day, minor units."""
    place = mark(context.connection)
    query = f"SELECT account, currency, SUM(units), SUM(base) FROM currency_month WHERE month <= {place} GROUP BY account, currency"
    rows = context.connection.exec_driver_sql(query + " ORDER BY account, currency", (last_day[:7],))
    return {(account, currency): (int(units), int(base)) for account, currency, units, base in rows}


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
    for (account, _), (_, base) in closing_units(context, last_day).items():
        balances[account] += base
    for account, amount in balances.items():
        role = context.chart.role_of(account)
        if amount and role in ("grir", "clearing"):
            found.append({"what": role, "detail": f"{account} stands at {context.money(amount)} {context.chart.currency}"})
    by_hand = [entry for entry in context.manual if entry.date <= last_day]
    if by_hand:
        found.append({"what": "unadopted", "detail": f"{len(by_hand)} hand-written entries count and are not numbered"})
    return found
