"""Corrections in the warehouse: what a count took comes back, what it found is recalled, what was moved is moved back."""

from __future__ import annotations

from ledger.costing.give_back import release_cost
from ledger.costing.issue import post_cost
from ledger.costing.lots import Cost, Incoming, add_lot
from ledger.costing.recall import bring_again, recall
from ledger.documents.receiving import SupplierReturn
from ledger.documents.stock import StockAdjustment, Transfer
from ledger.journal.draft import Draft
from ledger.money import format_quantity
from ledger.rules.corrections.posted import COST_ROLES, TAKEN_BY_RECALL, negate
from ledger.rules.corrections.supplier_invoices import open_again
from ledger.rules.stock_adjustments import post_stock_adjustment
from ledger.rules.supplier_returns import post_supplier_return
from ledger.rules.transfers import move, post_transfer
from ledger.state.records import Cleared, Consumption, DocumentRow, Lot
from ledger.work import Work, fault


def correct_adjustment(work: Work, new: StockAdjustment, old: StockAdjustment, row: DocumentRow) -> None:
    """Bring back what was gone at the cost that the loss bears now, recall what was found, and post the right count (IAS 2.34; CAS 1.21).

    Example: 2 of 100 at 10.00 were written off, it was 1.
        given a-tea-lot
        stock_adjustment A-1 on 2026-01-31 reason=broken | TEA-01 -2
        stock_adjustment A-1 reason="one was only dusty" corrects=true | TEA-01 -1
        on 2026-01-31
        Dr inventory:TEA-01 20.00
        Cr stock_loss 20.00
        on 2026-01-31
        Cr inventory:TEA-01 10.00
        Dr stock_loss 10.00
    """
    back = work.reversal(old, row, "", date=new.date)
    for held in work.state[Consumption].where("taker", row.seq):
        _put_back(work, back, held, "stock_loss")
    draft = work.reversal(old, row, "")
    lots = [lot for lot in work.state[Lot].where("document", row.seq) if lot.root_id == lot.id]
    known = {lot.sku: (lot.bought_for, lot.received) for lot in lots}
    found = recall(work, draft, lots)
    for sku, amount in found.goods.items():
        draft.add("stock_loss", amount, sku=sku)
    negate(work, draft, row, without=TAKEN_BY_RECALL)
    draft.add("stock_loss", -sum(posting.amount for posting in draft.postings))
    post_stock_adjustment(work, new, known)
    bring_again(work, found)


def correct_supplier_return(work: Work, new: SupplierReturn, old: SupplierReturn, row: DocumentRow) -> None:
    """Bring the units back as lots of their receipt, owe the supplier again, and post what really went back."""
    draft = work.reversal(old, row, "", date=new.date)
    work.bought_in = _currency_of(work, row)
    negate(work, draft, row, without=COST_ROLES)
    for part in work.state[Cleared].where("invoice", row.seq):
        open_again(work, part)
    for held in work.state[Consumption].where("taker", row.seq):
        _put_back(work, draft, held, None)
    draft.add("price_variance", -sum(posting.amount for posting in draft.postings))
    post_supplier_return(work, new)


def _currency_of(work: Work, row: DocumentRow) -> str | None:
    """Return the currency of the goods that a supplier return gave back."""
    return next((work.state[Lot].require(held.root_id).currency for held in work.state[Consumption].where("taker", row.seq)), None)


def _put_back(work: Work, draft: Draft, held: Consumption, role: str | None) -> None:
    """Make units that had left without an order a lot again; `role` is credited with what they bear, None leaves it to the caller."""
    if held.quantity <= 0:
        return
    lot = work.state[Lot].require(held.lot_id)
    quantity = held.quantity
    cost = release_cost(work, held, quantity)
    units = Incoming(
        sku=held.sku, warehouse=lot.warehouse, quantity=quantity, cost=cost, unit_price=lot.unit_price, line=held.line,
        supplier=lot.supplier, root=lot,
    )  # fmt: skip
    add_lot(work, draft, units)
    if role is not None:
        post_cost(draft, None, held.sku, Cost(0) - cost, role, lot.supplier)
    else:
        draft.follow_inbound(None, held.held, -cost.landed, -cost.memo)


def correct_transfer(work: Work, new: Transfer, old: Transfer, row: DocumentRow) -> None:
    """Move the units back and then as they should have been; what has left the other warehouse since holds it up."""
    lots = [lot for lot in work.state[Lot].where("document", row.seq) if lot.quantity > 0 and lot.warehouse == old.to]
    for i, line in enumerate(old.lines):
        there = sum(lot.quantity for lot in lots if lot.sku == line.sku)
        if there != sum(one.quantity for one in old.lines if one.sku == line.sku):
            raise fault(f"/lines/{i}", f"only {format_quantity(there)} of {line.sku!r} are still in {old.to}; move the rest by a transfer")
    for lot in lots:
        move(work, lot, lot.quantity, old.source_warehouse)
    post_transfer(work, new)
