"""Kits: sold as one line, costed by their parts. Revenue and cost carry the kit's SKU, stock the parts' (IAS 2.10, 34; IFRS 15.22)."""

from __future__ import annotations

from ledger.documents.costing import Kit
from ledger.money import format_quantity
from ledger.rules.shipped_parts import part_quantity
from ledger.state.records import KitPart, Lot, OrderLine, OrderLinePart
from ledger.work import Work, fault


def post_kit(work: Work, document: Kit) -> None:
    """Record a version of a kit; nothing is posted. A SKU is a kit or a part of kits, never both, and a kit has no stock of its own.

    >>> # a set of 2 cups and 0.05 kg of tea, from 1 March; from 1 May it has 0.06 kg: orders of April keep 0.05 for good
    """
    if work.state[KitPart].where("part", document.sku):
        raise fault("/sku", f"{document.sku!r} is a part of another kit; a kit cannot contain kits")
    there = sum(lot.quantity for lot in work.state[Lot].where("pool", document.sku))
    if there:
        raise fault(
            "/sku", f"{format_quantity(there)} of {document.sku!r} are on hand; a kit has no stock of its own, so adjust them out first"
        )
    for i, component in enumerate(document.components):
        if work.state[KitPart].where("kit", component.sku):
            raise fault(f"/components/{i}/sku", f"{component.sku!r} is a kit; a kit cannot contain kits: name its parts")
        work.state[KitPart].add(KitPart(work.seq, i, document.sku, document.date, component.sku, component.quantity))


def parts_in_force(work: Work, sku: str, date: str) -> list[KitPart]:
    """Return the parts of the version of a kit that is in force on `date`; none where the SKU is no kit then."""
    parts = [part for part in work.state[KitPart].where("kit", sku) if part.date <= date]
    version = max(((part.date, part.document_seq) for part in parts), default=None)
    return [part for part in parts if (part.date, part.document_seq) == version]


def keep_parts(work: Work, line: OrderLine, date: str) -> None:
    """Keep with a new order line the parts that it consists of, so that later versions of the kit do not change it."""
    parts = parts_in_force(work, line.sku, date) if line.stocked else []
    for part in parts:
        part_quantity(line.sku, line.quantity, part.part, part.quantity, f"/lines/{line.line}/quantity")
        work.state[OrderLinePart].add(OrderLinePart(line.order_id, line.line, part.part, part.quantity))
    if parts:
        work.state[OrderLine].edit(line).kit = 1


def refuse_kit(work: Work, sku: str, pointer: str) -> None:
    """Refuse units of a kit that would come into stock: its parts are bought and counted, not the kit."""
    if parts_in_force(work, sku, work.document.date):
        raise fault(pointer, f"{sku!r} is a kit: buy, receive and count its parts instead")
