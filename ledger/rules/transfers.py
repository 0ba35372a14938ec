"""A transfer between own warehouses: lots change their place with all that they carry, and nothing is posted (IAS 2.10).

Sent and received apart, they are in transit meanwhile: still ours and in every stock value, late costs reach them, no issue takes them.
"""

from __future__ import annotations

import json
from dataclasses import replace

from ledger.costing.issue import cover
from ledger.costing.lots import TRANSIT, on_hand, picks, under_way
from ledger.documents.stock import Transfer, TransferReceipt
from ledger.money import format_quantity, part_of
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_transfer(work: Work, document: Transfer) -> None:
    """Move units, oldest first, with their share of each component; what the other warehouse owes is paid at once.

    What is not `received` yet goes to no warehouse, and pays nothing, until its receipt.

    >>> # 40 of a lot of 100 at 10.00 with 50.00 landed move: 420.00 there, 630.00 here, 1,050.00 on the account as before
    """
    for i, line in enumerate(document.lines):
        left = line.quantity
        for lot, part in list(picks(on_hand(work, line.sku, document.source_warehouse), left, not_after=work.date)):
            _move(work, lot, part, document.to if document.received else TRANSIT)
            left -= part
        if left:
            there = format_quantity(line.quantity - left)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} are in {document.source_warehouse}")
    for sku in dict.fromkeys(line.sku for line in document.lines if document.received):
        cover(work, sku, document.to)


def post_transfer_receipt(work: Work, document: TransferReceipt) -> None:
    """Bring units under way to where their transfer sent them, oldest first, and let them pay what that warehouse owes.

    More than is under way is refused. What does not come stays in transit (an alert says so) until a stock adjustment on the transfer
    writes it off.

    >>> # 10 sent, 8 arrive: 2 stay in transit; an adjustment of -2 on the transfer makes them stock loss
    """
    transfer = work.find("transfer", document.transfer, "/transfer")
    if document.date < transfer.date:
        raise fault("/date", f"goods cannot arrive before they left: transfer {transfer.number} is of {transfer.date}")
    lots = under_way(work, transfer.seq)
    if not lots:
        raise fault("/transfer", f"nothing of transfer {transfer.number} is under way")
    to = str(json.loads(transfer.body)["to"])
    for lot, part in _arriving(document, lots, transfer.number):
        _move(work, lot, part, to)
    for sku in dict.fromkeys(lot.sku for lot in lots):
        cover(work, sku, to)


def _arriving(document: TransferReceipt, lots: list[Lot], transfer: str) -> list[tuple[Lot, int]]:
    """Return the lots and quantities that arrive: as the lines say, or all."""
    if not document.lines:
        return [(lot, lot.quantity) for lot in lots]
    left = {lot.id: lot.quantity for lot in lots}
    arriving = []
    for i, line in enumerate(document.lines):
        missing = line.quantity
        for lot in (lot for lot in lots if lot.sku == line.sku):
            part = min(missing, left[lot.id])
            if part:
                arriving.append((lot, part))
                left[lot.id] -= part
                missing -= part
        if missing:
            there = format_quantity(line.quantity - missing)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} of transfer {transfer} are under way")
    return arriving


def _move(work: Work, lot: Lot, part: int, warehouse: str) -> None:
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
