"""A transfer between own warehouses: lots change their place with all that they carry, and nothing is posted (IAS 2.10)."""

from __future__ import annotations

from dataclasses import replace

from ledger.costing.choosing import Wanted, choose
from ledger.costing.issue import cover
from ledger.documents.stock import Transfer
from ledger.money import format_quantity, part_of
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_transfer(work: Work, document: Transfer) -> None:
    """Move units, of the named lot or the oldest first, with their share of each component; what the other warehouse owes is paid at once.

    >>> # 40 of a lot of 100 at 10.00 with 50.00 landed move: 420.00 there, 630.00 here, 1,050.00 on the account as before
    """
    for i, line in enumerate(document.lines):
        left = line.quantity
        for lot, part in choose(work, line.sku, document.source_warehouse, [Wanted(left, line.lot, f"/lines/{i}")]):
            _move(work, lot, part, document.to)
            left -= part
        if left:
            there = format_quantity(line.quantity - left)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} are in {document.source_warehouse}")
    for sku in dict.fromkeys(line.sku for line in document.lines):
        cover(work, sku, document.to)


def _move(work: Work, lot: Lot, part: int, warehouse: str) -> None:
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
