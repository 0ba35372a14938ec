"""Units that had come back and have not: their order holds them again (correction of a return)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.costing.give_back import release_cost
from ledger.costing.issue import Holder, hold, issue, post_cost
from ledger.costing.lots import Cost
from ledger.costing.withdraw import withdraw
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.state.records import Consumption, Lot, Order, Owed
from ledger.work import Work


@dataclass(frozen=True, slots=True)
class Again:
    """Which units an order line takes again: those that document number `seq` had brought back."""

    order: Order
    shipment_id: int
    line: int
    sku: str
    quantity: int
    restock: bool
    warehouse: str
    seq: int


def take_again(work: Work, draft: Draft, again: Again) -> None:
    """Give the units to the order again: the lots that had come back first, then any on hand; what is not there is owed."""
    left = again.quantity
    if not again.restock:
        left = _mend_debts(work, draft, again, _mend(work, draft, again, left))
    for lot in work.state[Lot].where("document", again.seq) if left else ():
        part = min(left, lot.quantity)
        if part <= 0 or (lot.sku, lot.line) != (again.sku, again.line):
            continue
        draft.date = max(draft.date, lot.available)
        [(_, _, cost)] = withdraw(work, draft, [(lot, part)], order=again.order)
        hold(work, lot, cost, Holder(again.order.id, again.shipment_id, again.line, "sold"), part)
        post_cost(draft, again.order, again.sku, cost, "sold", lot.supplier)
        left -= part
    if left:
        issue(
            work, draft, sku=again.sku, warehouse=again.warehouse, quantity=left, order=again.order,
            shipment_id=again.shipment_id, line=again.line,
        )  # fmt: skip


def _mend(work: Work, draft: Draft, again: Again, left: int) -> int:
    """Move the cost of units that had come back broken from the loss to the order's cost of sales."""
    for held in work.state[Consumption].where("order", again.order.id):
        part = min(left, held.quantity)
        if part <= 0 or held.held != "return_loss" or (held.shipment_id, held.line) != (again.shipment_id, again.line):
            continue
        cost = release_cost(work, held, part)
        supplier = work.state[Lot].require(held.lot_id).supplier
        post_cost(draft, again.order, held.sku, Cost(0) - cost, "return_loss", supplier)
        post_cost(draft, again.order, held.sku, cost, "sold", supplier)
        sold = replace(held, id=work.state.next_id(), held="sold", quantity=part)
        sold.goods, sold.landed, sold.variance, sold.memo = cost.goods, cost.landed, cost.variance, cost.memo
        work.state[Consumption].add(sold)
        left -= part
    return left


def _mend_debts(work: Work, draft: Draft, again: Again, left: int) -> int:
    for debt in work.state[Owed].where("order", again.order.id) if left else ():
        part = min(left, debt.quantity)
        if part <= 0 or debt.held != "return_loss" or (debt.shipment_id, debt.line) != (again.shipment_id, again.line):
            continue
        estimate = part_of(debt.estimate, part, debt.quantity)
        work.state[Owed].edit(debt)
        debt.quantity -= part
        debt.estimate -= estimate
        work.state[Owed].add(replace(debt, id=work.state.next_id(), held="sold", quantity=part, estimate=estimate))
        draft.add("return_loss", -estimate, order=again.order, sku=debt.sku)
        draft.add("cogs", estimate, order=again.order, sku=debt.sku)
        left -= part
    return left
