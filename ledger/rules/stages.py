"""Events and feedback: what happens to an order and posts nothing."""

from __future__ import annotations

from ledger.documents import sales
from ledger.state.records import Order, Shipment, Stage
from ledger.work import Work, fault


def post_event(work: Work, document: sales.Event) -> None:
    """Note the stage, with the shipment where one is named (IFRS 15.38; CAS 14.13). Revenue and cost are in the shipment's entry.

    Example: the order is picked before it is shipped.
        given a-tea-lot a-paid-order
        event EV-1 on 2026-01-07 order=SO-1 stage=picked
        nothing
    """
    note_stage(work, document, document.stage)


def note_stage(work: Work, document: sales.Delivery | sales.Event, stage: str) -> tuple[Order, int | None]:
    """Note a step of the order's life; return the order, and the named shipment's number in the store."""
    order = work.order(document.order)
    shipment_id = None
    if document.shipment is not None:
        shipment_id = work.find("shipment", document.shipment, "/shipment").origin
        if work.state[Shipment].require(shipment_id).order_id != order.id:
            raise fault("/shipment", f"shipment {document.shipment!r} is not of order {order.label}")
    work.state[Stage].add(Stage(work.seq, stage, order.id, shipment_id, document.date, document.at))
    return order, shipment_id


def post_feedback(work: Work, document: sales.Feedback) -> None:
    """Note which order the feedback is about (Conceptual Framework 5.6: it is neither asset nor liability, neither income nor expense).

    Example: four points of five.
        given a-paid-order
        feedback FB-1 on 2026-01-12 order=SO-1 score=4
        nothing
    """
    work.order(document.order)
