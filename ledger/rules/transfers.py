"""A transfer between own warehouses: lots change their place with all that they carry, and nothing is posted (IAS 2.10)."""

from __future__ import annotations

from dataclasses import replace

from ledger.costing.issue import cover
from ledger.costing.lots import on_hand, picks
from ledger.documents.stock import Transfer
from ledger.money import format_quantity, part_of
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_transfer(work: Work, document: Transfer) -> None:
    """Move units, oldest first, with their share of each component; what the other warehouse owes is paid at once (IAS 2.10; CAS 1.5).

    Example: 40 of 100 units at 10.00 move: the account stays at 1,000.00, and 400.00 of it lie in the other warehouse.
        given a-tea-lot
        transfer T-1 on 2026-01-10 from=main to=shop | TEA-01 40
        nothing

    Example: the other warehouse has sold 3 before they came; the transfer pays what it owes at the units' own cost.
        purchase PO-0 on 2026-01-04 supplier=Supplier | TEA-01 1 @ 9.00
        order SO-4 on 2026-01-05 customer=Customer | TEA-01 3 @ 20.00
        shipment S-4 order=SO-4 warehouse=shop
        Dr receivable 60.00 order=SO-4
        Cr sales 60.00 order=SO-4
        Dr cogs 27.00 order=SO-4
        Cr stock_owed 27.00 order=SO-4
        purchase PO-1 on 2026-01-08 supplier=Supplier | TEA-01 100 @ 10.00
        transfer T-1 on 2026-01-10 from=main to=shop | TEA-01 41
        on 2026-01-05
        Dr stock_owed 9.00 order=SO-4
        Cr inventory:TEA-01 9.00 quantity=-1 lot=PO-0
        on 2026-01-08
        Dr stock_owed 18.00 order=SO-4
        Cr inventory:TEA-01 20.00 quantity=-2 lot=PO-1
        Dr cogs 2.00 order=SO-4 sku=TEA-01
    """
    for i, line in enumerate(document.lines):
        left = line.quantity
        for lot, part in list(picks(on_hand(work, line.sku, document.source_warehouse), left, not_after=work.date)):
            move(work, lot, part, document.to)
            left -= part
        if left:
            there = format_quantity(line.quantity - left)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} are in {document.source_warehouse}")
    for sku in dict.fromkeys(line.sku for line in document.lines):
        cover(work, sku, document.to)


def move(work: Work, lot: Lot, part: int, warehouse: str) -> None:
    """Move units of a lot with their share of each component to a warehouse."""
    goods, landed = part_of(lot.goods, part, lot.quantity), part_of(lot.landed, part, lot.quantity)
    variance = part_of(lot.variance, part, lot.quantity)
    moved = replace(
        lot,
        id=work.state.next_id(),
        document_seq=work.seq,
        warehouse=warehouse,
        quantity=part,
        goods=goods,
        landed=landed,
        variance=variance,
    )
    work.state[Lot].add(moved)
    work.state[Lot].edit(lot)
    lot.quantity -= part
    lot.goods -= goods
    lot.landed -= landed
    lot.variance -= variance
