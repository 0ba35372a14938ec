"""Units that had come back and have not: their order holds them again (correction of a return)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.costing.choosing import Wanted
from ledger.costing.give_back import release_cost
from ledger.costing.issue import Holder, hold, issue, post_cost
from ledger.costing.lots import Cost
from ledger.costing.methods import SPECIFIC, method_of
from ledger.costing.withdraw import withdraw
from ledger.journal.draft import Draft
from ledger.money import format_quantity, part_of
from ledger.state.records import Consumption, Lot, Order, OrderLine, Owed
from ledger.work import Work, fault


@dataclass(frozen=True, slots=True)
class Again:
    """Which units an order line takes again: those that document number `seq` had brought back; `sku` is a part of the line's kit."""

    order: Order
    shipment_id: int
    line: OrderLine
    sku: str
    quantity: int
    restock: bool
    warehouse: str
    seq: int

    @property
    def place(self) -> tuple[int, int, str]:
        """Return what consumption and debts of the units are found by: (shipment, line, SKU)."""
        return self.shipment_id, self.line.line, self.sku


def take_again(work: Work, draft: Draft, again: Again) -> None:
    """Give the units to the order again: the lots that had come back first, then any on hand; what is not there is owed."""
    left = again.quantity
    if not again.restock:
        left = _mend_debts(work, draft, again, _mend(work, draft, again, left))
    for lot in work.state[Lot].where("document", again.seq) if left else ():
        part = min(left, lot.quantity)
        if part <= 0 or (lot.sku, lot.line) != (again.sku, again.line.line):
            continue
        [(_, _, cost)] = withdraw(work, draft, [(lot, part)], order=again.order)
        holder = Holder(again.order.id, again.shipment_id, again.line.line, "sold", again.line.kit_sku)
        held = hold(work, lot, cost, holder, part, draft.date)
        post_cost(draft, again.order, held.sold_as, cost, "sold", lot.supplier)
        left -= part
    if left and method_of(work, again.sku) == SPECIFIC:
        there = format_quantity(left)
        raise fault("/corrects", f"{there} of {again.sku!r} that had come back have left again; correct by what they left first")
    if left:
        issue(
            work, draft, sku=again.sku, warehouse=again.warehouse, wanted=[Wanted(left, None, "/lines")], order=again.order,
            shipment_id=again.shipment_id, line=again.line,
        )  # fmt: skip


def _mend(work: Work, draft: Draft, again: Again, left: int) -> int:
    """Move the cost of units that had come back broken from the loss to the order's cost of sales."""
    for held in work.state[Consumption].where("order", again.order.id):
        part = min(left, held.quantity)
        if part <= 0 or held.held != "return_loss" or (held.shipment_id, held.line, held.sku) != again.place:
            continue
        sold = replace(held, id=work.state.next_id(), held="sold", quantity=part)
        cost = release_cost(work, held, part, sold)
        supplier = work.state[Lot].require(held.lot_id).supplier
        post_cost(draft, again.order, held.sold_as, Cost(0) - cost, "return_loss", supplier)
        post_cost(draft, again.order, held.sold_as, cost, "sold", supplier)
        sold.goods, sold.landed, sold.variance, sold.memo = cost.goods, cost.landed, cost.variance, cost.memo
        work.state[Consumption].add(sold)
        left -= part
    return left


def _mend_debts(work: Work, draft: Draft, again: Again, left: int) -> int:
    for debt in work.state[Owed].where("order", again.order.id) if left else ():
        part = min(left, debt.quantity)
        if part <= 0 or debt.held != "return_loss" or (debt.shipment_id, debt.line, debt.sku) != again.place:
            continue
        estimate, beyond = part_of(debt.estimate, part, debt.quantity), part_of(debt.beyond, part, debt.quantity)
        work.state[Owed].edit(debt)
        debt.quantity -= part
        debt.estimate -= estimate
        debt.beyond -= beyond
        work.state[Owed].add(replace(debt, id=work.state.next_id(), held="sold", quantity=part, estimate=estimate, beyond=beyond))
        draft.add("return_loss", -estimate - beyond, order=again.order, sku=debt.sold_as)
        draft.add("cogs", estimate + beyond, order=again.order, sku=debt.sold_as)
        left -= part
    return left
