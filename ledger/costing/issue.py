"""Issues: units leave for an order, out of lots where there are any, owed where there are not; and the covering of what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.costing.choosing import Wanted, choose
from ledger.costing.lots import Cost, last_known_cost, on_hand, picks
from ledger.costing.months import note_issue
from ledger.costing.withdraw import withdraw
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.state.records import Consumption, Lot, Order, OrderLine, Owed, Shipment
from ledger.values import value
from ledger.work import Work

COMPONENT_ROLES = (("goods", "cogs"), ("landed", "landed"), ("variance", "price_variance"))
"""The role that each component of a lot's value goes to when the units are sold (design 3.3)."""

SOLD, SHIPPED = "sold", "goods_shipped"
"""How an order holds its units: their cost is expensed, or waits for the delivery."""


def cost_role(role: str, held: str) -> str:
    """Return where a component's cost goes: its own role for sold units, else the account that bears all of it."""
    return role if held == SOLD else held


COVER = "Cover of "
"""What the narration of an entry begins with that pays what the stock owes."""


@value
class Holder:
    """Who has units that left: an order's line by a shipment, or (no order) the expense `held`; as parts of `kit` where it is one."""

    order_id: int | None
    shipment_id: int | None
    line: int
    held: str
    kit: str | None = None


@dataclass(slots=True)
class Issued:
    """Who supplied the units of an issue, so that revenue can be shown by supplier where it is one."""

    suppliers: set[str | None] = field(default_factory=set)
    owed: int = 0

    @property
    def supplier(self) -> str | None:
        """Return the one supplier of all units, or None."""
        return next(iter(self.suppliers)) if len(self.suppliers) == 1 and not self.owed else None

    def join(self, other: Issued) -> None:
        """Add another part of the same line."""
        self.suppliers |= other.suppliers
        self.owed += other.owed


def post_cost(draft: Draft, order: Order | None, sku: str, cost: Cost, held: str, supplier: str | None) -> None:
    """Debit whoever holds the units with their cost: sold units to each component's role, others to the account that bears them."""
    for component, role in COMPONENT_ROLES:
        draft.add(cost_role(role, held), getattr(cost, component), order=order, sku=sku, supplier=supplier)
    draft.follow_inbound(order, held, cost.landed, cost.memo)


def issue(
    work: Work, draft: Draft, *, sku: str, warehouse: str, wanted: Sequence[Wanted], order: Order, shipment_id: int, line: OrderLine
) -> Issued:
    """Take units for an order: lots dated on or before the issue, first in first out; the rest is owed (IAS 2.25-27; CAS 1.14; design 3.4).

    `wanted` is how many, and of which lots where the document names them; `sku` is a part of the line's where that is a kit.

    Example: 10 bought at 10.00 and 10 at 20.00; 15 leave for 200.00.
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 10.00
        purchase PO-2 on 2026-01-06 supplier=Supplier | TEA-01 10 @ 20.00
        order SO-1 on 2026-01-07 customer=Customer | TEA-01 15 @ 30.00
        shipment S-1 order=SO-1
        Dr receivable 450.00 order=SO-1
        Cr sales 450.00 order=SO-1
        Cr inventory:TEA-01 100.00 quantity=-10 lot=PO-1
        Cr inventory:TEA-01 100.00 quantity=-5 lot=PO-2
        Dr cogs 200.00 order=SO-1 sku=TEA-01
    """
    issued = Issued()
    how = SHIPPED if work.state[Shipment].require(shipment_id).awaits_delivery else SOLD
    holder = Holder(order.id, shipment_id, line.line, how, line.kit_sku)
    left = sum(one.quantity for one in wanted)
    picked = choose(work, sku, warehouse, wanted)
    for lot, part, cost in withdraw(work, draft, picked, order=order):
        held = hold(work, lot, cost, holder, part, draft.date)
        post_cost(draft, order, held.sold_as, cost, how, lot.supplier)
        issued.suppliers.add(lot.supplier)
        left -= part
    if left:
        _owe(work, draft, sku, warehouse, left, holder)
        issued.owed = left
    return issued


def cover(work: Work, sku: str, warehouse: str) -> None:
    """Let lots on hand pay what the stock owes, oldest debt first: the difference to the estimate goes to that order today.

    One entry for each day on which lots become available: the later of the lot's date and the debt's (IAS 2.34; IAS 8.36; design 3.4).

    Example: 20 sold with 10 in stock at 30.00; the other 10 come at 40.00 and cost the order 100.00 more, 700.00 in all.
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 30.00
        order SO-1 on 2026-01-06 customer=Customer | TEA-01 20 @ 50.00
        shipment S-1 order=SO-1
        Dr receivable 1000.00 order=SO-1
        Cr sales 1000.00 order=SO-1
        Cr inventory:TEA-01 300.00 quantity=-10 lot=PO-1
        Dr cogs 300.00 order=SO-1 sku=TEA-01
        Dr cogs 300.00 order=SO-1 sku=TEA-01
        Cr stock_owed 300.00 order=SO-1 sku=TEA-01
        purchase PO-2 on 2026-01-10 supplier=Supplier | TEA-01 15 @ 40.00
        on 2026-01-10
        Dr inventory:TEA-01 600.00 quantity=15 lot=PO-2
        Cr payable:supplier 600.00
        on 2026-01-10
        Dr stock_owed 300.00 order=SO-1 sku=TEA-01
        Cr inventory:TEA-01 400.00 quantity=-10 lot=PO-2
        Dr cogs 100.00 order=SO-1 sku=TEA-01
    """
    debts = [debt for debt in work.state[Owed].where("stock", (sku, warehouse)) if debt.quantity > 0]
    if not debts:
        return
    drafts: dict[str, Draft] = {}
    for debt in debts:
        for lot, part in list(picks(on_hand(work, sku, warehouse), debt.quantity)):
            date = work.posting_date(max(lot.available, debt.date))
            if date not in drafts:
                drafts[date] = work.draft("", f"{COVER}{sku} sold before it came", date=date)
            _pay(work, drafts[date], debt, lot, part)


def _owe(work: Work, draft: Draft, sku: str, warehouse: str, quantity: int, holder: Holder) -> None:
    assert holder.order_id is not None, "only orders take what has not come"
    assert holder.shipment_id is not None, "an order takes units by a shipment"
    order = work.state[Order].edit(work.state[Order].require(holder.order_id))
    estimate = last_known_cost(work, sku, quantity)
    debt = work.state[Owed].add(
        Owed(
            id=work.state.next_id(),
            sku=sku,
            warehouse=warehouse,
            order_id=holder.order_id,
            shipment_id=holder.shipment_id,
            line=holder.line,
            date=work.date,
            held=holder.held,
            quantity=quantity,
            estimate=estimate,
            kit=holder.kit,
        )
    )
    order.owed += quantity
    draft.add(cost_role("cogs", holder.held), estimate, order=order, sku=debt.sold_as)
    draft.add("stock_owed", -estimate, order=order, sku=sku)


def _pay(work: Work, draft: Draft, debt: Owed, lot: Lot, part: int) -> None:
    order = work.state[Order].require(debt.order_id)
    estimate, beyond = release_debt(work, debt, order, part)
    [(_, _, cost)] = withdraw(work, draft, [(lot, part)], order=order)
    hold(work, lot, cost + Cost(beyond), Holder(order.id, debt.shipment_id, debt.line, debt.held, debt.kit), part, draft.date)
    draft.add("stock_owed", estimate, order=order, sku=debt.sku)
    post_cost(draft, order, debt.sold_as, cost - Cost(estimate), debt.held, lot.supplier)


def release_debt(work: Work, debt: Owed, order: Order, part: int) -> tuple[int, int]:
    """Take `part` off a debt and return the estimate that belongs to it, and what the order bears beyond."""
    estimate, beyond = part_of(debt.estimate, part, debt.quantity), part_of(debt.beyond, part, debt.quantity)
    work.state[Owed].edit(debt)
    debt.quantity -= part
    debt.estimate -= estimate
    debt.beyond -= beyond
    work.state[Order].edit(order).owed -= part
    return estimate, beyond


def hold(work: Work, lot: Lot, cost: Cost, holder: Holder, quantity: int, date: str | None) -> Consumption:
    """Remember who took units of a lot at what cost, so that late cost and returns find them.

    `date` is the day it is posted on; None for units that left before these books began, which no month's average counts.
    """
    held = work.state[Consumption].add(
        Consumption(
            id=work.state.next_id(),
            root_id=lot.root_id,
            lot_id=lot.id,
            order_id=holder.order_id,
            shipment_id=holder.shipment_id,
            line=holder.line,
            sku=lot.sku,
            held=holder.held,
            quantity=quantity,
            goods=cost.goods,
            landed=cost.landed,
            variance=cost.variance,
            memo=cost.memo,
            kit=holder.kit,
        )
    )
    if date is not None:
        note_issue(work, held, date)
    return held
