"""A supplier's invoice: it clears GR/IR, and its price difference goes to units on hand and to the orders that took the rest."""

from __future__ import annotations

from ledger.costing.late import spread
from ledger.documents.receiving import SupplierInvoice
from ledger.journal.draft import Draft, Posting
from ledger.rules.conversion import post_grir
from ledger.rules.invoice_parts import Part, bill_of
from ledger.rules.lost_tax import reverse_late_tax
from ledger.state.records import Cleared, Invoiced, Lot, Received
from ledger.work import Work, fault


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
    bill = bill_of(work, document, receipts, order_id)
    for billed in bill.lines:
        for part in billed.parts:
            if part.row is not None:
                _clear(work, draft, part.row, part)
            elif order_id is not None:
                _before_receipt(work, draft, document, order_id, billed.line.sku, part)
        draft.add("vat_input", billed.tax)
    if bill.owed or (work.foreign is not None and work.foreign.prepaid):
        draft.collect(Posting(work.chart.account("payable:supplier"), -bill.owed, party=document.supplier))
    for part in bill.parts:
        if part.row is not None and part.variance:
            spread(work, draft, work.state[Lot].require(part.row.lot_id), part.variance, "variance")


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
    for row in rows:
        if row.to_invoice and row.currency != work.document.currency:
            raise fault("/currency", f"must be {row.currency or work.chart.currency}, as receipt {row.receipt} is")


def _clear(work: Work, draft: Draft, row: Received, part: Part) -> None:
    """Clear GR/IR of what was received; what was paid ahead of it is not in GR/IR."""
    post_grir(draft, part.estimate, row.supplier, row.receipt, (row.currency, part.owed))
    draft.add("exchange", part.cost - part.estimate - part.ahead.base - part.variance)
    lot = work.state[Lot].edit(work.state[Lot].require(row.lot_id))
    lot.bought_for += part.variance
    lot.tax += part.tax
    lot.foreign_amount += part.cost_units - part.owed - part.ahead.units + part.tax_units
    reverse_late_tax(work, draft, lot, part.tax)
    cleared = Cleared(
        id=work.state.next_id(),
        invoice_id=work.seq,
        receipt_id=row.receipt_id,
        line=row.line,
        quantity=part.quantity,
        estimate=part.estimate,
        cost=part.estimate + part.variance,
        tax=part.tax,
        foreign_amount=part.owed,
        foreign_cost=part.cost_units,
        foreign_tax=part.tax_units,
        prepaid=part.ahead.units,
        prepaid_base=part.ahead.base,
    )
    work.state[Cleared].add(cleared)


def _before_receipt(work: Work, draft: Draft, document: SupplierInvoice, order_id: int, sku: str, part: Part) -> None:
    """Let units that have not come wait in GR/IR for their receipt, at what they are billed at."""
    row = Invoiced(
        id=work.state.next_id(),
        purchase_order_id=order_id,
        supplier=document.supplier,
        invoice=document.number,
        sku=sku,
        to_receive=part.quantity,
        grir=part.cost,
        document_seq=work.seq,
        currency=document.currency,
        foreign_amount=part.cost_units,
    )
    work.state[Invoiced].add(row)
    post_grir(draft, part.cost, document.supplier, document.number, (row.currency, part.cost_units))
