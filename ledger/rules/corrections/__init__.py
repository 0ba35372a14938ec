"""Corrections: what a document did is taken back, and what it says now is posted; all forward, nothing is rewritten.

A correction is a document of the same identity that says `corrects`. Its first entries are the reversal in red (财会〔2024〕12号; IAS 8.42
for errors of the running year), the ones behind it what the new version posts. Orders and shipments are restated in place instead: other
documents hang on them, so only the difference is posted. Where another document already stands on what would be taken back, the
correction is refused and names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.costing.issue import cover
from ledger.documents import costing, hand, payouts, purchasing, receiving, sales, settling, stock
from ledger.documents.base import Document
from ledger.rules.conversion import freight_in_base
from ledger.rules.corrections.cancellations import correct_cancellation
from ledger.rules.corrections.freight_bills import correct_freight_bill
from ledger.rules.corrections.kits import correct_kit
from ledger.rules.corrections.money import correct_money, correct_payment, correct_payout, correct_refund
from ledger.rules.corrections.orders import correct_order
from ledger.rules.corrections.purchases import correct_purchase, correct_receipt
from ledger.rules.corrections.returns import correct_return
from ledger.rules.corrections.shipments import correct_shipment
from ledger.rules.corrections.stages import correct_note, correct_stage
from ledger.rules.corrections.stock import correct_adjustment, correct_supplier_return, correct_transfer
from ledger.rules.corrections.supplier_invoices import correct_supplier_invoice
from ledger.rules.payments import resettle
from ledger.state.records import DocumentRow, Lot, Order
from ledger.work import UNPRICED, Work, fault

Correction = Callable[[Work, Any, Any, DocumentRow], None]
"""(work, the document as it is now, as it was, its row in the journal)."""

CORRECTIONS: dict[type[Document], Correction] = {
    sales.Order: correct_order,
    sales.Payment: correct_payment,
    sales.Shipment: correct_shipment,
    sales.Delivery: correct_stage,
    sales.Event: correct_stage,
    sales.Cancellation: correct_cancellation,
    sales.Return: correct_return,
    sales.Refund: correct_refund,
    sales.Feedback: correct_note,
    payouts.Payout: correct_payout,
    settling.Settlement: correct_money,
    settling.WriteOff: correct_money,
    purchasing.Purchase: correct_purchase,
    purchasing.FreightBill: correct_freight_bill,
    receiving.PurchaseOrder: correct_note,
    receiving.Receipt: correct_receipt,
    receiving.SupplierInvoice: correct_supplier_invoice,
    receiving.SupplierReturn: correct_supplier_return,
    receiving.SupplierPayment: correct_money,
    stock.StockAdjustment: correct_adjustment,
    stock.Transfer: correct_transfer,
    costing.Kit: correct_kit,
    hand.HandEntry: correct_money,
}


def correct(work: Work, new: Document, old: Document, row: DocumentRow) -> None:
    """Take back what `old` did and post what `new` says; units that came back by that pay what the stock owes."""
    rule = CORRECTIONS.get(type(new))
    if rule is None:
        raise fault("/corrects", f"a {new.kind.replace('_', ' ')} cannot be corrected; post what is missing as a document of its own")
    _keep_currency(new, old)
    if isinstance(old, purchasing.FreightBill):
        old = freight_in_base(work, old, row.rate)
    rule(work, new, old, row)
    for sku, warehouse in dict.fromkeys((lot.sku, lot.warehouse) for lot in work.state[Lot].where("document", work.seq)):
        cover(work, sku, warehouse)
    _settle_sides(work)


def _keep_currency(new: Document, old: Document) -> None:
    """Refuse another currency: what is open was posted in the one before (an order says itself what it keeps)."""
    free = new.kind in UNPRICED or isinstance(new, sales.Order | hand.HandEntry)
    if new.currency != old.currency and not free:
        raise fault("/currency", f"must stay {old.currency or 'that of the books'}: what it posted is open in it")


def _settle_sides(work: Work) -> None:
    """Bring the balances of every order that was touched back into shape: an advance below zero is a receivable, and so on."""
    touched = {posting.order.id: posting.order for draft in work.drafts for posting in draft.postings if posting.order is not None}
    if work.order_id is not None and (order := work.state[Order].get(work.order_id)) is not None:
        touched.setdefault(order.id, order)
    for order in touched.values():
        draft = work.draft(order.customer, f"Balances of order {order.label} after a correction")
        draft.currency = order.currency
        resettle(work, draft, order)
