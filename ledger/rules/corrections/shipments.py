"""Correction of a shipment: more or fewer units left, revenue follows, and only the difference of units moves."""

from __future__ import annotations

from ledger.costing.issue import cover
from ledger.documents.sales import Shipment as Sent
from ledger.journal.draft import Draft
from ledger.money import format_quantity
from ledger.rules.corrections.posted import forget_stages
from ledger.rules.corrections.shipped_lots import restated
from ledger.rules.corrections.taken_back import post_taken_back, taken_back
from ledger.rules.freight_waiting import arrived
from ledger.rules.given_back import follow_returns, given_back
from ledger.rules.recognition import recognise
from ledger.rules.restating import post_difference
from ledger.rules.shipments import in_base
from ledger.rules.unshipped import unshipped_lines
from ledger.state.records import DocumentRow, Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work, fault


def correct_shipment(work: Work, new: Sent, old: Sent, row: DocumentRow) -> None:
    """Restate the shipment in place: revenue, units, accrual and what it says of the parcel (IFRS 15.31; IAS 2.34).

    Units that did not leave after all come back at the cost that the order bears; units that left beyond are issued today.

    Example: 25 were said to have left, it was 24: one unit is not earned yet, and is in stock again at what it had cost the order.
        given a-first-shipment
        shipment S-1 on 2026-01-09 order=SO-1 estimated_freight=18.00 corrects=true reason=miscounted | TEA-01 24
        on 2026-01-09
        Cr cogs 10.00
        Dr inventory:TEA-01 10.00
        on 2026-01-09
        Cr contract_liability 20.00
        Cr vat_pending 2.60
        Dr sales 20.00
        Dr vat_output 2.60
    """
    order = work.order(new.order)
    shipment = work.state[Shipment].require(work.restate(row))
    if shipment.order_id != order.id or new.warehouse != old.warehouse:
        name = "order" if shipment.order_id != order.id else "warehouse"
        raise fault(f"/{name}", "cannot be another one: take the shipment's units back with a return and ship again")
    returned = given_back(work, order)
    wanted = _wanted(work, order, shipment, new)
    back = work.reversal(old, row, order.customer, date=new.date)
    draft = work.draft(order.customer, f"Shipment {new.number} of order {order.label} corrected", carrier=new.carrier or order.carrier)
    _take(work, order, shipment, wanted)
    earned = recognise(work, order, work.lines(order), fall=True)
    # Of goods that all came back nothing may be left: a cancellation since may have moved what is recognised by a cent.
    gone = taken_back(work, order, [line for line in work.lines(order) if line.returned == line.earned])
    post_difference(work, draft, order, earned, gone.gross - follow_returns(work, draft, order, returned))
    post_taken_back(draft, order, gone)
    moves = restated(work, order, shipment, old, new, back, draft)
    moved: dict[str, None] = {}
    for line in work.lines(order):
        before, quantity = _count(work, order, shipment, line, wanted.get(line.line, 0))
        moved |= dict.fromkeys(moves.move(line, before, quantity))
    moves.now.refuse_left_over()
    _restate_freight(work, draft, order, shipment, new)
    _restate_parcel(work, order, shipment, new, row)
    for sku in moved:
        cover(work, sku, new.warehouse)
    arrived(work, [("tracking", new.tracking)])


def _wanted(work: Work, order: Order, shipment: Shipment, new: Sent) -> dict[int, int]:
    """Return what the shipment takes of each order line now, among all that no other shipment has taken."""
    for part in _parts(work, shipment):
        line = work.state[OrderLine].edit(work.state[OrderLine].require((order.id, part.line)))
        line.shipped -= part.quantity
        line.undelivered -= part.quantity if shipment.awaits_delivery else 0
    wanted = {line.line: quantity for line, quantity in unshipped_lines(work, order, new.lines, "ship")}
    for part in _parts(work, shipment):
        if wanted.get(part.line, 0) < part.returned:
            there, sku = format_quantity(part.returned), work.state[OrderLine].require((order.id, part.line)).sku
            raise fault("/lines", f"{there} of {sku!r} of this shipment have come back; it cannot have been fewer")
    return wanted


def _take(work: Work, order: Order, shipment: Shipment, wanted: dict[int, int]) -> None:
    for number, quantity in wanted.items():
        line = work.state[OrderLine].edit(work.state[OrderLine].require((order.id, number)))
        line.shipped += quantity
        line.undelivered += quantity if shipment.awaits_delivery else 0


def _parts(work: Work, shipment: Shipment) -> list[ShipmentLine]:
    return [part for part in work.state[ShipmentLine].where("order", shipment.order_id) if part.shipment_id == shipment.id]


def _count(work: Work, order: Order, shipment: Shipment, line: OrderLine, quantity: int) -> tuple[int, int]:
    """Let the shipment have sent `quantity` of an order line; return what it had sent before, and that."""
    part = work.state[ShipmentLine].get((shipment.id, line.line))
    before = part.quantity if part is not None else 0
    if part is None and quantity:
        work.state[ShipmentLine].add(ShipmentLine(shipment.id, line.line, order.id, quantity))
    elif part is not None and quantity != before:
        work.state[ShipmentLine].edit(part).quantity = quantity
    return before, quantity


def _restate_freight(work: Work, draft: Draft, order: Order, shipment: Shipment, new: Sent) -> None:
    """Accrue the new estimate instead of the old one; once the carrier has billed the shipment no estimate counts any more."""
    if shipment.billed:
        return
    freight = in_base(work, new)
    difference = freight - shipment.accrued
    work.state[Shipment].edit(shipment).accrued = freight
    work.state[Order].edit(order).accrued += difference
    costs = draft.aside()
    costs.add("freight_out", difference, order=order)
    costs.add("accrued_freight", -difference, order=order, reference=shipment.number)
    draft.absorb(costs)


def _restate_parcel(work: Work, order: Order, shipment: Shipment, new: Sent, row: DocumentRow) -> None:
    work.state[Shipment].regroup(shipment, tracking=new.tracking)
    shipment.date, shipment.carrier, shipment.weight = new.date, new.carrier, new.weight_kg
    if new.carrier:
        work.state[Order].edit(order).carrier = new.carrier
    forget_stages(work, order, row)
    work.state[Stage].add(Stage(work.seq, "shipped", order.id, shipment.id, new.date, new.at))
