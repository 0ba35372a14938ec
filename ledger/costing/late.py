"""Late cost: what arrives after the units did goes to units on hand and to the orders that took the rest, today (IAS 2.10-11; CAS 1)."""

from __future__ import annotations

from ledger.costing.issue import post_cost
from ledger.costing.lots import Cost
from ledger.costing.months import note_late, note_stock
from ledger.journal.draft import Draft
from ledger.money import allocate
from ledger.state.records import Consumption, Lot, Order
from ledger.work import Work


def spread(work: Work, draft: Draft, lot: Lot, amount: int, component: str) -> None:
    """Share `amount` (minor units, either sign) over the units that the receipt `lot` brought, wherever they are now.

    On hand, also as returned lots: the lot's money. Sold: the orders that hold them. Broken, lost or sampled: that same expense.
    `component` is "landed", "variance", or "memo", which is posted nowhere. Costs O(orders that took the lot), never more.
    Source: IAS 2.10-11; CAS 1.6; design 3.5.

    Example: 100.00 of freight plus 9 % for 100 units of which 25 are sold: 75.00 to stock, 25.00 to the order, today.
        given a-first-shipment
        freight_bill F-1 on 2026-02-03 carrier=Carrier | 100.00 inbound purchases=PO-1 tax_rate=0.09
        Dr inventory:TEA-01 75.00 sku=TEA-01 lot=PO-1
        Dr landed 25.00 order=SO-1 sku=TEA-01
        Dr vat_input 9.00
        Cr payable:carrier 109.00 party=Carrier
    """
    lots = [child for child in work.state[Lot].where("root", lot.root_id) if child.quantity > 0]
    held = [c for c in work.state[Consumption].where("root", lot.root_id) if c.quantity > 0]
    shares = allocate(amount, [child.quantity for child in lots] + [c.quantity for c in held])
    account = work.stock_account(lot.sku)
    if component == "landed":
        root = work.state[Lot].require(lot.root_id)
        work.state[Lot].edit(root).charged += amount
    for child, share in zip(lots, shares, strict=False):
        if share:
            work.state[Lot].edit(child)
            setattr(child, component, getattr(child, component) + share)
            if component != "memo":
                draft.stock(account, child, 0, share)
            note_stock(work, child.sku, draft.date, 0, Cost(0, **{component: share}))
    for consumption, share in zip(held, shares[len(lots) :], strict=True):
        if share:
            work.state[Consumption].edit(consumption)
            setattr(consumption, component, getattr(consumption, component) + share)
            note_late(work, consumption, draft.date, component, share)
            cost = Cost(0, **{component: share})
            order = work.state[Order].require(consumption.order_id) if consumption.order_id is not None else None
            post_cost(draft, order, consumption.sold_as, cost, consumption.held, lot.supplier)
