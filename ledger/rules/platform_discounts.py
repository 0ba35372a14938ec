"""What the platform pays of an order's price: part of the goods' gross price, and of nothing else (IFRS 15.47; CAS 14.14)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.money import part_of
from ledger.state.records import Order, OrderLine


def gross_of(lines: Sequence[OrderLine]) -> int:
    """Return what the lines cost with tax, minor units."""
    return sum(line.net + line.tax for line in lines)


def platform_earned(order: Order, lines: Sequence[OrderLine]) -> int:
    """Return what the platform owes for what is recognised: all of it once nothing is left to earn, minor units."""
    if not order.platform or all(line.earned == line.quantity for line in lines):
        return order.platform
    whole = gross_of(lines)
    if whole:
        return part_of(order.platform, _earned_gross(lines), whole)
    return part_of(order.platform, sum(line.earned for line in lines), sum(line.quantity for line in lines))


def platform_returned(order: Order, lines: Sequence[OrderLine], back: int | None = None) -> int:
    """Return what of it goes back for goods of `back` gross (None: what has come back by now): all of it with the last of the goods."""
    if back is None:
        if all(line.returned == line.earned for line in lines):
            return order.platform_done
        back = sum(line.returned_net + line.returned_tax for line in lines)
    whole = _earned_gross(lines)
    if whole:
        return part_of(order.platform_done, back, whole)
    return part_of(order.platform_done, sum(line.returned for line in lines), sum(line.earned for line in lines))


def _earned_gross(lines: Sequence[OrderLine]) -> int:
    return sum(line.net_done + line.tax_done for line in lines)
