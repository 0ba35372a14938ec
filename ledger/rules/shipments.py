"""A shipment: revenue for what left, its cost out of stock, and the freight that is expected for it."""

from __future__ import annotations

from ledger.costing.issue import cover, issue
from ledger.documents import sales
from ledger.money import format_quantity
from ledger.rules.freight_waiting import arrived
from ledger.rules.recognition import post_revenue, recognise
from ledger.state.records import Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work, fault


def post_shipment(work: Work, document: sales.Shipment) -> None:
    """Recognise revenue and cost, accrue freight, and let lots of a later date pay at once what the stock now owes.

    Source: IFRS 15.31-38, IAS 2.34 (cost is expensed with its revenue), IAS 37.14 by analogy for the accrual; design 2, 3.4, 4.
    """
    order = work.order(document.order)
    shipped = _lines(work, order, document)
    if document.carrier:
        work.state[Order].edit(order).carrier = document.carrier
    draft = work.draft(order.customer, f"Shipment {document.number} of order {order.label}", carrier=document.carrier or order.carrier)
    _record(work, document, order, shipped)
    earned = recognise(work, order, shipped)
    costs = draft.aside()
    suppliers: dict[int, str | None] = {}
    for line, quantity in shipped:
        if line.stocked:
            issued = issue(
                work,
                costs,
                sku=line.sku,
                warehouse=document.warehouse,
                quantity=quantity,
                order=order,
                shipment_id=work.seq,
                line=line.line,
            )
            suppliers[line.line] = issued.supplier
    post_revenue(work, draft, order, earned, suppliers)
    draft.absorb(costs)
    draft.add("freight_out", document.estimated_freight, order=order)
    draft.add("accrued_freight", -document.estimated_freight, order=order, reference=document.number)
    for sku in dict.fromkeys(line.sku for line, _ in shipped if line.stocked):
        cover(work, sku, document.warehouse)
    arrived(work, [("shipment", document.number), ("tracking", document.tracking)])


def _record(work: Work, document: sales.Shipment, order: Order, shipped: list[tuple[OrderLine, int]]) -> None:
    work.state[Shipment].add(
        Shipment(
            id=work.seq,
            order_id=order.id,
            number=document.number,
            date=document.date,
            warehouse=document.warehouse,
            carrier=document.carrier,
            tracking=document.tracking,
            weight=document.weight_kg,
            accrued=document.estimated_freight,
        )
    )
    for line, quantity in shipped:
        work.state[ShipmentLine].add(ShipmentLine(work.seq, line.line, order.id, quantity))
    if document.estimated_freight:
        work.state[Order].edit(order).accrued += document.estimated_freight
    work.state[Stage].add(Stage(work.seq, "shipped", order.id, work.seq, document.date, document.at))


def _lines(work: Work, order: Order, document: sales.Shipment) -> list[tuple[OrderLine, int]]:
    """Return order lines with the quantity that leaves now; more than is left of the order is refused."""
    lines = work.lines(order)
    if not document.lines:
        left = [(line, line.quantity - line.shipped) for line in lines if line.quantity > line.shipped]
        if not left:
            raise fault("/order", f"order {order.label} is shipped in full already")
        return left
    taken: dict[int, int] = {}
    for i, wanted in enumerate(document.lines):
        quantity = wanted.quantity
        of_sku = [line for line in lines if line.sku == wanted.sku]
        if not of_sku:
            raise fault(f"/lines/{i}/sku", f"order {order.label} has no line with {wanted.sku!r}")
        for line in of_sku:
            part = min(quantity, line.quantity - line.shipped - taken.get(line.line, 0))
            if part > 0:
                taken[line.line] = taken.get(line.line, 0) + part
                quantity -= part
        if quantity:
            left_text = format_quantity(wanted.quantity - quantity)
            raise fault(f"/lines/{i}/quantity", f"order {order.label} has only {left_text} of {wanted.sku!r} left to ship")
    return [(line, taken[line.line]) for line in lines if line.line in taken]
