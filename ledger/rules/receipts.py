"""A receipt: units come in at estimated prices against GR/IR, without tax (IAS 2.10; 财会〔2016〕22号: 暂估 never holds input VAT)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.costing.issue import cover
from ledger.costing.lots import Cost, Incoming, add_lot, unit_price_of
from ledger.documents.receiving import PricedLine, PurchaseOrder, Receipt
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.conversion import in_base, in_units, post_grir
from ledger.rules.freight_waiting import arrived
from ledger.rules.kits import refuse_kit
from ledger.rules.prepayments import NOTHING, Ahead, Funds, goods_in_base, open_ahead, rate_of, total, use
from ledger.state.records import Invoiced, Received, Sku
from ledger.work import Work, fault


def post_purchase_order(work: Work, document: PurchaseOrder) -> None:
    """Record the order; it posts nothing until goods or an invoice come (IFRS 9.B3.1.2: nobody has performed).

    Example: 100 ordered at 10.00.
        purchase_order PO-1 supplier=Supplier | TEA-01 100 @ 10.00
        nothing
    """
    del work, document


def post_receipt(work: Work, document: Receipt) -> None:
    """Debit lots, credit GR/IR; units that were invoiced before they came stand at their invoice's price (IAS 2.10; 财会〔2016〕22号).

    Example: 100 come in at an estimated 10.00, not invoiced yet.
        receipt R-1 supplier=Supplier | TEA-01 100 @ 10.00
        Dr inventory:TEA-01 1000.00 quantity=100 lot=R-1
        Cr grir 1000.00 party=Supplier reference=R-1

    Example: the invoice comes first, at 10.20: it waits in GR/IR as goods in transit until the goods come.
        purchase_order PO-1 supplier=Supplier | TEA-01 100 @ 10.00
        supplier_invoice I-1 on 2026-01-10 supplier=Supplier purchase_order=PO-1 | TEA-01 100 @ 10.20 tax_rate=0.13
        Dr grir 1020.00 party=Supplier reference=I-1
        Dr vat_input 132.60
        Cr payable:supplier 1152.60 party=Supplier
        receipt R-1 on 2026-01-20 supplier=Supplier purchase_order=PO-1 | TEA-01 100 @ 10.00
        Dr inventory:TEA-01 1020.00 quantity=100 lot=R-1
        Cr grir 1020.00 party=Supplier reference=I-1
    """
    order_id = work.find("purchase_order", document.purchase_order, "/purchase_order").origin if document.purchase_order else None
    early = [_invoiced_before(work, order_id, document.currency, line, i) for i, line in enumerate(document.lines)]
    draft = work.draft(document.supplier, f"Receipt {document.number}")
    estimates = _estimates(work, document, [invoiced.quantity for invoiced in early])
    for i, (line, invoiced, estimate) in enumerate(zip(document.lines, early, estimates, strict=True)):
        _receive(work, draft, document, order_id, _Line(line, i, invoiced, estimate))
    if document.currency is not None:
        use(work, draft, document.supplier, document.currency, total(estimate.ahead for estimate in estimates))
    for name in dict.fromkeys(line.sku for line in document.lines):
        cover(work, name, document.warehouse)
    arrived(work, [("purchase", document.number)])


@dataclass(slots=True)
class _Early:
    """What invoices hold for units that come now: quantity, amount in base, and (invoice, amount, foreign units) of each."""

    quantity: int = 0
    amount: int = 0
    of: list[tuple[str, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Estimate:
    """What units without an invoice are estimated at: `owed` in base (`units` in the supplier's currency), and what was paid ahead."""

    owed: int
    units: int = 0
    ahead: Ahead = NOTHING


@dataclass(frozen=True, slots=True)
class _Line:
    line: PricedLine
    index: int
    early: _Early
    estimate: _Estimate


def _estimates(work: Work, document: Receipt, early: Sequence[int]) -> list[_Estimate]:
    """Return the estimate of each line less what was invoiced `early`; the supplier's prepayments are used first (IFRIC 22.8).

    Example: 50.00 USD were paid ahead at 7.00: half of the goods keep that, the other half is owed at 7.20; the invoice finds that half.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.00
        receipt R-1 on 2026-02-04 supplier=Supplier currency=USD rate=7.20 | TEA-01 10 @ 10.00
        Dr inventory:TEA-01 710.00 quantity=10 lot=R-1
        Cr supplier_prepayment 350.00 party=Supplier
        Cr grir 360.00 party=Supplier reference=R-1 units="-50.00 USD"
        supplier_invoice I-1 on 2026-02-20 supplier=Supplier receipts=R-1 currency=USD rate=7.30 | TEA-01 10 @ 10.00 tax=13.00
        Dr grir 360.00 reference=R-1 units="50.00 USD"
        Dr vat_input 94.90
        Dr exchange 5.00
        Cr payable:supplier 459.90 party=Supplier units="-63.00 USD"
    """
    lines = document.lines
    foreign = in_units(work, document)
    if foreign is None:
        return [_Estimate(part) for part in _without(lines, early, [line.total(work.digits) for line in lines])]
    units = _without(lines, early, foreign.nets)
    ahead = open_ahead(work, document.supplier, foreign.currency, sum(units))
    if ahead.units:
        shared = goods_in_base(units, Funds(ahead, rate_of(work, foreign.currency)))
        return [_Estimate(owed, whole - paid.units, paid) for whole, (paid, owed) in zip(units, shared, strict=True)]
    parts = _without(lines, early, [line.total(work.digits) for line in in_base(work, document).lines])
    return [_Estimate(part, one) for part, one in zip(parts, units, strict=True)]


def _without(lines: Sequence[PricedLine], early: Sequence[int], wholes: Sequence[int]) -> list[int]:
    """Return each line's amount for the units that were not invoiced `early`."""
    return [part_of(whole, line.quantity - gone, line.quantity) for whole, line, gone in zip(wholes, lines, early, strict=True)]


def _receive(work: Work, draft: Draft, document: Receipt, order_id: int | None, given: _Line) -> None:
    line, early, estimate = given.line, given.early, given.estimate
    cost = estimate.owed + estimate.ahead.base + early.amount
    sku = work.state[Sku].edit(work.sku(line.sku))
    sku.last_total, sku.last_quantity = cost, line.quantity
    stated = line.unit_price if document.currency is None and not early.quantity else None
    units = Incoming(
        sku=line.sku,
        warehouse=document.warehouse,
        quantity=line.quantity,
        cost=Cost(cost),
        unit_price=unit_price_of(cost, line.quantity, stated, work.digits),
        line=given.index,
        supplier=document.supplier,
        weight=line.weight_kg,
        volume=line.volume_m3,
    )
    lot = add_lot(work, draft, units)
    currency = document.currency
    for invoice, amount, early_units in early.of:
        post_grir(draft, -amount, document.supplier, invoice, (currency, -early_units))
    post_grir(draft, -estimate.owed, document.supplier, document.number, (currency, -estimate.units))
    lot.currency = currency
    lot.foreign_amount = estimate.units + estimate.ahead.units + sum(part for _, _, part in early.of)
    received = Received(
        receipt_id=work.seq,
        line=given.index,
        purchase_order_id=order_id,
        supplier=document.supplier,
        receipt=document.number,
        sku=line.sku,
        lot_id=lot.id,
        to_invoice=line.quantity - early.quantity,
        grir=estimate.owed,
        currency=currency,
        foreign_amount=estimate.units,
        rate=work.applied_rate(currency) if currency is not None else None,
        prepaid=estimate.ahead.units,
        prepaid_base=estimate.ahead.base,
    )
    work.state[Received].add(received)


def _invoiced_before(work: Work, order_id: int | None, currency: str | None, line: PricedLine, index: int) -> _Early:
    """Take what the purchase order's invoices hold for these units."""
    refuse_kit(work, line.sku, f"/lines/{index}/sku")
    early = _Early()
    for row in work.state[Invoiced].where("purchase_order", order_id) if order_id is not None else ():
        part = min(row.to_receive, line.quantity - early.quantity) if row.sku == line.sku else 0
        if part > 0:
            if row.currency != currency:
                wanted = row.currency or work.chart.currency
                raise fault("/currency", f"must be {wanted}, as invoice {row.invoice} of the purchase order is")
            share, units = part_of(row.grir, part, row.to_receive), part_of(row.foreign_amount, part, row.to_receive)
            work.state[Invoiced].edit(row)
            row.to_receive -= part
            row.received += part
            row.grir -= share
            row.foreign_amount -= units
            early.quantity += part
            early.amount += share
            early.of.append((row.invoice, share, units))
    return early
