"""Correction of a purchase or receipt: its units are recalled, what has left is owed, and the right receipt covers it."""

from __future__ import annotations

from collections.abc import Callable

from ledger.costing.recall import bring_again, recall
from ledger.documents.purchasing import Purchase
from ledger.documents.receiving import Receipt
from ledger.rules.conversion import take_back_revaluation
from ledger.rules.corrections.posted import TAKEN_BY_RECALL, negate
from ledger.rules.purchases import post_purchase
from ledger.rules.receipts import post_receipt
from ledger.state.records import Cleared, DocumentRow, Lot, Received
from ledger.work import Work, fault


def correct_purchase(work: Work, new: Purchase, old: Purchase, row: DocumentRow) -> None:
    """Take the purchase back and post the right one: units on hand and the orders that hold the rest bear its price (IAS 2.10-11).

    Example: 100 at 10.00 of which 25 are sold; the price was 11.00: 75.00 more in stock, 25.00 more cost on the order.
        given a-first-shipment
        purchase PO-1 on 2026-01-20 supplier=Supplier corrects=true reason="wrong price" | TEA-01 100 @ 11.00
        on 2026-01-20
        Dr payable:supplier 1000.00
        Cr inventory:TEA-01 750.00
        Cr stock_owed 250.00
        on 2026-01-20
        Dr inventory:TEA-01 1100.00
        Cr payable:supplier 1100.00
        on 2026-01-20
        Cr inventory:TEA-01 275.00
        Dr stock_owed 250.00
        Dr cogs 25.00
    """
    _replace(work, old, row, lambda: post_purchase(work, new))


def correct_receipt(work: Work, new: Receipt, old: Receipt, row: DocumentRow) -> None:
    """Take the receipt back against GR/IR and post the right one; once an invoice is there, that has to be corrected first."""
    rows = work.state[Received].where("receipt", row.seq)
    currency, carried = next((received.currency for received in rows), None), sum(received.grir for received in rows)
    for received in rows:
        if work.state[Cleared].where("receipt", row.seq) or received.to_invoice != work.state[Lot].require(received.lot_id).received:
            raise fault("/corrects", f"units of {received.sku!r} are invoiced or went back to the supplier; correct that document first")
        work.state[Received].remove(received)
    take_back_revaluation(work, row, old.supplier, currency, carried)
    _replace(work, old, row, lambda: post_receipt(work, new))


def _replace(work: Work, old: Purchase | Receipt, row: DocumentRow, post: Callable[[], None]) -> None:
    draft = work.reversal(old, row, old.supplier)
    negate(work, draft, row, without=TAKEN_BY_RECALL)
    recalled = recall(work, draft, [lot for lot in work.state[Lot].where("document", row.seq) if lot.root_id == lot.id])
    post()
    bring_again(work, recalled)
