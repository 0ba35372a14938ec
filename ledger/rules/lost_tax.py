"""Input tax of units that are gone: given back with a supplier return, and, where the books say so, with lost units (进项税额转出)."""

from __future__ import annotations

from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.policies import LOSS_VAT
from ledger.state.records import Consumption, Lot
from ledger.work import Work

LOST, SENT_BACK = "stock_loss", "price_variance"
"""How consumption names units that were lost, and units that went back to their supplier."""


def tax_of_gone(work: Work, root: Lot, part: int) -> int:
    """Return the input tax of the next `part` units of a receipt that go: all such parts together are the receipt's tax.

    To be asked before the units are noted as gone.
    """
    before = _gone(work, root, (LOST, SENT_BACK))
    return part_of(root.tax, before + part, root.received) - part_of(root.tax, before, root.received)


def reverse_tax(work: Work, draft: Draft, root: Lot, tax: int) -> None:
    """Debit stock loss, credit input tax, under the option `loss-vat` (增值税暂行条例 art. 10; IAS 2.34)."""
    if work.chart.policy(LOSS_VAT, work.date) == "reverse-input":
        draft.add(LOST, tax, sku=root.sku, supplier=root.supplier)
        draft.add("vat_input", -tax)


def reverse_late_tax(work: Work, draft: Draft, root: Lot, tax: int) -> None:
    """Do the same for tax that an invoice brings after units of its receipt were lost: their share of it (IAS 2.34).

    Example: 10 received, 1 lost, then invoiced with 13.00 of tax: 1.30 is no input tax.
        books loss-vat=reverse-input
        receipt R-1 supplier=Supplier | TEA-01 10 @ 10.00
        stock_adjustment A-1 reason=broken | TEA-01 -1
        supplier_invoice I-1 supplier=Supplier receipts=R-1 | TEA-01 10 @ 10.00 tax_rate=0.13
        on 2026-01-05
        Dr grir 100.00
        Dr stock_loss 1.30
        Dr vat_input 11.70
        Cr payable:supplier 113.00
    """
    reverse_tax(work, draft, root, part_of(tax, _gone(work, root, (LOST,)), root.received))


def _gone(work: Work, root: Lot, how: tuple[str, ...]) -> int:
    return sum(c.quantity for c in work.state[Consumption].where("root", root.id) if c.held in how)
