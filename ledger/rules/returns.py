"""A return: revenue and tax go back at the order's own prices, cost at the order's own cost; money follows with a refund."""

from __future__ import annotations

from ledger.costing.give_back import Returned, give_back
from ledger.costing.issue import SHIPPED, SOLD, cover
from ledger.documents import sales
from ledger.journal.draft import Draft
from ledger.money import format_quantity, part_of
from ledger.rules.cancellations import follow_goods, release_excess
from ledger.rules.carrying import stated_cost
from ledger.rules.deliveries import take_off_undelivered
from ledger.rules.gifts import take_back_gift_tax
from ledger.rules.given_back import follow_returns, given_back, owe_customer
from ledger.rules.opening_costs import learn_cost
from ledger.rules.payments import output_role
from ledger.rules.shipped_parts import parts_of
from ledger.state.records import Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work, fault


def post_return(work: Work, document: sales.Return) -> None:
    """Debit returns and output tax, credit the order's receivable and then what we owe the customer (IFRS 15.B20-B27; CAS 14.32).

    The platform's part of the price goes back to it, and what was allowed on the goods before is not owed again.

    Units that come back before they were delivered have earned nothing: they leave the order as cancelled ones do, out of goods shipped.

    Example: 2 of 25 shipped at 20.00 come back to stock; the money follows with a refund.
        given a-first-shipment
        return RET-1 on 2026-02-05 order=SO-1 | TEA-01 2
        Dr returns 40.00 order=SO-1 sku=TEA-01
        Dr vat_output 5.20 order=SO-1
        Cr refund_liability 45.20 order=SO-1 party=Customer
        Cr cogs 20.00 order=SO-1 sku=TEA-01
        Dr inventory:TEA-01 20.00 quantity=2 lot=RET-1

    Example: an order that is still unpaid owes less.
        given an-unpaid-shipment
        return RET-3 on 2026-01-15 order=SO-3 | TEA-01 1
        Dr returns 20.00 order=SO-3
        Dr vat_output 2.60 order=SO-3
        Cr receivable 22.60 order=SO-3
        Cr cogs 10.00 order=SO-3
        Dr inventory:TEA-01 10.00 quantity=1 lot=RET-3
    """
    order = work.order(document.order)
    shipment_id = None
    if document.shipment is not None:
        shipment_id = work.find("shipment", document.shipment, "/shipment").origin
        if work.state[Shipment].require(shipment_id).order_id != order.id:
            raise fault("/shipment", f"shipment {document.shipment!r} is not of order {order.label}")
    draft = work.draft(order.customer, f"Return {document.number} of order {order.label}")
    costs = draft.aside()
    returned = given_back(work, order)
    gross = 0
    called_off = False
    restocked: dict[str, None] = {}
    for i, wanted in enumerate(document.lines):
        for part, quantity in _sources(work, order, wanted, shipment_id, f"/lines/{i}"):
            line = work.state[OrderLine].require((order.id, part.line))
            work.state[ShipmentLine].edit(part).returned += quantity
            held = SHIPPED if order.undelivered and work.state[Shipment].require(part.shipment_id).awaits_delivery else SOLD
            if line.stocked:
                learn_cost(work, order, part)
            if held == SHIPPED:
                take_off_undelivered(work, order, line, part.shipment_id, quantity)
                called_off = True
            else:
                gross += _take_back_revenue(work, draft, order, line, quantity)
            for sku, units in parts_of(work, line, quantity, f"/lines/{i}/quantity"):
                back = Returned(order, part.shipment_id, line.line, sku, units, wanted.restock, document.warehouse, held)
                give_back(work, costs, back)
                restocked |= {sku: None} if wanted.restock else {}
            if not line.stocked and held == SOLD:
                _take_back_stated_cost(work, costs, order, line)
    if called_off:
        follow_goods(work, order)
        release_excess(work, draft, order)
    owe_customer(work, draft, order, gross - follow_returns(work, draft, order, returned))
    draft.absorb(costs)
    for sku in restocked:
        cover(work, sku, document.warehouse)
    work.state[Stage].add(Stage(work.seq, "returned", order.id, shipment_id, document.date, document.at))


def _sources(work: Work, order: Order, wanted: sales.ReturnLine, shipment_id: int | None, pointer: str) -> list[tuple[ShipmentLine, int]]:
    """Return the shipment lines that the units come back from: the named shipment's, else the latest first."""
    lines = {line.line: line for line in work.lines(order)}
    parts = sorted(work.state[ShipmentLine].where("order", order.id), key=lambda p: (p.shipment_id, p.line), reverse=True)
    if all(line.sku != wanted.sku for line in lines.values()):
        raise fault(f"{pointer}/sku", f"order {order.label} has no line with {wanted.sku!r}")
    left = wanted.quantity
    chosen = []
    for part in parts:
        quantity = min(left, part.quantity - part.returned)
        if quantity > 0 and lines[part.line].sku == wanted.sku and shipment_id in (None, part.shipment_id):
            chosen.append((part, quantity))
            left -= quantity
    if left:
        of_what = f"order {order.label}" if shipment_id is None else "that shipment"
        possible = format_quantity(wanted.quantity - left)
        raise fault(f"{pointer}/quantity", f"only {possible} of {wanted.sku!r} of {of_what} can come back")
    return chosen


def _take_back_revenue(work: Work, draft: Draft, order: Order, line: OrderLine, quantity: int) -> int:
    """Take back the part of what the line recognised; all of it once all that earned it is back. Returns the gross amount."""
    work.state[OrderLine].edit(line)
    line.returned += quantity
    net = max(0, part_of(line.net_done, line.returned, line.earned) - line.returned_net)
    tax = max(0, part_of(line.tax_done, line.returned, line.earned) - line.returned_tax)
    line.returned_net += net
    line.returned_tax += tax
    work.state[Order].edit(order)
    order.returned_net += net
    order.returned_tax += tax
    role = "gift_card" if line.type == "gift_card" else "returns"
    draft.add(role, net, order=order, sku=line.sku)
    draft.add(output_role(order), tax, order=order)
    take_back_gift_tax(work, draft, order, line)
    return net + tax


def _take_back_stated_cost(work: Work, draft: Draft, order: Order, line: OrderLine) -> None:
    """Reverse the stated cost of returned units: they go back to whom we owe it (design 3.7)."""
    if line.cost is None:
        return
    work.state[OrderLine].edit(line)
    cost = max(0, part_of(line.cost_done, line.returned, line.earned) - line.returned_cost)
    line.returned_cost += cost
    cost = -stated_cost(work, order, -cost)
    draft.add("stated_cost", cost, order=order, sku=line.sku)
    draft.add("cogs", -cost, order=order, sku=line.sku)
