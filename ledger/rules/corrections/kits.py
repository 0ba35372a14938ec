"""Correction of a kit: its version has other parts, for orders recorded from now on."""

from __future__ import annotations

from ledger.documents.costing import Kit
from ledger.rules.kits import post_kit
from ledger.state.records import DocumentRow, KitPart
from ledger.work import Work


def correct_kit(work: Work, new: Kit, old: Kit, row: DocumentRow) -> None:
    """Replace the version; an order that is recorded already keeps the parts that it was recorded with (IFRS 15.22; CAS 14.9).

    Example: a set was said to have 3 cups; it has 2, and so an order that comes after the correction takes 2.
        purchase PO-1 supplier=Supplier | CUP-02 10 @ 5.00
        {"kind": "kit", "number": "KIT-1", "sku": "SET-01", "components": [{"sku": "CUP-02", "quantity": "3"}]}
        {"kind": "kit", "number": "KIT-1", "sku": "SET-01", "components": [{"sku": "CUP-02", "quantity": "2"}],
        | "corrects": true, "reason": "miscounted"}
        nothing
        order SO-1 customer=Customer | SET-01 1 @ 20.00
        shipment S-1 order=SO-1
        Dr receivable 20.00 order=SO-1
        Cr sales 20.00 order=SO-1 sku=SET-01
        Cr inventory:CUP-02 10.00 quantity=-2
        Dr cogs 10.00 order=SO-1 sku=SET-01
    """
    for part in work.state[KitPart].where("kit", old.sku):
        if part.document_seq == row.seq:
            work.state[KitPart].remove(part)
    post_kit(work, new)
