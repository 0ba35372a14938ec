"""The open orders of an opening: brought to where they stand, by the rules that would have brought them there."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.documents import sales
from ledger.documents.open_orders import OpenOrder, OpenOrderLine
from ledger.documents.opening import Opening
from ledger.errors import LedgerError
from ledger.journal.draft import Draft
from ledger.money import format_scaled, part_of
from ledger.rules.given_back import owe_customer
from ledger.rules.opening_costs import hold_shipped
from ledger.rules.opening_currency import keep_earned
from ledger.rules.opening_names import against_equity, bring
from ledger.rules.orders import record_order
from ledger.rules.payments import post_due, receive
from ledger.rules.platform_discounts import platform_returned
from ledger.rules.recognition import recognise, release_advance
from ledger.state.opened import give_number, opened_as
from ledger.state.records import Order, OrderLine, Shipment, ShipmentLine, Stage
from ledger.work import Work, fault

UNNAMED_SHIPMENT = "shipped"
"""The kind under which what was shipped without a shipment's number is kept: no reference can mean it."""


def post_orders(work: Work, document: Opening) -> None:
    """Post what each open order stands at; revenue and cost until now belong to the old system (IFRS 15.105-108).

    Example: 25 of 40 ordered pieces have left for 565.00, 700.00 are paid: an advance of 135.00 is left.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_orders":
        | [{"number": "SO-1", "customer": "Customer", "prices_include_tax": true, "paid": "700.00", "lines":
        | [{"sku": "TEA-01", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13", "shipped": "25", "shipped_cost": "250.00"}]}]}
        on 2026-06-30
        Cr contract_liability 119.47
        Cr vat_pending 15.53
        Dr opening_equity 135.00
    """
    draft = work.draft("", f"Opening {document.number}: open orders")
    for i, given in enumerate(document.open_orders):
        try:
            _open(work, draft, document, given)
        except LedgerError as error:
            raise error.under(f"/open_orders/{i}") from None
    against_equity(draft)


def _open(work: Work, draft: Draft, document: Opening, given: OpenOrder) -> None:
    source = given.source or document.source
    if opened_as(work.state, "order", source, given.number) is not None:
        raise fault("/number", f"{source}/order/{given.number} is in the books already")
    order_id = bring(work, document, "order", given.number, "/number", source=source, date=given.date).id
    order = record_order(work, _as_order(document, given, source), order_id)
    lines = work.lines(order)
    # The entries of the old system, made again to see what they leave; they are not posted.
    past = draft.aside()
    receive(work, past, order, given.paid)
    _recognise(work, order, lines, given.lines)
    release_advance(work, past, order, order.recognised_net + order.recognised_tax - order.platform_done)
    shipment_id = _shipped(work, draft, document, given, order, lines)
    returned_gross = _returned(work, order, lines, given.lines)
    owe_customer(work, past, order, returned_gross - platform_returned(order, lines))
    hold_shipped(work, order, lines, given, shipment_id, document.date)
    earned, returned = order.recognised_net + order.recognised_tax, order.returned_net + order.returned_tax
    keep_earned(work, order, earned, returned, sum(line.gift_tax_done for line in lines))
    _post_balances(draft, order)
    for stage, date in (("placed", given.date), ("paid", given.paid_on)):
        if date is not None:
            work.state[Stage].add(Stage(work.seq, stage, order.id, None, date, None))


def _as_order(document: Opening, given: OpenOrder, source: str) -> sales.Order:
    return sales.Order(
        source=source,
        number=given.number,
        date=given.date or document.date,
        customer=given.customer,
        channel=given.channel,
        prices_include_tax=given.prices_include_tax,
        lines=given.lines,
        discount=given.discount,
        discount_funded_by=given.discount_funded_by,
        shipping=given.shipping,
        tax_collected_by=given.tax_collected_by,
        currency=document.currency,
    )


def _recognise(work: Work, order: Order, lines: Sequence[OrderLine], given: Sequence[OpenOrderLine]) -> None:
    """Recognise what was shipped, by the rule of shipments or as the old books have it; shipping and discount follow the goods."""
    for line, one in zip(lines, given, strict=True):
        work.state[OrderLine].edit(line).shipped = one.shipped
    recognise(work, order, [line for line in lines if line.shipped])
    for line, one in zip(lines, given, strict=True):
        work.state[OrderLine].edit(line)
        if one.recognised is not None:
            _possible(work, line, one.recognised, line.net, f"/lines/{line.line}/recognised")
            order.recognised_net += one.recognised - line.net_done
            line.discount_done = part_of(line.discount_net, one.recognised, line.net) if line.net else line.discount_done
            line.list_done = one.recognised + line.discount_done
        if one.recognised_tax is not None:
            _possible(work, line, one.recognised_tax, line.tax, f"/lines/{line.line}/recognised_tax")
            order.recognised_tax += one.recognised_tax - line.tax_done
            line.tax_done = one.recognised_tax
    recognise(work, order, [])


def _possible(work: Work, line: OrderLine, recognised: int, whole: int, pointer: str) -> None:
    """Refuse an amount that no shipments can lead to; between nothing and all of the line, the next shipment evens it out."""
    if recognised > whole:
        raise fault(pointer, f"is more than the {format_scaled(whole, work.digits)} of the line")
    if not line.shipped and recognised:
        raise fault(pointer, "must be zero: nothing of the line was shipped")
    if line.shipped == line.quantity and recognised != whole:
        raise fault(pointer, f"must be {format_scaled(whole, work.digits)}: all of the line was shipped")


def _shipped(work: Work, draft: Draft, document: Opening, given: OpenOrder, order: Order, lines: Sequence[OrderLine]) -> int | None:
    """Record what was shipped as one shipment: returns and late freight find it. Returns its number, None where nothing was."""
    if not any(line.shipped for line in lines):
        return None
    one = given.shipment
    if one is None:
        shipment_id = give_number(work.state, work.seq, UNNAMED_SHIPMENT, order.source, order.number, document.date).id
    elif opened_as(work.state, "shipment", order.source, one.number) is not None:
        raise fault("/shipment/number", f"{order.source}/shipment/{one.number} is in the books already")
    else:
        shipment_id = bring(work, document, "shipment", one.number, "/shipment/number", source=order.source, date=one.date).id
    work.state[Shipment].add(
        Shipment(
            id=shipment_id,
            order_id=order.id,
            number=one.number if one else order.number,
            date=(one.date if one else None) or document.date,
            warehouse=one.warehouse if one else "main",
            carrier=one.carrier if one else None,
            tracking=one.tracking if one else None,
            weight=one.weight_kg if one else None,
            accrued=one.accrued_freight if one else 0,
        )
    )
    for line in lines:
        if line.shipped:
            work.state[ShipmentLine].add(ShipmentLine(shipment_id, line.line, order.id, line.shipped))
    if one is not None:
        order.carrier = one.carrier
        order.accrued = one.accrued_freight
        draft.add("accrued_freight", -one.accrued_freight, order=order, reference=one.number)
        if one.date is not None:
            work.state[Stage].add(Stage(work.seq, "shipped", order.id, shipment_id, one.date, None))
    return shipment_id


def _returned(work: Work, order: Order, lines: Sequence[OrderLine], given: Sequence[OpenOrderLine]) -> int:
    """Take back the part of what each line recognised, as a return does; return the gross amount."""
    gross = 0
    for line, one in zip(lines, given, strict=True):
        if one.returned:
            line.returned = one.returned
            line.returned_net = part_of(line.net_done, one.returned, line.shipped)
            line.returned_tax = part_of(line.tax_done, one.returned, line.shipped)
            order.returned_net += line.returned_net
            order.returned_tax += line.returned_tax
            gross += line.returned_net + line.returned_tax
    for part in work.state[ShipmentLine].where("order", order.id):
        part.returned = given[part.line].returned
    return gross


def _post_balances(draft: Draft, order: Order) -> None:
    draft.add_party("receivable", order.receivable, order)
    draft.add_party("contract_liability", -order.contract_liability, order)
    draft.add_party("vat_pending", -order.vat_pending, order)
    post_due(draft, order, -order.vat_due)
    draft.add_party("customer_deposit", -order.customer_deposit, order)
    draft.add_party("refund_liability", -order.refund_liability, order)
