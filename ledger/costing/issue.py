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
from ledger.state.records import Consumption, Lot, Order, OrderLine, Owed
from ledger.work import Work

COMPONENT_ROLES = (("goods", "cogs"), ("landed", "landed"), ("variance", "price_variance"))
"""The role that each component of a lot's value goes to when the units are sold (design 3.3)."""


@dataclass(frozen=True, slots=True)
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
    """Debit whoever holds the units with their cost: sold units to each component's role, others to the expense that bears them."""
    for component, role in COMPONENT_ROLES:
        draft.add(role if held == "sold" else held, getattr(cost, component), order=order, sku=sku, supplier=supplier)


def issue(
    work: Work, draft: Draft, *, sku: str, warehouse: str, wanted: Sequence[Wanted], order: Order, shipment_id: int, line: OrderLine
) -> Issued:
    """Take units for an order: lots dated on or before the issue, first in first out; the rest is owed (IAS 2.25-27; design 3.4).

    `wanted` is how many, and of which lots where the document names them; `sku` is a part of the line's where that is a kit.
    """
    issued = Issued()
    left = sum(one.quantity for one in wanted)
    picked = choose(work, sku, warehouse, wanted)
    for lot, part, cost in withdraw(work, draft, picked, order=order):
        held = hold(work, lot, cost, Holder(order.id, shipment_id, line.line, "sold", line.kit_sku), part)
        post_cost(draft, order, held.sold_as, cost, "sold", lot.supplier)
        issued.suppliers.add(lot.supplier)
        left -= part
    if left:
        _owe(work, draft, sku, warehouse, left, order, shipment_id, line)
        issued.owed = left
    return issued


def cover(work: Work, sku: str, warehouse: str) -> None:
    """Let lots on hand pay what the stock owes, oldest debt first: the difference to the estimate goes to that order today.

    One entry for each day on which lots become available: the later of the lot's date and the debt's (design 3.4).
    """
    debts = [debt for debt in work.state[Owed].where("stock", (sku, warehouse)) if debt.quantity > 0]
    if not debts:
        return
    drafts: dict[str, Draft] = {}
    for debt in debts:
        for lot, part in list(picks(on_hand(work, sku, warehouse), debt.quantity)):
            date = work.posting_date(max(lot.date, debt.date))
            if date not in drafts:
                drafts[date] = work.draft("", f"Cover of {sku} sold before it came", date=date)
            _pay(work, drafts[date], debt, lot, part)


def _owe(work: Work, draft: Draft, sku: str, warehouse: str, quantity: int, order: Order, shipment_id: int, line: OrderLine) -> None:
    estimate = last_known_cost(work, sku, quantity)
    work.state[Owed].add(
        Owed(
            id=work.state.next_id(),
            sku=sku,
            warehouse=warehouse,
            order_id=order.id,
            shipment_id=shipment_id,
            line=line.line,
            date=work.date,
            held="sold",
            quantity=quantity,
            estimate=estimate,
            kit=line.kit_sku,
        )
    )
    work.state[Order].edit(order).owed += quantity
    draft.add("cogs", estimate, order=order, sku=line.sku)
    draft.add("stock_owed", -estimate, order=order, sku=sku)


def _pay(work: Work, draft: Draft, debt: Owed, lot: Lot, part: int) -> None:
    order = work.state[Order].require(debt.order_id)
    estimate = release_debt(work, debt, order, part)
    [(_, _, cost)] = withdraw(work, draft, [(lot, part)], order=order)
    hold(work, lot, cost, Holder(order.id, debt.shipment_id, debt.line, debt.held, debt.kit), part, draft.date)
    draft.add("stock_owed", estimate, order=order, sku=debt.sku)
    post_cost(draft, order, debt.sold_as, cost - Cost(estimate), debt.held, lot.supplier)


def release_debt(work: Work, debt: Owed, order: Order, part: int) -> int:
    """Take `part` off a debt and return the estimate that belongs to it."""
    estimate = part_of(debt.estimate, part, debt.quantity)
    work.state[Owed].edit(debt)
    debt.quantity -= part
    debt.estimate -= estimate
    work.state[Order].edit(order).owed -= part
    return estimate


def hold(work: Work, lot: Lot, cost: Cost, holder: Holder, quantity: int, date: str | None = None) -> Consumption:
    """Remember who took units of a lot at what cost, so that late cost and returns find them. `date` is the day it is posted on."""
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
            kit=holder.kit,
        )
    )
    note_issue(work, held, date or work.date)
    return held
