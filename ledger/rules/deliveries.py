"""A delivery: the customer has the goods. Where the books recognise at delivery, revenue and cost of what was on its way are posted now."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.hand_over import hand_over
from ledger.documents import sales
from ledger.rules.cancellations import call_off
from ledger.rules.order_totals import ordered
from ledger.rules.recognition import post_revenue, recognise
from ledger.rules.stages import note_stage
from ledger.state.records import Order, OrderLine, Shipment, ShipmentLine
from ledger.work import Work


def post_delivery(work: Work, document: sales.Delivery) -> None:
    """Note the stage, and recognise the named shipment, else all shipments of the order that wait for their delivery.

    A shipment remembers that it waits: one that was recognised when it left, or is delivered again, posts nothing (IFRS 15.38).

    Example: 2 of 10.00 and 13 %, which had cost 12.00, leave, and earn their revenue when the customer has them.
        books recognition=delivery
        purchase PO-1 supplier=Supplier | TEA-01 2 @ 6.00
        order SO-1 customer=Customer | TEA-01 2 @ 10.00 tax_rate=0.13
        shipment S-1 on 2026-01-08 order=SO-1
        delivery D-1 on 2026-01-10 order=SO-1 shipment=S-1
        on 2026-01-10
        Dr receivable 22.60
        Cr sales 20.00
        Cr vat_output 2.60
        Cr goods_shipped 12.00
        Dr cogs 12.00
    """
    order, shipment_id = note_stage(work, document, "delivered")
    waiting = _waiting(work, order, shipment_id)
    if not waiting:
        return
    draft = work.draft(order.customer, f"Delivery {document.number} of order {order.label}", carrier=order.carrier)
    costs = draft.aside()
    suppliers = hand_over(work, costs, order, [shipment.id for shipment in waiting])
    lines = [line for shipment in waiting for line in _delivered(work, order, shipment)]
    earned = recognise(work, order, {line.line: line for line in lines}.values())
    post_revenue(work, draft, order, earned, suppliers)
    draft.absorb(costs)


def take_off_undelivered(work: Work, order: Order, line: OrderLine, shipment_id: int, quantity: int) -> None:
    """Let units come back before they were delivered: they are no longer shipped, nor ordered; the last of a shipment ends its wait."""
    work.state[OrderLine].edit(line)
    line.shipped -= quantity
    line.undelivered -= quantity
    call_off(work, order, line, quantity, ordered(work, order))
    parts = [part for part in work.state[ShipmentLine].where("order", order.id) if part.shipment_id == shipment_id]
    if all(part.returned == part.quantity for part in parts):
        _end_wait(work, order, work.state[Shipment].require(shipment_id))


def _waiting(work: Work, order: Order, shipment_id: int | None) -> list[Shipment]:
    if not order.undelivered:
        return []
    shipments = work.state[Shipment].where("order", order.id)
    return [s for s in shipments if s.awaits_delivery and shipment_id in (None, s.id)]


def _delivered(work: Work, order: Order, shipment: Shipment) -> Sequence[OrderLine]:
    """Move what is left of a shipment from shipped to delivered; return its order lines."""
    lines = []
    for part in work.state[ShipmentLine].where("order", order.id):
        if part.shipment_id == shipment.id and part.quantity > part.returned:
            line = work.state[OrderLine].edit(work.state[OrderLine].require((order.id, part.line)))
            line.undelivered -= part.quantity - part.returned
            lines.append(line)
    _end_wait(work, order, shipment)
    return lines


def _end_wait(work: Work, order: Order, shipment: Shipment) -> None:
    work.state[Shipment].edit(shipment).awaits_delivery = 0
    work.state[Order].edit(order).undelivered -= 1
