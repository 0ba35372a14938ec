"""What a customer keeps of an order: what is recognised and has not come back, by tax rate, and the allowances on it.

It bounds both what an allowance can take off the price and what a return takes back, so that nothing is taken back twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.money import allocate
from ledger.rules.platform_discounts import platform_returned
from ledger.state.records import Allowance, Order, OrderLine
from ledger.work import Work

BESIDE_GOODS = -1
"""The line under which an allowance on shipping is noted, or on what an opening says is owed: that never comes back."""


Before = Mapping[int, Allowance]
"""A granted allowance by the lines under which it is noted: it knows what had come back and what had been allowed by then."""


@dataclass(slots=True)
class Kept:
    """Goods of one tax rate, or what is charged beside goods; minor units.

    What is recognised of it, what of that came back, what the platform pays of the rest, and the allowances granted on it, which are
    noted under `line`.
    """

    line: int
    earned_net: int = 0
    earned_tax: int = 0
    back_net: int = 0
    back_tax: int = 0
    platform: int = 0
    granted_net: int = 0
    granted_tax: int = 0

    @property
    def net(self) -> int:
        """Return what is kept, net."""
        return max(0, self.earned_net - self.back_net)

    @property
    def tax(self) -> int:
        """Return the tax of what is kept."""
        return max(0, self.earned_tax - self.back_tax)

    @property
    def paid(self) -> int:
        """Return what the customer is charged for it, gross: without what the platform pays."""
        return max(0, self.net + self.tax - self.platform)

    @property
    def free(self) -> int:
        """Return what an allowance can still take off it, gross."""
        return max(0, self.paid - self.granted_net - self.granted_tax)

    @property
    def standing(self) -> tuple[int, int]:
        """Return (net, tax) of the allowances that what is kept can still bear."""
        net, tax = min(self.granted_net, self.net), min(self.granted_tax, self.tax)
        if net + tax > self.paid:
            net, tax = allocate(self.paid, [net, tax])
        return net, tax


def kept_goods(work: Work, order: Order, before: Before | None = None) -> list[Kept]:
    """Return what is kept: goods, a `Kept` for each tax rate, and last what is charged beside goods.

    `before` is the allowance that is corrected: what came back since it was granted is left out.
    """
    lines = work.lines(order)
    rates: dict[int, Kept] = {}
    for line in lines:
        of_rate = rates.setdefault(line.tax_rate, Kept(line.line))
        if not of_rate.earned_net and not of_rate.earned_tax and line.earned:
            of_rate.line = line.line
        of_rate.earned_net += line.net_done
        of_rate.earned_tax += line.tax_done
        of_rate.back_net += line.returned_net
        of_rate.back_tax += line.returned_tax
    goods = list(rates.values())
    of_line = {line.line: rates[line.tax_rate] for line in lines}
    for number, then in (before or {}).items():
        if number in of_line:
            of_rate = of_line[number]
            of_rate.back_net, of_rate.back_tax = min(of_rate.back_net, then.back_net), min(of_rate.back_tax, then.back_tax)
    _share_platform(order, lines, goods, earlier=bool(before))
    net, tax = (sum(getattr(kept, name) for kept in goods) for name in ("earned_net", "earned_tax"))
    beside = Kept(BESIDE_GOODS, order.recognised_net - net, order.recognised_tax - tax)
    _share_granted(work, order, [*goods, beside], of_line)
    return [*goods, beside]


def leave_out_later(work: Work, order: Order, parts: Sequence[Kept], before: Before) -> None:
    """Leave out of what is granted on `parts` (those of `kept_goods`) what was allowed after the allowance that is corrected."""
    rates = {line.line: line.tax_rate for line in work.lines(order)}
    for kept in parts:
        for number, then in before.items():
            if number == kept.line or (number in rates and rates[number] == rates.get(kept.line)):
                kept.granted_net, kept.granted_tax = min(kept.granted_net, then.granted_net), min(kept.granted_tax, then.granted_tax)


def _share_platform(order: Order, lines: list[OrderLine], goods: list[Kept], *, earlier: bool) -> None:
    gross = [kept.net + kept.tax for kept in goods]
    if order.platform_done and sum(gross):
        back = sum(kept.back_net + kept.back_tax for kept in goods) if earlier else None
        shares = allocate(order.platform_done - platform_returned(order, lines, back), gross)
        for kept, share in zip(goods, shares, strict=True):
            kept.platform = share


def _share_granted(work: Work, order: Order, parts: list[Kept], of_line: Mapping[int, Kept]) -> None:
    """Give each part the allowances noted for it; the first one has those of which no line is known."""
    net, tax = order.allowed_net, order.allowed_tax
    for granted in work.state[Allowance].where("order", order.id) if net or tax else ():
        net -= granted.net
        tax -= granted.tax
        kept = parts[-1] if granted.line == BESIDE_GOODS else of_line.get(granted.line, parts[0])
        kept.granted_net += granted.net
        kept.granted_tax += granted.tax
    parts[0].granted_net += net
    parts[0].granted_tax += tax
