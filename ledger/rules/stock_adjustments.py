"""A stock adjustment: units that are gone leave at their lot's cost, units found come in at a stated or the last known cost."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.choosing import Wanted, choose_among
from ledger.costing.issue import Holder, cover, hold, post_cost
from ledger.costing.lots import Cost, Incoming, add_lot, last_known_cost, on_hand, unit_price_of
from ledger.costing.withdraw import withdraw
from ledger.documents.stock import AdjustmentLine, StockAdjustment
from ledger.journal.draft import Draft
from ledger.money import MICRO, divide_half_up, format_quantity
from ledger.rules.kits import refuse_kit
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_stock_adjustment(work: Work, document: StockAdjustment) -> None:
    """Debit `stock_loss` with what is gone, credit it with what is found (IAS 2.34; CAS 1.21). Late cost follows to the loss.

    >>> # 10 at 10.00 with 40.00 landed on them, 1 broken: 14.00 of loss, 9 units worth 126.00 left
    """
    draft = work.draft("", f"Stock adjustment {document.number}: {document.reason}")
    for i, line in enumerate(document.lines):
        if line.quantity < 0:
            _gone(work, draft, document, line, i)
    found = [(i, line) for i, line in enumerate(document.lines) if line.quantity > 0]
    gain = work.draft("", draft.narration)
    for i, line in found:
        _found(work, gain, document, line, i)
    for _, line in found:
        cover(work, line.sku, document.warehouse)


def _gone(work: Work, draft: Draft, document: StockAdjustment, line: AdjustmentLine, index: int) -> None:
    lots = on_hand(work, line.sku, document.warehouse)
    if line.purchase is not None:
        seq = work.find_receipt(line.purchase, f"/lines/{index}/purchase").seq
        lots = [lot for lot in lots if work.state[Lot].require(lot.root_id).document_seq == seq]
    left = -line.quantity
    picked = choose_among(work, line.sku, lots, [Wanted(left, _lot_of(line, lots), f"/lines/{index}")])
    for lot, part, cost in withdraw(work, draft, picked, order=None):
        hold(work, lot, cost, Holder(None, None, index, "stock_loss"), part)
        post_cost(draft, None, line.sku, cost, "stock_loss", lot.supplier)
        left -= part
    if left:
        there = format_quantity(-line.quantity - left)
        where = f"of purchase {line.purchase}" if line.purchase is not None else f"in {document.warehouse}"
        raise fault(f"/lines/{index}/quantity", f"only {there} of {line.sku!r} {where} on {work.date} can be gone")


def _lot_of(line: AdjustmentLine, lots: Sequence[Lot]) -> str | None:
    """Return the lot that a line names: a purchase names one where only one lot of it is on hand."""
    labels = {lot.label for lot in lots}
    return labels.pop() if line.lot is None and line.purchase is not None and len(labels) == 1 else line.lot


def _found(work: Work, draft: Draft, document: StockAdjustment, line: AdjustmentLine, index: int) -> None:
    refuse_kit(work, line.sku, f"/lines/{index}/sku")
    if line.unit_cost is not None:
        total = divide_half_up(line.unit_cost * line.quantity * 10**work.digits, MICRO * MICRO)
    else:
        total = last_known_cost(work, line.sku, line.quantity)
    units = Incoming(
        sku=line.sku,
        warehouse=document.warehouse,
        quantity=line.quantity,
        cost=Cost(total),
        unit_price=unit_price_of(total, line.quantity, line.unit_cost, work.digits),
        line=index,
        supplier=None,
    )
    add_lot(work, draft, units)
    draft.add("stock_loss", -total, sku=line.sku)
