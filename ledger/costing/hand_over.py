"""Delivered units: their cost leaves goods shipped and becomes cost of the order that has had them on their way (IAS 2.34; CAS 14)."""

from __future__ import annotations

from collections.abc import Collection

from ledger.costing.issue import SHIPPED, SOLD, Issued, cost_role, post_cost
from ledger.costing.lots import Cost
from ledger.journal.draft import Draft
from ledger.state.records import Consumption, Lot, Order, Owed
from ledger.work import Work


def hand_over(work: Work, draft: Draft, order: Order, shipments: Collection[int]) -> dict[int, str | None]:
    """Move what the shipments hold from `goods_shipped` to each component's own role; return each line's one supplier, or None.

    Late costs that came meanwhile are in it. Units that the stock still owes move at their estimate (IAS 2.34; CAS 14.33).

    Example: 2 units of 10.00 are on their way when 1.00 of freight for them is billed; with the delivery all of it is cost of the order.
        books recognition=delivery
        purchase PO-1 supplier=Supplier | TEA-01 2 @ 10.00
        order SO-1 customer=Customer | TEA-01 2 @ 20.00
        shipment S-1 on 2026-01-08 order=SO-1
        Dr goods_shipped 20.00 order=SO-1 sku=TEA-01
        Cr inventory:TEA-01 20.00 quantity=-2
        freight_bill F-1 on 2026-01-09 carrier=Carrier | 1.00 inbound purchases=PO-1
        Dr goods_shipped 1.00 order=SO-1 sku=TEA-01
        Cr payable:carrier 1.00
        delivery D-1 on 2026-01-10 order=SO-1
        on 2026-01-10
        Dr receivable 40.00
        Cr sales 40.00
        Cr goods_shipped 21.00
        Dr cogs 20.00
        Dr landed 1.00
    """
    lines: dict[int, Issued] = {}
    for held in work.state[Consumption].where("order", order.id):
        if held.quantity and held.held == SHIPPED and held.shipment_id in shipments:
            supplier = work.state[Lot].require(held.lot_id).supplier
            cost = Cost(held.goods, held.landed, held.variance, held.memo)
            work.state[Consumption].edit(held).held = SOLD
            post_cost(draft, order, held.sold_as, Cost(0) - cost, SHIPPED, supplier)
            post_cost(draft, order, held.sold_as, cost, SOLD, supplier)
            lines.setdefault(held.line, Issued()).suppliers.add(supplier)
    for debt in work.state[Owed].where("order", order.id):
        if debt.quantity and debt.held == SHIPPED and debt.shipment_id in shipments:
            work.state[Owed].edit(debt).held = SOLD
            draft.add(SHIPPED, -debt.estimate - debt.beyond, order=order, sku=debt.sold_as)
            draft.add(cost_role("cogs", SOLD), debt.estimate + debt.beyond, order=order, sku=debt.sold_as)
            lines.setdefault(debt.line, Issued()).owed += debt.quantity
    return {line: issued.supplier for line, issued in lines.items()}
