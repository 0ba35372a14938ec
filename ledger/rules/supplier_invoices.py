"""A supplier's invoice: it clears GR/IR, and its price difference goes to units on hand and to the orders that took the rest."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.costing.late import spread
from ledger.documents.receiving import InvoiceLine, SupplierInvoice
from ledger.errors import InvalidDocument
from ledger.journal.draft import Draft
from ledger.money import format_quantity, part_of
from ledger.rules.kits import refuse_kit
from ledger.rules.lost_tax import reverse_late_tax
from ledger.rules.taxes import input_tax, line_taxes
from ledger.state.records import Cleared, Invoiced, Lot, Received
from ledger.work import Work, fault


@dataclass(frozen=True, slots=True)
class Billed:
    """One invoiced line: what it costs us (tax that is not creditable included) and its creditable tax, minor units."""

    line: InvoiceLine
    index: int
    cost: int
    tax: int


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
    receipts, order_id = _received(work, document)
    draft = work.draft(document.supplier, f"Invoice {document.number}")
    nets = [line.total(work.digits) for line in document.lines]
    taxes = line_taxes(document.lines, nets)
    variances: list[tuple[Lot, int]] = []
    for i, (line, net, tax) in enumerate(zip(document.lines, nets, taxes, strict=True)):
        creditable = input_tax(work, tax, creditable=line.creditable)
        billed = Billed(line, i, net + tax - creditable, creditable)
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
        return [row for row in work.state[Received].where("purchase_order", order_id) if row.to_invoice > 0], order_id
    rows: list[Received] = []
    for i, name in enumerate(document.receipts):
        receipt = work.find("receipt", name, f"/receipts/{i}")
        rows += work.state[Received].where("receipt", receipt.seq)
    for row in rows:
        if row.supplier != document.supplier:
            raise fault("/supplier", f"receipt {row.receipt} came from {row.supplier!r}")
    return rows, None


def _clear(
    work: Work, draft: Draft, document: SupplierInvoice, rows: list[Received], order_id: int | None, billed: Billed
) -> list[tuple[Lot, int]]:
    """Clear one line against what was received, oldest first; units not received yet wait in GR/IR for their receipt."""
    left, cost_left, tax_left = billed.line.quantity, billed.cost, billed.tax
    variances = []
    for row in rows:
        part = min(left, row.to_invoice) if row.sku == billed.line.sku else 0
        if part <= 0:
            continue
        share, tax = part_of(cost_left, part, left), part_of(tax_left, part, left)
        estimate = part_of(row.grir, part, row.to_invoice)
        work.state[Received].edit(row)
        row.to_invoice -= part
        row.grir -= estimate
        draft.add("grir", estimate, party=row.supplier, reference=row.receipt)
        lot = work.state[Lot].edit(work.state[Lot].require(row.lot_id))
        lot.bought_for += share - estimate
        lot.tax += tax
        reverse_late_tax(work, draft, lot, tax)
        variances.append((lot, share - estimate))
        work.state[Cleared].add(Cleared(work.state.next_id(), work.seq, row.receipt_id, row.line, part, estimate, share, tax))
        left -= part
        cost_left -= share
        tax_left -= tax
    if left:
        if order_id is None:
            raise _above_received(billed, rows, left)
        _before_receipt(work, draft, document, order_id, billed, left, cost_left)
    return variances


def _above_received(billed: Billed, rows: list[Received], left: int) -> InvalidDocument:
    sku = billed.line.sku
    if all(row.sku != sku for row in rows):
        return fault(f"/lines/{billed.index}/sku", f"these receipts brought no {sku!r}")
    there = format_quantity(billed.line.quantity - left)
    return fault(f"/lines/{billed.index}/quantity", f"only {there} of {sku!r} of these receipts are left to invoice")


def _before_receipt(work: Work, draft: Draft, document: SupplierInvoice, order_id: int, billed: Billed, left: int, cost: int) -> None:
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
    )
    work.state[Invoiced].add(row)
    draft.add("grir", cost, party=document.supplier, reference=document.number)
