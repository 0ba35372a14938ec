"""What platforms pay out: once a month, net of fees, advertising, reserves, disputes and the tax they keep."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tests.sample.partners import JD, SHOPIFY, TMALL, Channel
from tests.sample.trader import MONTHS, Held, Trader
from tests.sample.writing import Body, cents, half_up, rows, written, yuan

PAYDAYS = {TMALL: 28, JD: 27, SHOPIFY: 30}
WAIT = timedelta(8)
"""How long a platform holds what a customer paid."""

CHARGES = """
3 tmall | advertising -690.00 | shipping -18.40
3 jd | advertising -460.00
4 tmall | advertising -830.00 | shipping -25.60
4 jd | advertising -560.00
5 tmall | advertising -980.00 | shipping -26.40
5 jd | advertising -650.00 | adjustment -20.00
6 tmall | advertising -1120.00 | shipping -24.80
6 jd | advertising -750.00 | adjustment 20.00
"""
"""Month, platform | what it keeps without an order: advertising, insurance of the way back (运费险), a penalty that it takes back later.
With 6 % tax in all but the last."""

RESERVE = 5
"""Per cent of a payout's sales that shopify holds back until the next payout."""


def pay_out(trader: Trader) -> None:
    """Note each month's payout of each channel: what was held for `WAIT` by then, less what the platform charges."""
    charges = {(int(month), name): lines for (month, name), *lines in rows(CHARGES)}
    reserve = 0
    for month in MONTHS:
        for channel, payday in PAYDAYS.items():
            day = date(2026, month, payday)
            ripe = [one for one in trader.held if one.sale.channel is channel and one.day <= day - WAIT]
            trader.held = [one for one in trader.held if one not in ripe]
            lines = [line_of(one) for one in sorted(ripe, key=lambda one: one.sale.number)]
            lines += [charge(kind, cents(amount)) for kind, amount in charges.get((month, channel.name), [])]
            if channel is SHOPIFY:
                released, reserve = reserve, sum(one.amount for one in ripe if one.type == "sale") * RESERVE // 100
                lines.append({"type": "reserve_hold", "amount": yuan(-reserve)})
                lines += [{"type": "reserve_release", "amount": yuan(released)}] if released else []
            add_payout(trader, channel, day, lines)


def add_payout(trader: Trader, channel: Channel, day: date, lines: list[Body]) -> None:
    """Note one payout: its net is what its lines come to."""
    net = yuan(sum(cents(one["amount"]) for one in lines))
    at = written(datetime.combine(day, time(23)))
    fields = {"at": at, "channel": channel.name, "account": "bank", "net": net, "lines": lines}
    trader.add("payout", channel.name, f"PAYOUT-{day:%Y-%m}", day, **fields)


def line_of(one: Held) -> Body:
    """Write what was held for an order."""
    tax = {"tax": yuan(one.tax)} if one.tax else {}
    return {"type": one.type, "order": one.sale.number, "amount": yuan(one.amount), **tax}


def charge(kind: str, amount: int) -> Body:
    """Write what the platform keeps; its amount holds its tax."""
    tax = {} if kind == "adjustment" else {"tax": yuan(half_up(-amount * 6, 106))}
    return {"type": kind, "amount": yuan(amount), **tax}
