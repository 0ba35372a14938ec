"""Returned units: they come back at the cost that their own order bears, late costs included (IFRS 15.B21-B25; design 3.6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from ledger.costing.issue import SOLD, cost_role, post_cost, release_debt
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
    """Where units come back from and to: one order line of one shipment, delivered or still held as `goods_shipped`.

    `sku` is the part's where the line is a kit. `lots` says which lots the units had left from, where only those can be meant.
    """

    order: Order
    shipment_id: int
    line: int
    sku: str
    quantity: int
    restock: bool
    warehouse: str
    held: str = SOLD
    lots: Collection[int] | None = None

    @property
    def place(self) -> tuple[int, int, str]:
        """Return what consumption and debts of the units are found by: (shipment, line, SKU)."""
        return self.shipment_id, self.line, self.sku

    def means(self, held: Consumption) -> bool:
        """Tell whether units that the order holds are among those that can come back."""
        of_lots = self.lots is None or held.lot_id in self.lots
        return of_lots and held.held == self.held and (held.shipment_id, held.line, held.sku) == self.place


def give_back(work: Work, draft: Draft, returned: Returned) -> None:
    """Undo the cost of returned units: owed units cancel first, then consumption in reverse order (IFRS 15.B21-B25; CAS 14.32; design 3.6).

    `restock` brings new lots (one for each receipt that the units stem from); otherwise the cost moves to `return_loss` and what the
    stock still owes stays owed: the broken units did leave it.

    Example: 10 leave at 10.00, 100.00 of freight come later; 2 return at 20.00 each, although the last purchase was at 30.00.
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 10.00
        order SO-1 on 2026-01-06 customer=Customer | TEA-01 10 @ 50.00
        shipment S-1 order=SO-1
        freight_bill F-1 on 2026-01-20 carrier=Carrier | 100.00 inbound purchases=PO-1
        purchase PO-2 on 2026-01-25 supplier=Supplier | TEA-01 10 @ 30.00
        return RET-1 on 2026-02-05 order=SO-1 | TEA-01 2
        Dr returns 100.00 order=SO-1
        Cr receivable 100.00 order=SO-1
        Cr cogs 20.00 order=SO-1
        Cr landed 20.00 order=SO-1
        Dr inventory:TEA-01 40.00 quantity=2 lot=RET-1

    Example: 2 come back broken and cannot be sold again.
        given an-unpaid-shipment
        return RET-3 on 2026-01-15 order=SO-3 | TEA-01 2 restock=false
        Dr returns 40.00 order=SO-3
        Dr vat_output 5.20 order=SO-3
        Cr receivable 45.20 order=SO-3
        Cr cogs 20.00 order=SO-3 sku=TEA-01
        Dr return_loss 20.00 order=SO-3 sku=TEA-01

    Example: 3 of 5 that were sold before they came return before they came, too: the stock owes 3 less.
        order SO-4 customer=Customer | TEA-01 5 @ 20.00
        purchase PO-0 supplier=Supplier warehouse=shop | TEA-01 1 @ 9.00
        shipment S-4 order=SO-4
        return RET-4 on 2026-01-15 order=SO-4 | TEA-01 3
        Dr returns 60.00 order=SO-4
        Cr receivable 60.00 order=SO-4
        Cr cogs 27.00 order=SO-4 sku=TEA-01
        Dr stock_owed 27.00 order=SO-4 sku=TEA-01
    """
    left = _from_debts(work, draft, returned) if returned.lots is None else returned.quantity
    if left:
        left = _from_consumption(work, draft, returned, left)
    assert not left, "a shipment line is held by debts and consumption together"


def _from_debts(work: Work, draft: Draft, returned: Returned) -> int:
    left = returned.quantity
    order = returned.order
    for debt in reversed(work.state[Owed].where("order", order.id)):
        part = min(left, debt.quantity)
        if not part or debt.held != returned.held or (debt.shipment_id, debt.line, debt.sku) != returned.place:
            continue
        estimate, beyond = release_debt(work, debt, order, part)
        draft.add(cost_role("cogs", returned.held), -estimate - beyond, order=order, sku=debt.sold_as)
        draft.add("price_variance", beyond, sku=debt.sku)
        if returned.restock:
            draft.add("stock_owed", estimate, order=order, sku=debt.sku)
        else:
            draft.add("return_loss", estimate, order=order, sku=debt.sold_as)
            broken = replace(debt, id=work.state.next_id(), held="return_loss", quantity=part, estimate=estimate, beyond=0)
            work.state[Owed].add(broken)
            work.state[Order].edit(order).owed += part
        left -= part
    return left


def _from_consumption(work: Work, draft: Draft, returned: Returned, left: int) -> int:
    backs: dict[int, _Back] = {}
    for held in reversed(work.state[Consumption].where("order", returned.order.id)):
        part = min(left, held.quantity)
        if not part or not returned.means(held):
            continue
        broken = None if returned.restock else replace(held, id=work.state.next_id(), held="return_loss", quantity=part)
        cost = release_cost(work, held, part, broken)
        lot = work.state[Lot].require(held.lot_id)
        post_cost(draft, returned.order, held.sold_as, Cost(0) - cost, returned.held, lot.supplier)
        if broken is None:
            back = backs.setdefault(held.root_id, _Back(lot, 0, Cost(0)))
            back.quantity += part
            back.cost += cost
        else:
            post_cost(draft, returned.order, held.sold_as, cost, "return_loss", lot.supplier)
            broken.goods, broken.landed, broken.variance, broken.memo = cost.goods, cost.landed, cost.variance, cost.memo
            work.state[Consumption].add(broken)
        left -= part
    for back in backs.values():
        _restock(work, draft, returned, back)
    return left


def release_cost(work: Work, held: Consumption, part: int, held_by_now: Consumption | None = None) -> Cost:
    """Take `part` units off what somebody holds, for stock or for `held_by_now`, and return their cost."""
    note_return(work, held, part, held_by_now)
    parts = (held.goods, held.landed, held.variance, held.memo)
    cost = Cost(*(part_of(amount, part, held.quantity) for amount in parts))
    work.state[Consumption].edit(held)
    held.quantity -= part
    held.goods -= cost.goods
    held.landed -= cost.landed
    held.variance -= cost.variance
    held.memo -= cost.memo
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
