"""Closed periods stay closed: what was asserted when a month was closed is what the books come to today."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ledger.money import exponent, parse_scaled
from ledger.periods import closing_balances, closing_units
from ledger.reports.context import Context


def problems(context: Context) -> Iterator[str]:
    """Compare each closing with the sums of today; a hand edit in a closed month is named with its account."""
    rows = context.connection.exec_driver_sql("SELECT body FROM document WHERE kind = 'period_close' ORDER BY seq").fetchall()
    for (text,) in rows:
        body = json.loads(text)
        digits = exponent(context.chart.currency)
        stated = {item["account"]: parse_scaled(item["amount"], digits) for item in body.get("balances", ())}
        today = closing_balances(context, body["date"])
        for account in sorted(set(stated) | set(today)):
            was, is_now = stated.get(account, 0), today.get(account, 0)
            if was != is_now:
                yield (
                    f"closed period {body['period']} was changed: {account} stood at {context.money(was)}, "
                    f"the books now come to {context.money(is_now)} (look for a hand-written entry of that month)"
                )
        held = {(u["account"], u["currency"]): parse_scaled(u["units"], exponent(u["currency"])) for u in body.get("units", ())}
        for key, (units, _) in closing_units(context, body["date"]).items():
            if held.pop(key, 0) != units:
                yield f"closed period {body['period']} was changed: {' '.join(key)} is not what it was"
        yield from (f"closed period {body['period']} was changed: {' '.join(key)} is missing" for key in held)
