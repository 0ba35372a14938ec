"""What a customer keeps of an order: goods that are recognised and have not come back, by tax rate, and the allowances on them.

It bounds both what an allowance can take off the price and what a return takes back, so that nothing is taken back twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.money import allocate
from ledger.rules.platform_discounts import platform_returned
from ledger.state.records import Allowance, Order, OrderLine
from ledger.work import Work

BESIDE_GOODS = -1
"""The line under which an allowance on shipping is noted, or on what an opening says is owed: that never comes back."""


@dataclass(slots=True)
class Kept:
    """Goods of one tax rate, minor units: recognised less `back`, what of it the platform pays, and the allowances granted on them."""

    lines: list[OrderLine] = field(default_factory=list)
    back_net: int = 0
    back_tax: int = 0
    platform: int = 0
    granted_net: int = 0
    granted_tax: int = 0

    @property
    def net(self) -> int:
        """Return what is kept, net."""
        return max(0, sum(line.net_done for line in self.lines) - self.back_net)

    @property
    def tax(self) -> int:
        """Return the tax of what is kept."""
        return max(0, sum(line.tax_done for line in self.lines) - self.back_tax)

    @property
    def paid(self) -> int:
        """Return what the customer is charged for it, gross: without what the platform pays."""
        return max(0, self.net + self.tax - self.platform)

    @property
    def standing(self) -> tuple[int, int]:
        """Return (net, tax) of the allowances that what is kept can still bear."""
        net, tax = min(self.granted_net, self.net), min(self.granted_tax, self.tax)
        if net + tax > self.paid:
            net, tax = allocate(self.paid, [net, tax])
        return net, tax


def kept_goods(work: Work, order: Order, before: Mapping[int, tuple[int, int]] | None = None) -> list[Kept]:
    """Return what is kept, a `Kept` for each tax rate.

    `before` is what had come back (net, tax) by line when an allowance was granted that is corrected: what came back since is left out.
    """
    lines = work.lines(order)
    rates: dict[int, Kept] = {}
    for line in lines:
        of_rate = rates.setdefault(line.tax_rate, Kept())
        of_rate.lines.append(line)
        of_rate.back_net += line.returned_net
        of_rate.back_tax += line.returned_tax
    kept = list(rates.values())
    for of_rate in kept:
        for line in of_rate.lines:
            if before and line.line in before:
                net, tax = before[line.line]
                of_rate.back_net, of_rate.back_tax = min(of_rate.back_net, net), min(of_rate.back_tax, tax)
    _share_platform(order, lines, kept, earlier=bool(before))
    _share_granted(work, order, kept)
    return kept


def _share_platform(order: Order, lines: list[OrderLine], kept: list[Kept], *, earlier: bool) -> None:
    gross = [of_rate.net + of_rate.tax for of_rate in kept]
    if order.platform_done and sum(gross):
        back = sum(of_rate.back_net + of_rate.back_tax for of_rate in kept) if earlier else None
        shares = allocate(order.platform_done - platform_returned(order, lines, back), gross)
        for of_rate, share in zip(kept, shares, strict=True):
            of_rate.platform = share


def _share_granted(work: Work, order: Order, kept: list[Kept]) -> None:
    """Give each rate the allowances noted on its lines; the first one has those of which no line is known."""
    net, tax = order.allowed_net, order.allowed_tax
    for granted in work.state[Allowance].where("order", order.id) if net or tax else ():
        net -= granted.net
        tax -= granted.tax
        if granted.line != BESIDE_GOODS:
            own = (of_rate for of_rate in kept if any(line.line == granted.line for line in of_rate.lines))
            of_rate = next(own, kept[0])
            of_rate.granted_net += granted.net
            of_rate.granted_tax += granted.tax
    for first in kept[:1]:
        first.granted_net += net
        first.granted_tax += tax
