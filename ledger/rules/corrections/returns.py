"""Correction of a return: the customer has the units again, at what stock or the broken pile carries for them."""

from __future__ import annotations

from ledger.costing.take_again import Again, take_again
from ledger.documents.sales import Return, ReturnLine
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.carrying import stated_cost
from ledger.rules.corrections.posted import forget_stages
from ledger.rules.gifts import post_gift_tax
from ledger.rules.given_back import charge_again, follow_returns, given_back
from ledger.rules.payments import output_role
from ledger.rules.returns import post_return
from ledger.rules.shipped_parts import parts_of
from ledger.state.records import Cancelled, DocumentRow, Lot, Order, OrderLine, ShipmentLine
from ledger.work import Work, fault


def correct_return(work: Work, new: Return, old: Return, row: DocumentRow) -> None:
    """Take the return back (revenue, tax, units and their cost are the order's again) and post what really came back.

    Source: IFRS 15.B20-B27; 财会〔2024〕12号.

    Example: 2 units had come back, it was 1: it is earned again, and leaves the stock again.
        given a-first-shipment
        return R-1 on 2026-02-05 order=SO-1 | TEA-01 2
        return R-1 order=SO-1 corrects=true reason=miscounted | TEA-01 1
        on 2026-02-05
        Cr returns 40.00
        Cr vat_output 5.20
        Cr inventory:TEA-01 20.00
        Dr cogs 20.00
        Dr refund_liability 45.20
        on 2026-02-05
        Dr returns 20.00
        Dr vat_output 2.60
        Cr refund_liability 22.60
        Cr cogs 10.00
        Dr inventory:TEA-01 10.00
    """
    order = work.order(old.order)
    shipment_id = work.find("shipment", old.shipment, "/shipment").origin if old.shipment is not None else None
    draft = work.reversal(old, row, order.customer)
    if work.state[Cancelled].where("document", row.seq):
        raise fault(
            "/corrects", "units came back before they were delivered, and left the order with that; ship again, or send another return"
        )
    draft.date = max([draft.date, *(lot.available for lot in work.state[Lot].where("document", row.seq))])
    returned = given_back(work, order)
    gross = 0
    for wanted in old.lines:
        for part, quantity in _sources(work, order, wanted, shipment_id):
            line = work.state[OrderLine].require((order.id, part.line))
            gross += _earn_again(work, draft, order, line, quantity)
            work.state[ShipmentLine].edit(part).returned -= quantity
            for sku, units in parts_of(work, line, quantity, "/lines"):
                take_again(work, draft, Again(order, part.shipment_id, line, sku, units, wanted.restock, old.warehouse, row.seq))
    charge_again(work, draft, order, gross + follow_returns(work, draft, order, returned))
    forget_stages(work, order, row)
    post_return(work, new)


def _sources(work: Work, order: Order, wanted: ReturnLine, shipment_id: int | None) -> list[tuple[ShipmentLine, int]]:
    """Return the shipment lines that the units had come back from: the ones that a return reaches last come first."""
    lines = {line.line: line for line in work.lines(order)}
    left, chosen = wanted.quantity, []
    for part in sorted(work.state[ShipmentLine].where("order", order.id), key=lambda p: (p.shipment_id, p.line)):
        quantity = min(left, part.returned)
        if quantity > 0 and lines[part.line].sku == wanted.sku and shipment_id in (None, part.shipment_id):
            chosen.append((part, quantity))
            left -= quantity
    return chosen


def _earn_again(work: Work, draft: Draft, order: Order, line: OrderLine, quantity: int) -> int:
    """Bring what was taken back to its part of what is still returned; return the gross amount that is earned again."""
    work.state[OrderLine].edit(line)
    line.returned -= quantity
    net = line.returned_net - part_of(line.net_done, line.returned, line.earned)
    tax = line.returned_tax - part_of(line.tax_done, line.returned, line.earned)
    line.returned_net -= net
    line.returned_tax -= tax
    work.state[Order].edit(order)
    order.returned_net -= net
    order.returned_tax -= tax
    draft.add("gift_card" if line.type == "gift_card" else "returns", -net, order=order, sku=line.sku)
    draft.add(output_role(order), -tax, order=order)
    gifts = line.returned_gift_tax - part_of(line.gift_tax_done, line.returned, line.earned)
    line.returned_gift_tax -= gifts
    post_gift_tax(work, draft, order, line, gifts)
    if line.cost is not None:
        cost = line.returned_cost - part_of(line.cost_done, line.returned, line.earned)
        line.returned_cost -= cost
        cost = stated_cost(work, order, cost)
        draft.add("stated_cost", -cost, order=order, sku=line.sku)
        draft.add("cogs", cost, order=order, sku=line.sku)
    return net + tax
