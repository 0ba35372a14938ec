"""A shipment: revenue for what left, its cost out of stock, and the freight that is expected for it.

Where the books recognise at delivery, the units stay an asset (goods shipped, 发出商品) until then.
"""

from __future__ import annotations

from ledger.costing.issue import Issued, cover, issue
from ledger.documents import sales
from ledger.policies import RECOGNITION
from ledger.rules.freight_waiting import arrived
from ledger.rules.recognition import post_revenue, recognise
from ledger.rules.shipped_parts import NamedLots, parts_of
from ledger.rules.unshipped import unshipped_lines
from ledger.state.records import Billed, Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work


def post_shipment(work: Work, document: sales.Shipment) -> None:
    """Recognise revenue and cost, accrue freight, and let lots of a later date pay at once what the stock now owes.

    Source: IFRS 15.31-38, IAS 2.34 (cost is expensed with its revenue), IAS 37.14 by analogy for the accrual; design 2, 3.4, 4.

    Example: 25 of 40 paid units leave; freight is estimated at 18.00.
        given a-tea-lot a-paid-order
        shipment S-1 on 2026-01-08 order=SO-1 estimated_freight=18.00 | TEA-01 25
        Dr contract_liability 500.00 order=SO-1 party=Customer
        Dr vat_pending 65.00 order=SO-1 party=Customer
        Cr sales 500.00 order=SO-1 sku=TEA-01
        Cr vat_output 65.00 order=SO-1
        Cr inventory:TEA-01 250.00 quantity=-25 lot=PO-1
        Dr cogs 250.00 order=SO-1 sku=TEA-01
        Dr freight_out 18.00 order=SO-1
        Cr accrued_freight 18.00 order=SO-1 reference=S-1

    Example: goods that the supplier sends to the customer have a stated cost of 30.00 and no lot.
        order SO-4 customer=Customer | LAMP-01 1 @ 50.00 cost=30.00
        shipment S-4 order=SO-4
        Dr receivable 50.00 order=SO-4
        Cr sales 50.00 order=SO-4 sku=LAMP-01
        Dr cogs 30.00 order=SO-4 sku=LAMP-01
        Cr stated_cost 30.00 order=SO-4 sku=LAMP-01
    """
    order = work.order(document.order)
    freight = in_base(work, document)
    shipped = unshipped_lines(work, order, document.lines, "ship")
    if document.carrier:
        work.state[Order].edit(order).carrier = document.carrier
    draft = work.draft(order.customer, f"Shipment {document.number} of order {order.label}", carrier=document.carrier or order.carrier)
    waits = work.chart.policy(RECOGNITION, work.date) == "delivery"
    _record(work, document, order, shipped, freight, waits=waits)
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
    if not waits:
        post_revenue(work, draft, order, recognise(work, order, [line for line, _ in shipped]), suppliers)
    costs.add("freight_out", freight, order=order)
    costs.add("accrued_freight", -freight, order=order, reference=document.number)
    draft.absorb(costs)
    for sku in left:
        cover(work, sku, document.warehouse)
    arrived(work, [("shipment", document.number), ("tracking", document.tracking)])


def in_base(work: Work, document: sales.Shipment) -> int:
    """Return the freight that a shipment estimates in the books' currency: its own `currency` says what it is stated in."""
    freight = document.estimated_freight
    return freight if document.currency is None or not freight else work.in_base(freight, document.currency)


def _record(work: Work, document: sales.Shipment, order: Order, shipped: list[tuple[OrderLine, int]], freight: int, *, waits: bool) -> None:
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
            accrued=freight,
            awaits_delivery=int(waits),
        )
    )
    work.state[Billed].begin_group("target", ("shipment", str(work.seq)))
    work.state[Order].edit(order).undelivered += int(waits)
    for line, quantity in shipped:
        work.state[ShipmentLine].add(ShipmentLine(work.seq, line.line, order.id, quantity))
        work.state[OrderLine].edit(line).shipped += quantity
        line.undelivered += quantity if waits else 0
    if freight:
        work.state[Order].edit(order).accrued += freight
    work.state[Stage].add(Stage(work.seq, "shipped", order.id, work.seq, document.date, document.at))
