"""Kits: sold as one line, costed by their parts. Revenue and cost carry the kit's SKU, stock the parts' (IAS 2.10, 34; IFRS 15.22)."""

from __future__ import annotations

from ledger.documents.costing import Kit
from ledger.money import format_quantity
from ledger.rules.shipped_parts import part_quantity
from ledger.state.records import KitPart, Lot, OrderLine, OrderLinePart
from ledger.work import Work, fault


def post_kit(work: Work, document: Kit) -> None:
    """Record a version of a kit; nothing is posted. A SKU is a kit or a part of kits, never both, and a kit has no stock of its own.

    An order keeps the version that was in force when it was recorded. Source: IAS 2.10 and 34; IFRS 15.22; CAS 1.14 and 14.9.

    Example: a set of 2 cups and 0.05 kg of tea; from February it has 0.06 kg, and an order of January keeps 0.05 for good.
        purchase PO-1 supplier=Supplier | CUP-02 10 @ 5.00 | TEA-01 1 @ 100.00
        {"kind": "kit", "number": "KIT-1", "sku": "SET-01", "components": [{"sku": "CUP-02", "quantity": "2"},
        | {"sku": "TEA-01", "quantity": "0.05"}]}
        nothing
        order SO-1 on 2026-01-10 customer=Customer | SET-01 1 @ 30.00
        {"kind": "kit", "number": "KIT-2", "date": "2026-02-01", "sku": "SET-01", "components": [{"sku": "CUP-02", "quantity": "2"},
        | {"sku": "TEA-01", "quantity": "0.06"}]}
        shipment S-1 on 2026-02-02 order=SO-1
        Dr receivable 30.00 order=SO-1
        Cr sales 30.00 order=SO-1 sku=SET-01
        Cr inventory:CUP-02 10.00 quantity=-2
        Cr inventory:TEA-01 5.00 quantity=-0.05
        Dr cogs 15.00 order=SO-1 sku=SET-01
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
        _keep(work, line, part)
    if parts:
        work.state[OrderLine].edit(line).kit = 1


def _keep(work: Work, line: OrderLine, part: KitPart) -> None:
    known = work.state[OrderLinePart].get((line.order_id, line.line, part.part))
    if known is not None:
        work.state[OrderLinePart].edit(known).quantity = part.quantity
    else:
        work.state[OrderLinePart].add(OrderLinePart(line.order_id, line.line, part.part, part.quantity))


def forget_parts(work: Work, line: OrderLine) -> None:
    """Forget the parts of a line that is no longer ordered as it was (correction of an order)."""
    for part in work.state[OrderLinePart].where("order", line.order_id) if line.kit else ():
        if part.line == line.line:
            work.state[OrderLinePart].edit(part).quantity = 0
    work.state[OrderLine].edit(line).kit = 0


def refuse_kit(work: Work, sku: str, pointer: str) -> None:
    """Refuse units of a kit that would come into stock: its parts are bought and counted, not the kit."""
    if parts_in_force(work, sku, work.document.date):
        raise fault(pointer, f"{sku!r} is a kit: buy, receive and count its parts instead")
