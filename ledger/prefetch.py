"""Load in a few queries what a batch of documents is going to touch, so that a batch costs few round trips whatever its size.

Only a matter of speed: what is not foreseen here is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ledger import limits
from ledger.documents.base import Document
from ledger.documents.opening import Opening
from ledger.documents.purchasing import FreightBill, Purchase
from ledger.documents.receiving import Receipt
from ledger.documents.sales import Delivery, Return, Shipment
from ledger.documents.sales import Order as OrderDocument
from ledger.documents.stock import StockAdjustment
from ledger.limits import TOUCHED_A_DOCUMENT
from ledger.state import records
from ledger.state.records import (
    Billed,
    CostingMethod,
    DocumentRow,
    KitPart,
    Lot,
    Opened,
    Order,
    OrderLine,
    OrderLinePart,
    Owed,
    ShipmentLine,
    Sku,
    WaitingReference,
)
from ledger.state.working import State

T = TypeVar("T")

_SHARED = {"inbound": ("purchase", "receipt"), "outbound": ("shipment", "order"), "return": ("shipment", "order")}
"""Kinds of document that a key of a freight line's `shares` may name, by direction."""


def prefetch(state: State, documents: Sequence[Document]) -> None:
    """Fill the working set for `documents`."""
    _ = state.head
    ordered = dict.fromkeys(_names(document for document in documents if not isinstance(document, FreightBill)))
    names = ordered | dict.fromkeys(_names(document for document in documents if isinstance(document, FreightBill)))
    state[DocumentRow].preload_groups("number", names)
    state[Opened].preload_groups("number", names)
    ids = [row.origin for name in ordered if name[0] == "order" for row in state[DocumentRow].where("number", name)]
    ids += [row.id for name in ordered if name[0] == "order" for row in state[Opened].where("number", name)]
    if ids:
        state[Order].preload(ids)
        state[OrderLine].preload_groups("order", ids)
        abroad = [i for i in ids if (order := state[Order].get(i)) is not None and order.currency is not None]
        state[records.Carried].preload(abroad)
        allowed = [i for i in ids if (order := state[Order].get(i)) is not None and (order.allowed_net or order.allowed_tax)]
        state[records.Allowance].preload_groups("order", allowed)
    _prefetch_kits(state, documents, ids)
    state[WaitingReference].preload_groups("reference", _waited_for(documents))
    _prefetch_deliveries(state, documents)
    _prefetch_stock(state, documents)
    _prefetch_freight(state, documents)


def weight(document: Document) -> int:
    """Return how many documents of one line a document is like, by what it touches: batches are bounded by that, and so their memory."""
    lines = getattr(document, "lines", ())
    if isinstance(document, FreightBill):
        named = sum(len(one.orders) + len(one.shipments) + len(one.tracking) + len(one.purchases) + len(one.shares) for one in lines)
        return 1 + max(named, len(lines)) // TOUCHED_A_DOCUMENT
    return 1 + len(lines) // TOUCHED_A_DOCUMENT


def in_batches(items: Iterable[T], document_of: Callable[[T], Document]) -> Iterator[list[T]]:
    """Yield items that have documents in batches of about the same weight, for one commit each."""
    batch: list[T] = []
    size = 0
    for item in items:
        batch.append(item)
        size += weight(document_of(item))
        if size >= limits.IMPORT_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _names(documents: Iterable[Document]) -> Iterable[tuple[str, str]]:
    for document in documents:
        yield document.kind, document.number
        order = getattr(document, "order", None)
        if isinstance(order, str):
            yield "order", order
            if "/" in order:
                yield "order", order.partition("/")[2]
        elif isinstance(document, Opening):
            yield from document.names()
        elif isinstance(document, FreightBill):
            for line in document.lines:
                yield from (("order", name) for name in line.orders)
                yield from (("shipment", name) for name in line.shipments)
                yield from (("purchase", name) for name in line.purchases)
                yield from ((kind, name) for name, _ in line.shares for kind in _SHARED[line.direction])


def _waited_for(documents: Iterable[Document]) -> Iterable[tuple[str, str]]:
    for document in documents:
        if isinstance(document, (OrderDocument, Shipment, Purchase)):
            yield document.kind, document.number
            yield document.kind, f"{document.source}/{document.number}"
            if isinstance(document, Shipment) and document.tracking is not None:
                yield "tracking", document.tracking
        elif isinstance(document, Opening):
            for kind, number in document.names():
                yield kind, number
                yield kind, f"{document.source}/{number}"


def _prefetch_kits(state: State, documents: Sequence[Document], order_ids: Sequence[int]) -> None:
    """Load the kits among the SKUs that are ordered or come in, and the parts of known orders' lines that are kits."""
    moved = [d for d in documents if isinstance(d, OrderDocument | Purchase | Receipt | StockAdjustment)]
    state[KitPart].preload_groups("kit", [line.sku for document in moved for line in document.lines])
    with_kits = [i for i in order_ids if any(line.kit for line in state[OrderLine].where("order", i))]
    state[OrderLinePart].preload_groups("order", with_kits)


def _order_rows(state: State, name: str) -> list[DocumentRow]:
    """Return the orders that `name` (a number, or source/number) may mean, as far as they are loaded."""
    rows = state[DocumentRow].where("number", ("order", name))
    return rows if rows or "/" not in name else state[DocumentRow].where("number", ("order", name.partition("/")[2]))


def _in_stock(state: State, line: OrderLine) -> list[str]:
    if not line.kit:
        return [line.sku]
    return [part.part for part in state[OrderLinePart].where("order", line.order_id) if part.line == line.line]


def _prefetch_deliveries(state: State, documents: Iterable[Document]) -> None:
    """Load what undelivered orders hold; an order that awaits no delivery needs nothing more than itself."""
    names = [("order", d.order.rpartition("/")[2]) for d in documents if isinstance(d, Delivery)]
    rows = [row for name in names for row in state[DocumentRow].where("number", name)]
    waiting = [row.seq for row in rows if (order := state[Order].get(row.seq)) is not None and order.undelivered]
    if waiting:
        state[records.Shipment].preload_groups("order", waiting)
        state[ShipmentLine].preload_groups("order", waiting)
        state[records.Consumption].preload_groups("order", waiting)
        state[Owed].preload_groups("order", waiting)


def _prefetch_stock(state: State, documents: Sequence[Document]) -> None:
    stock: dict[tuple[str, str], None] = {}
    returned: list[int] = []
    orders = [d for d in documents if isinstance(d, OrderDocument)]
    ordered = {name: [line.sku for line in d.lines] for d in orders for name in (d.number, f"{d.source}/{d.number}")}
    parts = {sku: [part.part for part in state[KitPart].where("kit", sku)] for skus in ordered.values() for sku in skus}
    for document in documents:
        if isinstance(document, Shipment | Return):
            skus = [one for sku in ordered.get(document.order, ()) for one in parts[sku] or [sku]]
            stock.update(((sku, document.warehouse), None) for sku in skus)
            for row in _order_rows(state, document.order):
                lines = state[OrderLine].where("order", row.origin)
                stock.update(((sku, document.warehouse), None) for line in lines if line.stocked for sku in _in_stock(state, line))
                returned += [row.origin] if isinstance(document, Return) else []
        elif isinstance(document, Purchase | StockAdjustment):
            stock.update(((line.sku, document.warehouse), None) for line in document.lines)
        elif isinstance(document, Opening):
            stock.update(((lot.sku, lot.warehouse), None) for lot in document.lots)
    if stock:
        state[Sku].preload(sku for sku, _ in stock)
        state[CostingMethod].preload(["", *(sku for sku, _ in stock)])
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
    shared = [n for bill in bills for line in bill.lines if line.direction != "inbound" for n, _ in line.shares]
    shipments = [n for bill in bills for line in bill.lines for n in line.shipments] + shared
    tracking = [n for bill in bills for line in bill.lines for n in line.tracking] + shared
    orders = [n for bill in bills for line in bill.lines for n in line.orders] + shared
    ids = [row.origin for name in shipments for row in state[DocumentRow].where("number", ("shipment", name))]
    state[records.Shipment].preload(ids)
    state[records.Shipment].preload_groups("tracking", tracking)
    order_ids = [row.origin for name in orders for row in state[DocumentRow].where("number", ("order", name))]
    state[records.Shipment].preload_groups("order", order_ids)
    order_ids += [s.order_id for i in ids if (s := state[records.Shipment].get(i)) is not None]
    order_ids += [s.order_id for name in tracking for s in state[records.Shipment].where("tracking", name)]
    state[Order].preload(order_ids)
    if any(line.basis == "quantity" and len(line.orders + line.shipments + line.tracking) > 1 for bill in bills for line in bill.lines):
        state[ShipmentLine].preload_groups("order", order_ids)
    state[Billed].preload_groups("target", _parcels(state, bills))
    purchases = [n for bill in bills for line in bill.lines for n in line.purchases]
    seqs = [row.seq for name in purchases for row in state[DocumentRow].where("number", ("purchase", name))]
    state[Lot].preload_groups("document", seqs)
    roots = [lot.root_id for seq in seqs for lot in state[Lot].where("document", seq)]
    state[Lot].preload_groups("root", roots)
    state[records.Consumption].preload_groups("root", roots)
    held = [c.order_id for root in roots for c in state[records.Consumption].where("root", root) if c.order_id is not None]
    state[Order].preload(held)


def _parcels(state: State, bills: Iterable[FreightBill]) -> Iterable[tuple[str, str]]:
    """Yield what charges for single parcels are recorded for: the shipment where it is known by now, else the name."""
    for line in (line for bill in bills for line in bill.lines if line.direction != "inbound"):
        shared = tuple(name for name, _ in line.shares)
        sent = line.shipments if len(line.shipments) == 1 else shared
        known = {name: [row.origin for row in state[DocumentRow].where("number", ("shipment", name))] for name in sent}
        for name in line.tracking if len(line.tracking) == 1 else shared:
            known.setdefault(name, []).extend(shipment.id for shipment in state[records.Shipment].where("tracking", name))
        for name, ids in known.items():
            yield from (("shipment", str(i)) for i in ids) if ids else (("name", name),)
