"""Corrections of what posts nothing: a step of an order's life, feedback, a purchase order."""

from __future__ import annotations

from ledger.documents.base import Document
from ledger.documents.receiving import PurchaseOrder
from ledger.documents.sales import Delivery, Event, Feedback
from ledger.rules.corrections.posted import forget_stages
from ledger.rules.receipts import post_purchase_order
from ledger.rules.stages import post_feedback, post_stage
from ledger.state.records import DocumentRow
from ledger.work import Work


def correct_stage(work: Work, new: Delivery | Event, old: Delivery | Event, row: DocumentRow) -> None:
    """Forget the step and note the new one."""
    forget_stages(work, work.order(old.order), row)
    post_stage(work, new)


def correct_note(work: Work, new: Document, old: Document, row: DocumentRow) -> None:
    """Keep the new version: nothing was posted for the old one."""
    del old
    work.restate(row)
    if isinstance(new, Feedback):
        post_feedback(work, new)
    elif isinstance(new, PurchaseOrder):
        post_purchase_order(work, new)
