"""Returned units: they come back at the cost that their own order bears, late costs included (IFRS 15.B21-B25; design 3.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.costing.issue import COMPONENT_ROLES, post_cost, release_debt
from ledger.costing.lots import Cost, Incoming, add_lot
from ledger.costing.months import note_return
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.state.records import Consumption, Lot, Order, Owed
from ledger.work import Work


@dataclass(slots=True)
class _Back:
    """Units that go back into stock, gathered by the receipt that they stem from."""

    origin: Lot
    quantity: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Returned:
    """Where units come back from and to: one order line of one shipment; `sku` is the part's where the line is a kit."""

    order: Order
    shipment_id: int
    line: int
    sku: str
    quantity: int
    restock: bool
    warehouse: str

    @property
    def place(self) -> tuple[int, int, str]:
        """Return what consumption and debts of the units are found by: (shipment, line, SKU)."""
        return self.shipment_id, self.line, self.sku


def give_back(work: Work, draft: Draft, returned: Returned) -> None:
    """Undo the cost of returned units: owed units cancel first, then consumption in reverse order.

    `restock` brings new lots (one for each receipt that the units stem from); otherwise the cost moves to `return_loss` and what the
    stock still owes stays owed: the broken units did leave it.
    """
    left = _from_debts(work, draft, returned)
    if left:
        left = _from_consumption(work, draft, returned, left)
    assert not left, "a shipment line is held by debts and consumption together"


def _from_debts(work: Work, draft: Draft, returned: Returned) -> int:
    left = returned.quantity
    order = returned.order
    for debt in reversed(work.state[Owed].where("order", order.id)):
        part = min(left, debt.quantity)
        if not part or debt.held != "sold" or (debt.shipment_id, debt.line, debt.sku) != returned.place:
            continue
        estimate = release_debt(work, debt, order, part)
        draft.add("cogs", -estimate, order=order, sku=debt.sold_as)
        if returned.restock:
            draft.add("stock_owed", estimate, order=order, sku=debt.sku)
        else:
            draft.add("return_loss", estimate, order=order, sku=debt.sold_as)
            work.state[Owed].add(replace(debt, id=work.state.next_id(), held="return_loss", quantity=part, estimate=estimate))
            work.state[Order].edit(order).owed += part
        left -= part
    return left


def _from_consumption(work: Work, draft: Draft, returned: Returned, left: int) -> int:
    backs: dict[int, _Back] = {}
    for held in reversed(work.state[Consumption].where("order", returned.order.id)):
        part = min(left, held.quantity)
        if not part or held.held != "sold" or (held.shipment_id, held.line, held.sku) != returned.place:
            continue
        broken = None if returned.restock else replace(held, id=work.state.next_id(), held="return_loss", quantity=part)
        note_return(work, held, part, broken)
        cost = _release(work, held, part)
        lot = work.state[Lot].require(held.lot_id)
        post_cost(draft, returned.order, held.sold_as, Cost(0) - cost, "sold", lot.supplier)
        if broken is None:
            back = backs.setdefault(held.root_id, _Back(lot, 0, Cost(0)))
            back.quantity += part
            back.cost += cost
        else:
            post_cost(draft, returned.order, held.sold_as, cost, "return_loss", lot.supplier)
            broken.goods, broken.landed, broken.variance = cost.goods, cost.landed, cost.variance
            work.state[Consumption].add(broken)
        left -= part
    for back in backs.values():
        _restock(work, draft, returned, back)
    return left


def _release(work: Work, held: Consumption, part: int) -> Cost:
    cost = Cost(*(part_of(getattr(held, name), part, held.quantity) for name, _ in COMPONENT_ROLES))
    work.state[Consumption].edit(held)
    held.quantity -= part
    held.goods -= cost.goods
    held.landed -= cost.landed
    held.variance -= cost.variance
    return cost


def _restock(work: Work, draft: Draft, returned: Returned, back: _Back) -> None:
    units = Incoming(
        sku=returned.sku,
        warehouse=returned.warehouse,
        quantity=back.quantity,
        cost=back.cost,
        unit_price=back.origin.unit_price,
        line=returned.line,
        supplier=back.origin.supplier,
        root=back.origin,
        order=returned.order,
    )
    add_lot(work, draft, units)
