"""A supplier's invoice: it clears GR/IR, and its price difference goes to units on hand and to the orders that took the rest."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.costing.late import spread
from ledger.documents.receiving import InvoiceLine, SupplierInvoice
from ledger.errors import InvalidDocument
from ledger.journal.draft import Draft
from ledger.money import format_quantity, part_of
from ledger.rules.conversion import in_base, lines_of, post_grir, price_difference
from ledger.rules.kits import refuse_kit
from ledger.rules.lost_tax import reverse_late_tax
from ledger.rules.taxes import input_tax, line_taxes
from ledger.state.records import Cleared, Invoiced, Lot, Received
from ledger.work import Work, fault


@dataclass(frozen=True, slots=True)
class Billed:
    """One invoiced line: what it costs us (tax that is not creditable included) and its creditable tax, minor units.

    `foreign_cost` and `foreign_tax` are the same in the invoice's own currency where that is not the books'.
    """

    line: InvoiceLine
    index: int
    cost: int
    tax: int
    foreign_cost: int = 0
    foreign_tax: int = 0


def post_supplier_invoice(work: Work, document: SupplierInvoice) -> None:
    """Debit GR/IR and input tax, credit the supplier; the difference is price variance (IAS 2.11; CAS 1.6; design 3.5).

    Example: received at 10.00, billed at 10.20, 25 of 100 sold: 15.00 to the 75 on hand, 5.00 to the order that took 25.
        given a-first-shipment-of-the-receipt
        supplier_invoice I-1 on 2026-01-20 supplier=Supplier receipts=R-1 | TEA-01 100 @ 10.20 tax_rate=0.13
        Dr grir 1000.00 party=Supplier reference=R-1
        Dr vat_input 132.60
        Cr payable:supplier 1152.60 party=Supplier
        Dr inventory:TEA-01 15.00 lot=R-1
        Dr price_variance 5.00 order=SO-1 sku=TEA-01
    """
    document = in_base(work, document)
    receipts, order_id = _received(work, document)
    draft = work.draft(document.supplier, f"Invoice {document.number}")
    nets = [line.total(work.digits) for line in document.lines]
    taxes = line_taxes(document.lines, nets)
    variances: list[tuple[Lot, int]] = []
    units_of = lines_of(work.foreign, len(nets))
    for i, (line, net, tax) in enumerate(zip(document.lines, nets, taxes, strict=True)):
        creditable = input_tax(work, tax, creditable=line.creditable)
        net_units, tax_units = units_of[i]
        creditable_units = input_tax(work, tax_units, creditable=line.creditable)
        cost_units = net_units + tax_units - creditable_units
        billed = Billed(line, i, net + tax - creditable, creditable, cost_units, creditable_units)
        variances += _clear(work, draft, document, receipts, order_id, billed)
        draft.add("vat_input", billed.tax)
    draft.add("payable:supplier", -sum(nets) - sum(taxes), party=document.supplier)
    for lot, variance in variances:
        if variance:
            spread(work, draft, lot, variance, "variance")


def _received(work: Work, document: SupplierInvoice) -> tuple[list[Received], int | None]:
    """Return the receipt lines that the invoice can be for, and its purchase order's number in the store."""
    if document.purchase_order is not None:
        order_id = work.find("purchase_order", document.purchase_order, "/purchase_order").origin
        rows = [row for row in work.state[Received].where("purchase_order", order_id) if row.to_invoice > 0]
        _same_currency(work, rows)
        return rows, order_id
    rows = []
    for i, name in enumerate(document.receipts):
        receipt = work.find("receipt", name, f"/receipts/{i}")
        rows += work.state[Received].where("receipt", receipt.seq)
    _same_currency(work, rows)
    for row in rows:
        if row.supplier != document.supplier:
            raise fault("/supplier", f"receipt {row.receipt} came from {row.supplier!r}")
    return rows, None


def _same_currency(work: Work, rows: list[Received]) -> None:
    currency = work.foreign.currency if work.foreign is not None else None
    for row in rows:
        if row.to_invoice and row.currency != currency:
            raise fault("/currency", f"must be {row.currency or work.chart.currency}, as receipt {row.receipt} is")


def _clear(
    work: Work, draft: Draft, document: SupplierInvoice, rows: list[Received], order_id: int | None, billed: Billed
) -> list[tuple[Lot, int]]:
    """Clear one line against what was received, oldest first; units not received yet wait in GR/IR for their receipt."""
    left, cost_left, tax_left = billed.line.quantity, billed.cost, billed.tax
    units_left, tax_units_left = billed.foreign_cost, billed.foreign_tax
    variances = []
    for row in rows:
        part = min(left, row.to_invoice) if row.sku == billed.line.sku else 0
        if part <= 0:
            continue
        share, tax = part_of(cost_left, part, left), part_of(tax_left, part, left)
        units, tax_units = part_of(units_left, part, left), part_of(tax_units_left, part, left)
        estimate, estimated_units = (part_of(whole, part, row.to_invoice) for whole in (row.grir, row.foreign_amount))
        variance = price_difference(work, row.rate, row.currency, base=share - estimate, units=units - estimated_units)
        work.state[Received].edit(row)
        row.to_invoice -= part
        row.grir -= estimate
        row.foreign_amount -= estimated_units
        post_grir(draft, estimate, row.supplier, row.receipt, (row.currency, estimated_units))
        draft.add("exchange", share - estimate - variance)
        lot = work.state[Lot].edit(work.state[Lot].require(row.lot_id))
        lot.bought_for += variance
        lot.tax += tax
        lot.foreign_amount += units - estimated_units + tax_units
        reverse_late_tax(work, draft, lot, tax)
        variances.append((lot, variance))
        cleared = Cleared(work.state.next_id(), work.seq, row.receipt_id, row.line, part, estimate, estimate + variance, tax)
        cleared.foreign_amount, cleared.foreign_cost, cleared.foreign_tax = estimated_units, units, tax_units
        work.state[Cleared].add(cleared)
        left -= part
        cost_left -= share
        tax_left -= tax
        units_left -= units
        tax_units_left -= tax_units
    if left:
        if order_id is None:
            raise _above_received(billed, rows, left)
        _before_receipt(work, draft, document, order_id, billed, left, cost_left, units_left)
    return variances


def _above_received(billed: Billed, rows: list[Received], left: int) -> InvalidDocument:
    sku = billed.line.sku
    if all(row.sku != sku for row in rows):
        return fault(f"/lines/{billed.index}/sku", f"these receipts brought no {sku!r}")
    there = format_quantity(billed.line.quantity - left)
    return fault(f"/lines/{billed.index}/quantity", f"only {there} of {sku!r} of these receipts are left to invoice")


def _before_receipt(
    work: Work, draft: Draft, document: SupplierInvoice, order_id: int, billed: Billed, left: int, cost: int, units: int
) -> None:
    refuse_kit(work, billed.line.sku, f"/lines/{billed.index}/sku")
    row = Invoiced(
        id=work.state.next_id(),
        purchase_order_id=order_id,
        supplier=document.supplier,
        invoice=document.number,
        sku=billed.line.sku,
        to_receive=left,
        grir=cost,
        document_seq=work.seq,
        currency=work.foreign.currency if work.foreign is not None else None,
        foreign_amount=units,
    )
    work.state[Invoiced].add(row)
    post_grir(draft, cost, document.supplier, document.number, (row.currency, units))
