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
    if all(line.earned == line.quantity for line in lines):
        return order.platform
    return _part(order, lines, sum(line.net_done + line.tax_done for line in lines), sum(line.earned for line in lines))


def platform_returned(order: Order, lines: Sequence[OrderLine], back: int | None = None) -> int:
    """Return what of that goes back for goods of `back` gross (None: what has come back by now); all of it once all goods are back.

    The share of a unit is the same whether it is called off, shipped or returned.
    """
    if back is None:
        if all(line.returned == line.earned for line in lines):
            return order.platform_done
        back = sum(line.returned_net + line.returned_tax for line in lines)
    return min(_part(order, lines, back, sum(line.returned for line in lines)), order.platform_done)


def _part(order: Order, lines: Sequence[OrderLine], gross: int, units: int) -> int:
    """Return the platform's part by gross price, by units where the goods cost nothing."""
    whole = gross_of(lines)
    return part_of(order.platform, gross, whole) if whole else part_of(order.platform, units, sum(line.quantity for line in lines))
