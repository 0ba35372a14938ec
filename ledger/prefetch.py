"""Load in a few queries what a batch of documents is going to touch, so that a batch costs few round trips whatever its size.

Only a matter of speed: what is not foreseen here is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.documents.base import Document
from ledger.documents.purchasing import FreightBill, Purchase
from ledger.documents.sales import Order as OrderDocument
from ledger.documents.sales import Return, Shipment
from ledger.documents.stock import StockAdjustment
from ledger.state import records
from ledger.state.records import DocumentRow, Lot, Order, OrderLine, Owed, ShipmentLine, Sku, WaitingReference
from ledger.state.working import State


def prefetch(state: State, documents: Sequence[Document]) -> None:
    """Fill the working set for `documents`."""
    _ = state.head
    names = list(_names(documents))
    state[DocumentRow].preload_groups("number", names)
    ids = [row.origin for name in names if name[0] == "order" for row in state[DocumentRow].where("number", name)]
    if ids:
        state[Order].preload(ids)
        state[OrderLine].preload_groups("order", ids)
        abroad = [i for i in ids if (order := state[Order].get(i)) is not None and order.currency is not None]
        state[records.Carried].preload(abroad)
    state[WaitingReference].preload_groups("reference", _waited_for(documents))
    _prefetch_stock(state, documents)
    _prefetch_freight(state, documents)


def _names(documents: Iterable[Document]) -> Iterable[tuple[str, str]]:
    for document in documents:
        yield document.kind, document.number
        order = getattr(document, "order", None)
        if isinstance(order, str):
            yield "order", order
            if "/" in order:
                yield "order", order.partition("/")[2]
        if isinstance(document, FreightBill):
            for line in document.lines:
                yield from (("order", name) for name in line.orders)
                yield from (("shipment", name) for name in line.shipments)
                yield from (("purchase", name) for name in line.purchases)


def _waited_for(documents: Iterable[Document]) -> Iterable[tuple[str, str]]:
    for document in documents:
        if isinstance(document, OrderDocument | Shipment | Purchase):
            yield document.kind, document.number
            yield document.kind, f"{document.source}/{document.number}"
        if isinstance(document, Shipment) and document.tracking is not None:
            yield "tracking", document.tracking


def _prefetch_stock(state: State, documents: Sequence[Document]) -> None:
    stock: dict[tuple[str, str], None] = {}
    returned: list[int] = []
    orders = [d for d in documents if isinstance(d, OrderDocument)]
    ordered = {name: [line.sku for line in d.lines] for d in orders for name in (d.number, f"{d.source}/{d.number}")}
    for document in documents:
        if isinstance(document, Shipment | Return):
            stock.update(((sku, document.warehouse), None) for sku in ordered.get(document.order, ()))
            for row in state[DocumentRow].where("number", ("order", document.order)):
                lines = state[OrderLine].where("order", row.origin)
                stock.update(((line.sku, document.warehouse), None) for line in lines if line.stocked)
                returned += [row.origin] if isinstance(document, Return) else []
        elif isinstance(document, Purchase | StockAdjustment):
            stock.update(((line.sku, document.warehouse), None) for line in document.lines)
    if stock:
        state[Sku].preload(sku for sku, _ in stock)
        state[Lot].preload_groups("on_hand", stock)
        state[Owed].preload_groups("stock", stock)
    if returned:
        state[ShipmentLine].preload_groups("order", returned)
        state[records.Consumption].preload_groups("order", returned)
        state[Owed].preload_groups("order", returned)


def _prefetch_freight(state: State, documents: Iterable[Document]) -> None:
    bills = [document for document in documents if isinstance(document, FreightBill)]
    if not bills:
        return
    shipments = [n for bill in bills for line in bill.lines for n in line.shipments]
    tracking = [n for bill in bills for line in bill.lines for n in line.tracking]
    orders = [n for bill in bills for line in bill.lines for n in line.orders]
    ids = [row.origin for name in shipments for row in state[DocumentRow].where("number", ("shipment", name))]
    state[records.Shipment].preload(ids)
    state[records.Shipment].preload_groups("tracking", tracking)
    order_ids = [row.origin for name in orders for row in state[DocumentRow].where("number", ("order", name))]
    state[records.Shipment].preload_groups("order", order_ids)
    order_ids += [s.order_id for i in ids if (s := state[records.Shipment].get(i)) is not None]
    order_ids += [s.order_id for name in tracking for s in state[records.Shipment].where("tracking", name)]
    state[Order].preload(order_ids)
    state[ShipmentLine].preload_groups("order", order_ids)
    purchases = [n for bill in bills for line in bill.lines for n in line.purchases]
    seqs = [row.seq for name in purchases for row in state[DocumentRow].where("number", ("purchase", name))]
    state[Lot].preload_groups("document", seqs)
    roots = [lot.root_id for seq in seqs for lot in state[Lot].where("document", seq)]
    state[Lot].preload_groups("root", roots)
    state[records.Consumption].preload_groups("root", roots)
    held = [c.order_id for root in roots for c in state[records.Consumption].where("root", root) if c.order_id is not None]
    state[Order].preload(held)
