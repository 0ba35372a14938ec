"""The closings file: balance assertions of each closed period, dated the day after its end, with no tolerance."""

from __future__ import annotations

import datetime

from ledger.documents.closing import PeriodClose
from ledger.money import exponent, format_scaled, parse_scaled

HEAD = "; Written by orderledger: what accounts stood at when a period was closed. Stock Beancount checks it.\n"


def closing_text(document: PeriodClose, currency: str) -> str:
    """Write the assertions of one closed period: Beancount's balance of an account contains the accounts below it."""
    next_day = (datetime.date.fromisoformat(document.date) + datetime.timedelta(days=1)).isoformat()
    lines = [f"; {document.period}\n"]
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
