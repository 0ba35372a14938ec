"""Corrections of what posts nothing: a step of an order's life, feedback, a purchase order."""

from __future__ import annotations

from ledger.documents.base import Document
from ledger.documents.receiving import PurchaseOrder
from ledger.documents.sales import Delivery, Event, Feedback
from ledger.rules.corrections.posted import forget_stages
from ledger.rules.deliveries import post_delivery
from ledger.rules.receipts import post_purchase_order
from ledger.rules.stages import note_stage, post_event, post_feedback
from ledger.state.records import DocumentRow
from ledger.work import Work, fault


def correct_stage(work: Work, new: Delivery | Event, old: Delivery | Event, row: DocumentRow) -> None:
    """Forget the step and note the new one; a delivery that revenue and cost went with keeps what it delivered."""
    order = work.order(old.order)
    forget_stages(work, order, row)
    if isinstance(new, Event):
        post_event(work, new)
    elif not work.posted(row):
        post_delivery(work, new)
    elif (new.order, new.shipment) != (old.order, old.shipment):
        raise fault("/shipment", "cannot be another one: revenue was recognised with this delivery; what comes back is a return")
    else:
        note_stage(work, new, "delivered")


def correct_note(work: Work, new: Document, old: Document, row: DocumentRow) -> None:
    """Keep the new version: nothing was posted for the old one."""
    del old
    work.restate(row)
    if isinstance(new, Feedback):
        post_feedback(work, new)
    elif isinstance(new, PurchaseOrder):
        post_purchase_order(work, new)
