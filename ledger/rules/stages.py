"""Events and feedback: what happens to an order and posts nothing."""

from __future__ import annotations

from ledger.documents import sales
from ledger.state.records import Order, Shipment, Stage
from ledger.work import Work, fault


def post_event(work: Work, document: sales.Event) -> None:
    """Note the stage, with the shipment where one is named."""
    note_stage(work, document, document.stage)


def note_stage(work: Work, document: sales.Delivery | sales.Event, stage: str) -> tuple[Order, int | None]:
    """Note a step of the order's life; return the order, and the named shipment's number in the store."""
    order = work.order(document.order)
    shipment_id = None
    if document.shipment is not None:
        shipment_id = work.find("shipment", document.shipment, "/shipment").seq
        if work.state[Shipment].require(shipment_id).order_id != order.id:
            raise fault("/shipment", f"shipment {document.shipment!r} is not of order {order.label}")
    work.state[Stage].add(Stage(work.seq, stage, order.id, shipment_id, document.date, document.at))
    return order, shipment_id


def post_feedback(work: Work, document: sales.Feedback) -> None:
    """Note which order the feedback is about."""
    work.order(document.order)
