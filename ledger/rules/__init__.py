"""Posting rules: one module a kind of document. Each takes the document and a `Work` and drafts balanced entries, or refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.documents import hand, purchasing, sales, stock
from ledger.documents.base import Document
from ledger.rules.freight import post_freight_bill
from ledger.rules.hand_entries import post_hand_entry
from ledger.rules.orders import post_order
from ledger.rules.payments import post_payment
from ledger.rules.purchases import post_purchase
from ledger.rules.refunds import post_refund
from ledger.rules.returns import post_return
from ledger.rules.shipments import post_shipment
from ledger.rules.stages import post_stage
from ledger.rules.stock_adjustments import post_stock_adjustment
from ledger.work import Work

RULES: dict[type[Document], Callable[[Work, Any], None]] = {
    sales.Order: post_order,
    sales.Payment: post_payment,
    sales.Shipment: post_shipment,
    sales.Delivery: post_stage,
    sales.Event: post_stage,
    sales.Return: post_return,
    sales.Refund: post_refund,
    purchasing.Purchase: post_purchase,
    purchasing.FreightBill: post_freight_bill,
    stock.StockAdjustment: post_stock_adjustment,
    hand.HandEntry: post_hand_entry,
}
"""The rule of every kind."""
