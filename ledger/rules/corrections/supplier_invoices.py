"""Correction of a supplier's invoice: GR/IR is open again, and its price difference is taken back from wherever it went."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.late import spread
from ledger.documents.receiving import SupplierInvoice
from ledger.money import format_quantity
from ledger.rules.conversion import take_back_revaluation
from ledger.rules.corrections.posted import COST_ROLES, negate
from ledger.rules.lost_tax import LOST
from ledger.rules.supplier_invoices import post_supplier_invoice
from ledger.state.records import Cleared, DocumentRow, Invoiced, Lot, Received
from ledger.work import Work, fault


def correct_supplier_invoice(work: Work, new: SupplierInvoice, old: SupplierInvoice, row: DocumentRow) -> None:
    """Open what the invoice had cleared, take its variance back by the consumption of today, and post the right one (IAS 2.11).

    Example: received at 10.00, billed at 10.20, 25 of 100 sold; it was 10.10: 7.50 and 2.50 less variance.
        given a-first-shipment-of-the-receipt
        supplier_invoice I-1 on 2026-01-20 supplier=Supplier receipts=R-1 | TEA-01 100 @ 10.20 tax_rate=0.13
        supplier_invoice I-1 supplier=Supplier receipts=R-1 corrects=true reason="wrong price" | TEA-01 100 @ 10.10 tax_rate=0.13
        on 2026-01-20
        Cr grir 1000.00
        Cr vat_input 132.60
        Dr payable:supplier 1152.60
        Cr inventory:TEA-01 15.00
        Cr price_variance 5.00
        on 2026-01-20
        Dr grir 1000.00
        Dr vat_input 131.30
        Cr payable:supplier 1141.30
        Dr inventory:TEA-01 7.50
        Dr price_variance 2.50
    """
    draft = work.reversal(old, row, old.supplier)
    waiting = work.state[Invoiced].where("document", row.seq)
    currency, carried = next((early.currency for early in waiting), None), -sum(early.grir for early in waiting)
    for early in waiting:
        if early.received:
            there = format_quantity(early.received)
            raise fault("/corrects", f"{there} of {early.sku!r} were received at this invoice's price; correct their receipt first")
        work.state[Invoiced].remove(early)
    take_back_revaluation(work, row, old.supplier, currency, carried)
    negate(work, draft, row, without=COST_ROLES)
    cleared = work.state[Cleared].where("invoice", row.seq)
    skus = {_received(work, part).sku for part in cleared}
    draft.add(LOST, -_lost_tax(work, row, cleared), sku=skus.pop() if len(skus) == 1 else None, supplier=old.supplier)
    for part in cleared:
        open_again(work, part)
        lot = work.state[Lot].edit(work.state[Lot].require(_received(work, part).lot_id))
        variance = part.cost - part.estimate
        lot.bought_for -= variance
        lot.tax -= part.tax
        lot.foreign_amount -= part.foreign_cost - part.foreign_amount - part.prepaid + part.foreign_tax
        if variance:
            spread(work, draft, lot, -variance, "variance")
    post_supplier_invoice(work, new)


def _lost_tax(work: Work, row: DocumentRow, cleared: Sequence[Cleared]) -> int:
    """Return the input tax that the invoice put on units lost before it came (option `loss-vat`): its costs beside the variance."""
    costs = sum(posting.amount for posting in work.posted(row) if work.chart.role_of(posting.account) in COST_ROLES)
    return costs - sum(part.cost - part.estimate for part in cleared)


def _received(work: Work, part: Cleared) -> Received:
    return work.state[Received].require((part.receipt_id, part.line))


def open_again(work: Work, part: Cleared) -> None:
    """Give a receipt back what was cleared of it: units, their GR/IR, and what was paid ahead of them."""
    received = work.state[Received].edit(_received(work, part))
    received.to_invoice += part.quantity
    received.grir += part.estimate
    received.foreign_amount += part.foreign_amount
    received.prepaid += part.prepaid
    received.prepaid_base += part.prepaid_base
    work.state[Cleared].remove(part)
