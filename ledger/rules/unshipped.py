"""Which order lines a document that names SKUs is about, among the units that have not been shipped."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.documents.sales import CancellationLine, ShipmentLine
from ledger.money import format_quantity
from ledger.state.records import Order, OrderLine
from ledger.work import Work, fault


def unshipped_lines(work: Work, order: Order, wanted: Sequence[ShipmentLine | CancellationLine], what: str) -> list[tuple[OrderLine, int]]:
    """Return order lines with the quantity of each that is meant; all that is left where `wanted` is empty.

    A SKU on several lines is taken from the first. More than is left is refused; `what` says what cannot be done with it.
    """
    lines = work.lines(order)
    if not wanted:
        left = [(line, line.quantity - line.shipped) for line in lines if line.quantity > line.shipped]
        if not left:
            raise fault("/order", f"order {order.label} has nothing left to {what}")
        return left
    chosen: dict[int, int] = {}
    for i, one in enumerate(wanted):
        of_sku = [line for line in lines if line.sku == one.sku]
        if not of_sku:
            raise fault(f"/lines/{i}/sku", f"order {order.label} has no line with {one.sku!r}")
        quantity = one.quantity
        for line in of_sku:
            part = min(quantity, line.quantity - line.shipped - chosen.get(line.line, 0))
            if part > 0:
                chosen[line.line] = chosen.get(line.line, 0) + part
                quantity -= part
        if quantity:
            there = format_quantity(one.quantity - quantity)
            raise fault(f"/lines/{i}/quantity", f"order {order.label} has only {there} of {one.sku!r} left to {what}")
    return [(line, chosen[line.line]) for line in lines if line.line in chosen]
