"""Closing and reopening periods: the checklist, the balances at the end, and the documents that move the lock.

The balances become `balance` assertions in the books, so that stock Beancount finds a later edit in a closed month.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.adoption import adopt_months, not_counting_in
from ledger.adoption_plan import Adopted
from ledger.chart import Chart
from ledger.closing_averages import add_up, moved_by, open_averages
from ledger.closing_vouchers import closing_vouchers
from ledger.costing.months import last_day_of
from ledger.documents import read
from ledger.documents.closing import PERIOD, ClosingBalance, ClosingUnits, CountedByHand, MonthAverage, PeriodClose, PeriodReopen
from ledger.errors import Conflict, InvalidQuery
from ledger.estimates import open_estimates
from ledger.limits import LINES_MAX, NAME_MAX, YEAR_MAX, YEAR_MIN
from ledger.money import exponent, format_scaled
from ledger.reports.alerts import alerts
from ledger.reports.context import Context
from ledger.revaluation import revaluation
from ledger.rules.period_closes import month_before
from ledger.service import Ledger
from ledger.store.sql import mark

SOURCE = "orderledger"
"""The source of documents that the service makes itself."""

_TRIES_MAX = 50
_PERIOD = re.compile(PERIOD, re.ASCII)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a period came to: its document, what an accountant should look at, its closing vouchers, and those of estimates."""

    document: str
    period: str
    checklist: list[dict[str, Any]]
    vouchers: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    adopted: tuple[Adopted, ...] = ()


def close(ledger: Ledger, period: str, *, adopt: bool = False) -> Closed:
    """Close `period` and every month before; InvalidQuery where it is no month, has not ended, is closed, or lacks a closing rate.

    Where monetary items in foreign currency are open, their revaluation comes first (IAS 21.23a).
    `adopt` adopts the hand-written entries of these months first; InvalidDocument, and nothing is closed, where one cannot be.
    """
    last_day = _last_day(period)
    if last_day >= datetime.datetime.now(datetime.UTC).date().isoformat():
        raise InvalidQuery(f"{period} has not ended yet")
    adopted = _adopt(ledger, period) if adopt else ()
    for _ in range(_TRIES_MAX):
        try:
            seq = _revalue(ledger, period)
            averages = _averages(ledger, period)
            document, checklist = _closing(ledger, period, averages)
            checklist += _not_counting(ledger, period)
            if document.as_of_seq != str(seq + len(averages)):
                continue
            receipt = ledger.post([*averages, document])[-1]
        except Conflict as error:
            if not error.errors or not error.errors[0].pointer.endswith("/as_of_seq"):
                raise
            continue
        closings = tuple(entry["voucher"] for entry in receipt.entries if entry.get("closing"))
        renewed = tuple(entry["voucher"] for entry in receipt.entries if not entry.get("closing"))
        return Closed(receipt.document, period, checklist, closings, renewed, adopted)
    raise Conflict(f"{period} could not be closed: documents come in faster than it can be counted; try again in a moment")


def _revalue(ledger: Ledger, period: str) -> int:
    """Re-price what is open in foreign currency at the period's end (IAS 21.23a); return the number of the last document counted.

    Until nothing is left to re-price: one document holds so many items.
    """
    for _ in range(_TRIES_MAX):
        with ledger.read() as context:
            seq, _ = _open_head(context, period)
            document = revaluation(context, _last_day(period), seq)
        if document is None:
            return seq
        ledger.post([document])
    raise Conflict(f"{period} has more to re-price than {_TRIES_MAX} documents hold; close it again")


def _averages(ledger: Ledger, period: str) -> list[MonthAverage]:
    with ledger.read() as context:
        seq, _ = _open_head(context, period)
        return open_averages(context, period, seq, lambda month: _number(context, MonthAverage.kind, month), SOURCE)


def _closing(ledger: Ledger, period: str, averages: Sequence[MonthAverage]) -> tuple[PeriodClose, list[dict[str, Any]]]:
    """Return the closing as the books will stand after the averages, and the checklist."""
    moved, last_day = moved_by(ledger, averages), last_day_of(period)
    asserted_only = {m: {a: amount for a, amount in of.items() if asserted(ledger.chart, a)} for m, of in moved.items()}
    with ledger.read() as context:
        seq, closed = _open_head(context, period)
        balances = add_up(closing_balances(context, last_day), asserted_only, period)
        document = PeriodClose(
            source=SOURCE,
            number=_number(context, PeriodClose.kind, period),
            date=last_day,
            period=period,
            as_of_seq=str(seq + len(averages)),
            balances=tuple(ClosingBalance(account=account, amount=amount) for account, amount in balances.items()),
            units=tuple(
                ClosingUnits(account=account, currency=currency, units=format_scaled(held, exponent(currency)), carried=base)
                for (account, currency), (held, base) in closing_units(context, last_day).items()
            ),
            vouchers=closing_vouchers(context, closed, period, moved),
            estimates=open_estimates(context, last_day),
            by_hand=_by_hand(context, last_day),
        )
        return document, _checklist(context, last_day)


@dataclass(frozen=True, slots=True)
class Reopened:
    """What reopening a period came to: its document, and the last month that is closed now ("" where none is)."""

    document: str
    period: str
    closed_through: str


def reopen(ledger: Ledger, period: str, reason: str) -> Reopened:
    """Open `period` and every closed month after it again; InvalidQuery where it is no closed month, InvalidDocument without a reason.

    Late documents are posted into these months again; what closings of them asserted is in force no more, and stays as a trace.
    """
    last_day = _last_day(period)
    with ledger.read() as context:
        _, closed = _head(context)
        number = _number(context, PeriodReopen.kind, period)
    if period > closed:
        raise InvalidQuery(f"{period} is not closed: {f'{closed} is the last closed month' if closed else 'no month is'}")
    identity = {"kind": PeriodReopen.kind, "source": SOURCE, "number": number, "date": last_day}
    document = read({**identity, "period": period, "reason": reason}, ledger.currency, internal=True)
    return Reopened(ledger.post([document])[0].document, period, month_before(period))


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
        balances[account] = balances.get(account, 0) - base
    for entry in context.manual:
        for posting in entry.postings if entry.date <= last_day else ():
            balances[posting.account] = balances.get(posting.account, 0) + posting.amount
    return dict(sorted(balances.items()))


def closing_units(context: Context, last_day: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (foreign units, what they are carried at) by account and currency at the end of a day, minor units."""
    place = mark(context.connection)
    query = f"SELECT account, currency, SUM(units), SUM(base) FROM currency_month WHERE month <= {place} GROUP BY account, currency"
    rows = context.connection.exec_driver_sql(query + " ORDER BY account, currency", (last_day[:7],))
    found = {(account, currency): (int(units), int(base)) for account, currency, units, base in rows}
    for posting in (posting for entry in context.manual if entry.date <= last_day for posting in entry.postings):
        if posting.currency is not None and posting.units is not None:
            units, base = found.get((posting.account, posting.currency), (0, 0))
            found[posting.account, posting.currency] = (units + posting.units, base + posting.amount)
    return dict(sorted(found.items()))


def asserted(chart: Chart, account: str) -> bool:
    """Tell whether an account's balance is asserted in the books."""
    return chart.role_of(account) != "inventory"


def _last_day(period: str) -> str:
    if not _PERIOD.fullmatch(period) or not YEAR_MIN <= int(period[:4]) <= YEAR_MAX:
        raise InvalidQuery(f"a period is a month such as 2026-03, not {period!r}")
    return last_day_of(period)


def _number(context: Context, kind: str, period: str) -> str:
    """Return the number of the next closing or reopening of a period: 2026-03, then 2026-03/2."""
    place = mark(context.connection)
    names = f"SELECT COUNT(*) FROM document WHERE kind = {place} AND (number = {place} OR number LIKE {place})"
    before = context.connection.exec_driver_sql(names, (kind, period, f"{period}/%")).scalar_one()
    return f"{period}/{before + 1}" if before else period


def _adopt(ledger: Ledger, period: str) -> tuple[Adopted, ...]:
    with ledger.read() as context:
        _, closed = _open_head(context, period)
    return tuple(adopt_months(ledger, closed, period).adopted)


def _not_counting(ledger: Ledger, period: str) -> list[dict[str, Any]]:
    """Name the hand-written entries of the months being closed that do not count, by file and line."""
    with ledger.read() as context:
        _, closed = _head(context)
    return [{"what": "not-counting", "detail": f"{one.place}: {one.why}"} for one in not_counting_in(ledger, closed, period)]


def _by_hand(context: Context, last_day: str) -> tuple[CountedByHand, ...]:
    """Return the hand-written entries that the closing counts: it is not changed by any other, nor by their text."""
    found = [entry for entry in context.manual if entry.date <= last_day]
    if len(found) > LINES_MAX:
        raise InvalidQuery(f"{len(found)} hand-written entries are not adopted; a closing counts at most {LINES_MAX}: adopt them first")
    return tuple(CountedByHand(digest=entry.content, date=entry.date, place=_printable(entry.place)) for entry in found)


def _printable(place: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in place)[-NAME_MAX:]


def _open_head(context: Context, period: str) -> tuple[int, str]:
    """Return (seq, last closed month); InvalidQuery where `period` is closed already."""
    seq, closed = _head(context)
    if period <= closed:
        raise InvalidQuery(f"{closed} is closed already, and every month before it")
    return seq, closed


def _head(context: Context) -> tuple[int, str]:
    row = context.connection.exec_driver_sql("SELECT seq, closed_through FROM head WHERE id = 1").one()
    return row.seq, row.closed_through


def _checklist(context: Context, last_day: str) -> list[dict[str, Any]]:
    """Name what is still open: owed stock, unmatched freight, GR/IR, clearing, entries that nobody adopted."""
    found: list[dict[str, Any]] = [item for item in alerts(context)["items"] if item.get("what") != "loss"]
    balances = closing_balances(context, last_day)
    for (account, _), (_, base) in closing_units(context, last_day).items():
        balances[account] = balances.get(account, 0) + base
    for account, amount in balances.items():
        role = context.chart.role_of(account)
        if amount and role in ("grir", "clearing"):
            found.append({"what": role, "detail": f"{account} stands at {context.money(amount)} {context.chart.currency}"})
    by_hand = [entry for entry in context.manual if entry.date <= last_day]
    if by_hand:
        detail = f"{len(by_hand)} hand-written entries count and are not numbered: `orderledger adopt`, or close with --adopt"
        found.append({"what": "unadopted", "detail": detail})
    return found
