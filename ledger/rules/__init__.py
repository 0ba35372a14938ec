"""Posting rules: one module a kind of document. Each takes the document and a `Work` and drafts balanced entries, or refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.documents import closing, costing, hand, opening, payouts, purchasing, receiving, sales, settling, stock
from ledger.documents.base import Document
from ledger.rules.cancellations import post_cancellation
from ledger.rules.costing_changes import post_costing_change
from ledger.rules.deliveries import post_delivery
from ledger.rules.freight import post_freight_bill
from ledger.rules.hand_entries import post_hand_entry
from ledger.rules.kits import post_kit
from ledger.rules.month_averages import post_month_average
from ledger.rules.openings import post_opening
from ledger.rules.orders import post_order
from ledger.rules.payments import post_payment
from ledger.rules.payouts import post_payout
from ledger.rules.period_closes import post_period_close, post_period_reopen
from ledger.rules.purchases import post_purchase
from ledger.rules.receipts import post_purchase_order, post_receipt
from ledger.rules.refunds import post_refund
from ledger.rules.returns import post_return
from ledger.rules.revaluations import post_revaluation
from ledger.rules.settlements import post_settlement, post_write_off
from ledger.rules.shipments import post_shipment
from ledger.rules.stages import post_event, post_feedback
from ledger.rules.stock_adjustments import post_stock_adjustment
from ledger.rules.supplier_invoices import post_supplier_invoice
from ledger.rules.supplier_payments import post_supplier_payment
from ledger.rules.supplier_returns import post_supplier_return
from ledger.rules.transfers import post_transfer, post_transfer_receipt
from ledger.work import Work

RULES: dict[type[Document], Callable[[Work, Any], None]] = {
    sales.Order: post_order,
    sales.Payment: post_payment,
    sales.Shipment: post_shipment,
    sales.Delivery: post_delivery,
    sales.Event: post_event,
    sales.Return: post_return,
    sales.Refund: post_refund,
    purchasing.Purchase: post_purchase,
    purchasing.FreightBill: post_freight_bill,
    sales.Cancellation: post_cancellation,
    sales.Feedback: post_feedback,
    settling.Settlement: post_settlement,
    settling.WriteOff: post_write_off,
    stock.Transfer: post_transfer,
    stock.TransferReceipt: post_transfer_receipt,
    stock.StockAdjustment: post_stock_adjustment,
    payouts.Payout: post_payout,
    receiving.PurchaseOrder: post_purchase_order,
    receiving.Receipt: post_receipt,
    receiving.SupplierInvoice: post_supplier_invoice,
    receiving.SupplierReturn: post_supplier_return,
    receiving.SupplierPayment: post_supplier_payment,
    costing.Kit: post_kit,
    costing.CostingChange: post_costing_change,
    closing.MonthAverage: post_month_average,
    closing.PeriodClose: post_period_close,
    closing.PeriodReopen: post_period_reopen,
    closing.Revaluation: post_revaluation,
    hand.HandEntry: post_hand_entry,
    opening.Opening: post_opening,
}
"""The rule of every kind."""
