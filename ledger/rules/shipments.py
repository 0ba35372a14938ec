"""A shipment: revenue for what left, its cost out of stock, and the freight that is expected for it."""

from __future__ import annotations

from ledger.costing.issue import Issued, cover, issue
from ledger.documents import sales
from ledger.rules.freight_waiting import arrived
from ledger.rules.recognition import post_revenue, recognise
from ledger.rules.shipped_parts import NamedLots, parts_of
from ledger.rules.unshipped import unshipped_lines
from ledger.state.records import Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work


def post_shipment(work: Work, document: sales.Shipment) -> None:
    """Recognise revenue and cost, accrue freight, and let lots of a later date pay at once what the stock now owes.

    Source: IFRS 15.31-38, IAS 2.34 (cost is expensed with its revenue), IAS 37.14 by analogy for the accrual; design 2, 3.4, 4.
    """
    order = work.order(document.order)
    shipped = unshipped_lines(work, order, document.lines, "ship")
    if document.carrier:
        work.state[Order].edit(order).carrier = document.carrier
    draft = work.draft(order.customer, f"Shipment {document.number} of order {order.label}", carrier=document.carrier or order.carrier)
    _record(work, document, order, shipped)
    earned = recognise(work, order, shipped)
    costs = draft.aside()
    suppliers: dict[int, str | None] = {}
    named = NamedLots(document.lines)
    left: dict[str, None] = {}
    for line, quantity in shipped:
        issued = Issued()
        for sku, units in parts_of(work, line, quantity, "/lines"):
            wanted = named.take(work, line, sku, units)
            issued.join(
                issue(
                    work,
                    costs,
                    sku=sku,
                    warehouse=document.warehouse,
                    wanted=wanted,
                    order=order,
                    shipment_id=work.seq,
                    line=line,
                )
            )
            left[sku] = None
        if line.stocked:
            suppliers[line.line] = issued.supplier
    named.refuse_left_over()
    post_revenue(work, draft, order, earned, suppliers)
    draft.absorb(costs)
    draft.add("freight_out", document.estimated_freight, order=order)
    draft.add("accrued_freight", -document.estimated_freight, order=order, reference=document.number)
    for sku in left:
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
