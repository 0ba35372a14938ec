"""A stock adjustment: units that are gone leave at their lot's cost, units found come in at a stated or the last known cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.costing.choosing import Wanted, choose_among, sole_label
from ledger.costing.issue import Holder, cover, hold, post_cost
from ledger.costing.lots import Cost, Incoming, add_lot, is_own, last_known_cost, on_hand, under_way, unit_price_of
from ledger.costing.methods import SPECIFIC, method_of
from ledger.costing.withdraw import withdraw
from ledger.documents.stock import AdjustmentLine, StockAdjustment
from ledger.journal.draft import Draft
from ledger.money import MICRO, divide_half_up, format_quantity, part_of
from ledger.rules.brought_lots import brought_lots
from ledger.rules.kits import refuse_kit
from ledger.rules.lost_tax import reverse_tax, tax_of_gone
from ledger.state.records import Lot
from ledger.work import Work, fault


def post_stock_adjustment(work: Work, document: StockAdjustment, known: Mapping[str, tuple[int, int]] | None = None) -> None:
    """Debit `stock_loss` with what is gone, credit it with what is found (IAS 2.34; CAS 1.21). Late cost follows to the loss.

    Where the books say so, the input tax of what is gone is loss too (option `loss-vat`).
    `known` has what units of a SKU were found for by the version that is corrected: (total, quantity).

    Example: 10 at 10.00 with 40.00 of freight on them, 1 broken: 14.00 of loss, and 1.00 of the next bill of 10.00 follows it.
        purchase PO-1 supplier=Supplier | TEA-01 10 @ 10.00
        freight_bill F-1 carrier=Carrier | 40.00 inbound purchases=PO-1
        stock_adjustment A-1 on 2026-01-31 reason=broken | TEA-01 -1
        Dr stock_loss 14.00 sku=TEA-01
        Cr inventory:TEA-01 14.00 quantity=-1 lot=PO-1
        freight_bill F-2 on 2026-02-10 carrier=Carrier | 10.00 inbound purchases=PO-1
        Dr inventory:TEA-01 9.00 lot=PO-1
        Dr stock_loss 1.00 sku=TEA-01
        Cr payable:carrier 10.00

    Example: 2 are found, and come in at the last known cost.
        given a-tea-lot
        stock_adjustment A-2 on 2026-01-31 reason=counted | TEA-01 2
        Dr inventory:TEA-01 20.00 quantity=2 lot=A-2
        Cr stock_loss 20.00 sku=TEA-01
    """
    draft = work.draft("", f"Stock adjustment {document.number}: {document.reason}")
    for i, line in enumerate(document.lines):
        if line.quantity < 0:
            _gone(work, draft, document, line, i)
    found = [(i, line) for i, line in enumerate(document.lines) if line.quantity > 0]
    gain = work.draft("", draft.narration)
    for i, line in found:
        _found(work, gain, document, line, i, (known or {}).get(line.sku))
    for _, line in found:
        cover(work, line.sku, document.warehouse)


def _gone(work: Work, draft: Draft, document: StockAdjustment, line: AdjustmentLine, index: int) -> None:
    lots, place = on_hand(work, line.sku, document.warehouse), f"in {document.warehouse}"
    if document.transfer is not None:
        transfer = work.find("transfer", document.transfer, "/transfer")
        lots, place = under_way(work, transfer.seq, line.sku), f"of transfer {transfer.number} under way"
    if line.purchase is not None:
        roots = {lot.id for lot in brought_lots(work, work.find_receipt(line.purchase, f"/lines/{index}/purchase"))}
        lots = [lot for lot in lots if lot.root_id in roots]
    left = -line.quantity
    picked = choose_among(work, line.sku, lots, [Wanted(left, _lot_of(work, document, line, lots), f"/lines/{index}")])
    for lot, part, cost in withdraw(work, draft, picked, order=None):
        root = work.state[Lot].require(lot.root_id)
        tax = tax_of_gone(work, root, part)
        hold(work, lot, cost, Holder(None, work.seq, index, "stock_loss"), part, draft.date)
        post_cost(draft, None, line.sku, cost, "stock_loss", lot.supplier)
        reverse_tax(work, draft, root, tax)
        left -= part
    if left:
        there = format_quantity(-line.quantity - left)
        where = f"of purchase {line.purchase} {place}" if line.purchase is not None else place
        raise fault(f"/lines/{index}/quantity", f"only {there} of {line.sku!r} {where} on {work.date} can be gone")


def _lot_of(work: Work, document: StockAdjustment, line: AdjustmentLine, lots: Sequence[Lot]) -> str | None:
    """Return the lot that a line names: a purchase or transfer names one where it has only one, or where a correction has put one back."""
    if line.lot is not None or (line.purchase is None and document.transfer is None) or method_of(work, line.sku) != SPECIFIC:
        return line.lot
    return sole_label([lot for lot in lots if is_own(work, lot)]) or sole_label(lots)


def _found(work: Work, draft: Draft, document: StockAdjustment, line: AdjustmentLine, index: int, known: tuple[int, int] | None) -> None:
    refuse_kit(work, line.sku, f"/lines/{index}/sku")
    if line.unit_cost is not None:
        total = divide_half_up(line.unit_cost * line.quantity * 10**work.digits, MICRO * MICRO)
    elif known is not None:
        total = part_of(known[0], line.quantity, known[1])
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
