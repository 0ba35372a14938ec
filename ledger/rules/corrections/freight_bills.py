"""Correction of a freight bill: what it charged is taken off the goods and orders that bear it now."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.inbound import BILLED
from ledger.documents.purchasing import FreightBill, FreightLine
from ledger.rules.corrections.posted import COST_ROLES, negate
from ledger.rules.freight import parts_of, post_freight_bill
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_targets import Named, load
from ledger.rules.freight_waiting import settle, targets_text
from ledger.rules.taxes import line_taxes
from ledger.state.records import DocumentRow, Order, Shipment, Waiting
from ledger.work import Work


def correct_freight_bill(work: Work, new: FreightBill, old: FreightBill, row: DocumentRow) -> None:
    """Reverse the bill and post the right one, so that orders and stock bear the difference (IAS 2.10-11; IAS 8.36; design 4).

    Inbound cost goes back by the consumption of today; an accrual that the bill had released is open again.

    Example: 100.00 inbound over 100 units of which 25 are sold; it was 120.00: 15.00 more in stock, 5.00 more on the order.
        given a-first-shipment
        freight_bill F-1 on 2026-02-03 carrier=Carrier | 100.00 inbound purchases=PO-1
        freight_bill F-1 carrier=Carrier corrects=true reason="a page was missing" | 120.00 inbound purchases=PO-1
        on 2026-02-03
        Dr payable:carrier 100.00
        Cr inventory:TEA-01 75.00
        Cr landed 25.00
        on 2026-02-03
        Dr inventory:TEA-01 90.00
        Dr landed 30.00
        Cr payable:carrier 120.00
    """
    draft = work.reversal(old, row, old.carrier)
    draft.carrier = old.carrier
    negate(work, draft, row, without=COST_ROLES)
    expensed = any(work.chart.role_of(p.account) == "freight_in" for p in work.posted(row))
    parked = {(one.line, one.targets): one for one in work.state[Waiting].where("document", row.seq)}
    for i, (line, tax) in enumerate(zip(old.lines, _taxes_in_cost(work, old, row), strict=True)):
        of_line = expensed and line.direction == "inbound"
        charge = Charge(work, draft, line.direction, line.charge, line.basis, f"/lines/{i}", bill=row.seq, expensed=of_line)
        if line.direction == "inbound":
            draft.follow_inbound(None, BILLED, -line.amount - tax, 0)
        for names, amount in parts_of(line, tax):
            waiting = parked.get((i, targets_text(names)))
            if waiting is None:
                _take_off(charge, line, names, amount)
            elif waiting.waits:
                settle(work, waiting)
            else:
                _take_off_matched(charge, names, amount)
    post_freight_bill(work, new)


def _take_off(charge: Charge, line: FreightLine, names: Sequence[Named], amount: int) -> None:
    """Take back what the bill's own entry did beyond its postings, which are reversed already: the goods' cost, the accruals' state."""
    if line.direction == "inbound":
        charge.bring(names, -amount)
        return
    for shipment, _ in _released_by(charge, names):
        _open_accrual(charge.work, shipment)


def _take_off_matched(charge: Charge, names: Sequence[Named], amount: int) -> None:
    """Take back what was posted when a waiting charge found its target: the amount, and the accrual that it released."""
    charge.bring(names, -amount)
    charge.post_waiting(amount)
    for shipment, order in _released_by(charge, names):
        released = shipment.released
        charge.draft.add("freight_out", released, order=order)
        charge.draft.add("accrued_freight", -released, order=order, reference=shipment.number)
        charge.work.state[Order].edit(order).accrued += released
        _open_accrual(charge.work, shipment)


def _taxes_in_cost(work: Work, old: FreightBill, row: DocumentRow) -> list[int]:
    """Return the part of each line's tax that was cost: all of it where the bill brought no input tax (small-scale taxpayers)."""
    taxes = line_taxes(old.lines, [line.amount for line in old.lines])
    credited = any(work.chart.role_of(p.account) == "vat_input" for p in work.posted(row))
    return [0] * len(taxes) if credited else taxes


def _released_by(charge: Charge, names: Sequence[Named]) -> list[tuple[Shipment, Order]]:
    loads = [load(charge.work, name, charge.pointer) for name in names]
    return [(shipment, one.order) for one in loads if one is not None for shipment in one.shipments if shipment.billed == charge.bill]


def _open_accrual(work: Work, shipment: Shipment) -> None:
    work.state[Shipment].edit(shipment)
    shipment.accrued, shipment.released, shipment.billed = shipment.released, 0, 0
