"""Closed periods stay closed: what was asserted when a month was closed is what the books come to today."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.journal.closings_file import closings
from ledger.money import exponent, parse_scaled
from ledger.periods import closing_balances, closing_units
from ledger.reports.context import Context
from ledger.store.period_events import period_events


def problems(context: Context) -> Iterator[str]:
    """Compare each closing in force with the sums of today, account by account."""
    for closing in closings(period_events(context.connection, context.chart.currency)):
        document = closing.document
        if closing.reopened is not None:
            continue
        stated = {balance.account: balance.amount for balance in document.balances}
        today = closing_balances(context, document.date)
        for account in sorted(set(stated) | set(today)):
            was, is_now = stated.get(account, 0), today.get(account, 0)
            if was != is_now:
                yield (
                    f"closed period {document.period} was changed: {account} stood at {context.money(was)}, "
                    f"the books now come to {context.money(is_now)} (look for a hand-written entry of that month)"
                )
        held = {(u.account, u.currency): parse_scaled(u.units, exponent(u.currency)) for u in document.units}
        for key, (units, _) in closing_units(context, document.date).items():
            if held.pop(key, 0) != units:
                yield f"closed period {document.period} was changed: {' '.join(key)} is not what it was"
        yield from (f"closed period {document.period} was changed: {' '.join(key)} is missing" for key in held)
