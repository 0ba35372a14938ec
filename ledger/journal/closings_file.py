"""The closings file: what accounts stood at when periods were closed, as balance assertions dated the day after, with no tolerance.

It is derived from the closings and reopenings alone and written anew as a whole: a closing that was reopened asserts nothing any
more and stays as a comment with its reason.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.documents.closing import PeriodClose, PeriodReopen
from ledger.money import exponent, format_scaled, parse_scaled

HEAD = "; Written by orderledger: what accounts stood at when a period was closed. Stock Beancount checks it.\n"


@dataclass(frozen=True, slots=True)
class PeriodEvent:
    """A closing or a reopening with its number in the journal and its moment of recording."""

    seq: int
    recorded_at: str
    document: PeriodClose | PeriodReopen


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing, and what reopened it: None while it is in force."""

    event: PeriodEvent
    document: PeriodClose
    reopened: PeriodEvent | None = None


def closings(events: Iterable[PeriodEvent]) -> list[Closing]:
    """Return all closings, oldest first; a reopening ends those of its month and of every later one."""
    found: list[Closing] = []
    for event in events:
        document = event.document
        if isinstance(document, PeriodClose):
            found.append(Closing(event, document))
            continue
        for place, closing in enumerate(found):
            if closing.reopened is None and closing.document.period >= document.period:
                found[place] = Closing(closing.event, closing.document, event)
    return found


def closings_text(events: Sequence[PeriodEvent], currency: str) -> str:
    """Write the whole file."""
    return HEAD + "".join(_closing_text(closing, currency) for closing in closings(events))


def _closing_text(closing: Closing, currency: str) -> str:
    told = f"; {closing.document.period} closed {closing.event.recorded_at}"
    if closing.reopened is None:
        return f"{told}\n{closing_text(closing.document, currency)}"
    assert isinstance(closing.reopened.document, PeriodReopen)
    return f"{told} reopened {closing.reopened.recorded_at}: {closing.reopened.document.reason}\n"


def closing_text(document: PeriodClose, currency: str) -> str:
    """Write the assertions of one closed period: Beancount's balance of an account contains the accounts below it."""
    next_day = (datetime.date.fromisoformat(document.date) + datetime.timedelta(days=1)).isoformat()
    lines = []
    for balance in document.balances:
        below = sum(other.amount for other in document.balances if other.account.startswith(f"{balance.account}:"))
        amount = format_scaled(balance.amount + below, exponent(currency))
        lines.append(f"{next_day} balance {balance.account}  {amount} ~ 0 {currency}\n")
    for held in document.units:
        digits = exponent(held.currency)
        under = [u for u in document.units if u.currency == held.currency and f"{u.account}:".startswith(f"{held.account}:")]
        units = format_scaled(sum(parse_scaled(one.units, digits) for one in under), digits)
        lines.append(f"{next_day} balance {held.account}  {units} ~ 0 {held.currency}\n")
    return "".join(lines)
