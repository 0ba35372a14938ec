"""A transfer between own warehouses: lots change their place with all that they carry, and nothing is posted (IAS 2.10).

Sent and received apart, they are in transit meanwhile: still ours and in every stock value, late costs reach them, no issue takes them.
"""

from __future__ import annotations

import json
from dataclasses import replace

from ledger.costing.choosing import Wanted, choose, choose_among, sole_label
from ledger.costing.issue import cover
from ledger.costing.lots import TRANSIT, under_way
from ledger.costing.methods import SPECIFIC, method_of
from ledger.documents.stock import Transfer, TransferReceipt
from ledger.money import format_quantity, part_of
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_transfer(work: Work, document: Transfer) -> None:
    """Move units, of the named lot or the oldest first, with their share of each component (IAS 2.10; CAS 1.5).

    What the other warehouse owes is paid at once.

    What is not `received` yet goes to no warehouse, and pays nothing, until its receipt.

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
        for lot, part in choose(work, line.sku, document.source_warehouse, [Wanted(left, line.lot, f"/lines/{i}")]):
            move(work, lot, part, document.to if document.received else TRANSIT)
            left -= part
        if left:
            there = format_quantity(line.quantity - left)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} are in {document.source_warehouse}")
    for sku in dict.fromkeys(line.sku for line in document.lines if document.received):
        cover(work, sku, document.to)


def post_transfer_receipt(work: Work, document: TransferReceipt) -> None:
    """Bring units under way to where their transfer sent them, oldest first, and let them pay what that warehouse owes (IAS 2.10).

    More than is under way is refused. What does not come stays in transit (an alert says so) until a stock adjustment on the transfer
    writes it off.

    Example: 10 are sent, 8 arrive; an adjustment on the transfer makes the missing 2 a loss.
        given a-tea-lot
        transfer T-1 on 2026-01-10 from=main to=shop received=false | TEA-01 10
        transfer_receipt TR-1 on 2026-01-12 transfer=T-1 | TEA-01 8
        nothing
        stock_adjustment A-1 on 2026-01-20 reason="lost on the way" transfer=T-1 | TEA-01 -2
        Dr stock_loss 20.00
        Cr inventory:TEA-01 20.00 quantity=-2
    """
    transfer = work.find("transfer", document.transfer, "/transfer")
    if document.date < transfer.date:
        raise fault("/date", f"goods cannot arrive before they left: transfer {transfer.number} is of {transfer.date}")
    lots = under_way(work, transfer.seq)
    if not lots:
        raise fault("/transfer", f"nothing of transfer {transfer.number} is under way")
    to = str(json.loads(transfer.body)["to"])
    for lot, part in _arriving(work, document, lots, transfer.number):
        move(work, lot, part, to)
    for sku in dict.fromkeys(lot.sku for lot in lots):
        cover(work, sku, to)


def _arriving(work: Work, document: TransferReceipt, lots: list[Lot], transfer: str) -> list[tuple[Lot, int]]:
    """Return the lots and quantities that arrive: as the lines say, or all."""
    if not document.lines:
        return [(lot, lot.quantity) for lot in lots]
    arriving: list[tuple[Lot, int]] = []
    for sku in dict.fromkeys(line.sku for line in document.lines):
        of_sku = [lot for lot in lots if lot.sku == sku]
        alone = sole_label(of_sku) if method_of(work, sku) == SPECIFIC else None
        lines = [(i, line) for i, line in enumerate(document.lines) if line.sku == sku]
        wanted = [Wanted(line.quantity, line.lot or alone, f"/lines/{i}") for i, line in lines]
        picked = choose_among(work, sku, of_sku, wanted)
        there, said = sum(part for _, part in picked), sum(line.quantity for _, line in lines)
        if there < said:
            detail = f"only {format_quantity(there)} of {sku!r} of transfer {transfer} are under way"
            raise fault(f"/lines/{lines[-1][0]}/quantity", detail)
        arriving += picked
    return arriving


def move(work: Work, lot: Lot, part: int, warehouse: str) -> None:
    """Move units of a lot with their share of each component to a warehouse."""
    goods, landed = part_of(lot.goods, part, lot.quantity), part_of(lot.landed, part, lot.quantity)
    variance, memo = part_of(lot.variance, part, lot.quantity), part_of(lot.memo, part, lot.quantity)
    moved = replace(
        lot,
        id=work.state.next_id(),
        document_seq=work.seq,
        warehouse=warehouse,
        quantity=part,
        goods=goods,
        landed=landed,
        variance=variance,
        memo=memo,
    )
    work.state[Lot].add(moved)
    work.state[Lot].edit(lot)
    lot.quantity -= part
    lot.goods -= goods
    lot.landed -= landed
    lot.variance -= variance
    lot.memo -= memo
