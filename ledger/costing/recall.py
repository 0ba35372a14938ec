"""Recall of a receipt that is corrected: what is on hand goes out, what has left is owed until the right receipt comes.

Sold before it came, seen from now on: the same debts, covered and trued up by the same rule (design 3.4), bring the orders the cost
of the receipt as it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.costing.issue import cost_role, cover, post_cost
from ledger.costing.late import spread
from ledger.costing.lots import Cost
from ledger.costing.methods import POOLED, method_of
from ledger.costing.months import note_return
from ledger.costing.withdraw import keep_difference, take
from ledger.journal.draft import Draft
from ledger.money import allocate, format_quantity
from ledger.state.records import Consumption, DocumentRow, Lot, Order, Owed, Pool
from ledger.work import Work, fault


@dataclass(slots=True)
class Recalled:
    """What the recalled units of each SKU stood for, minor units: their price, and the late cost that waits for what takes their place.

    `owed` are the SKUs and warehouses that owe units now.
    """

    goods: dict[str, int] = field(default_factory=dict)
    landed: dict[str, int] = field(default_factory=dict)
    memo: dict[str, int] = field(default_factory=dict)
    owed: dict[tuple[str, str], None] = field(default_factory=dict)


def recall(work: Work, draft: Draft, roots: Sequence[Lot]) -> Recalled:
    """Take units and cost of bought lots back: stock and what orders hold against whatever the document had credited.

    The draft then lacks the goods' amount (`goods`, by SKU), which the caller debits to where it came from; late cost waits in
    `goods_in_transit` for `bring_again`. Units broken by a count or given to their supplier hold the recall up: those come first.
    """
    recalled = Recalled()
    there = [lot for root in roots for lot in work.state[Lot].where("root", root.id) if lot.quantity > 0]
    draft.date = max([draft.date, *(lot.available for lot in there)])
    for root in roots:
        lots = [lot for lot in work.state[Lot].where("root", root.id) if lot.quantity > 0]
        held = [one for one in work.state[Consumption].where("root", root.id) if one.quantity > 0]
        _refuse_moved(work, root, lots, held)
        late = _late_cost(work, draft, root, lots, held)
        left = root.bought_for + late
        memo = sum(lot.memo for lot in lots) + sum(one.memo for one in held)
        for lot in lots:
            left -= take(work, draft, lot, lot.quantity, order=None).total
        if left and not held:
            _keep_rest(work, draft, root.sku, left)
        for one, estimate in zip(held, _receipt_costs(work, root, held, left), strict=True):
            _owe_again(work, draft, root, one, estimate)
            recalled.owed[root.sku, work.state[Lot].require(one.lot_id).warehouse] = None
        draft.add("goods_in_transit", late)
        recalled.landed[root.sku] = recalled.landed.get(root.sku, 0) + late
        recalled.memo[root.sku] = recalled.memo.get(root.sku, 0) + memo
        recalled.goods[root.sku] = recalled.goods.get(root.sku, 0) + root.bought_for
        work.state[Lot].edit(root)
        root.received = root.bought_for = root.tax = root.charged = 0
    return recalled


def _refuse_moved(work: Work, root: Lot, lots: Sequence[Lot], held: Sequence[Consumption]) -> None:
    for one in held:
        if one.order_id is None:
            taker = work.state[DocumentRow].require(one.shipment_id).name
            there = format_quantity(one.quantity)
            raise fault("/corrects", f"{there} of {root.sku!r} have left by {taker}; correct that first")
    for lot in [*lots, *(work.state[Lot].require(one.lot_id) for one in held)]:
        by = work.state[DocumentRow].require(lot.document_seq)
        if by.kind in ("transfer", "transfer_receipt"):
            raise fault("/corrects", f"units of {root.sku!r} were moved by {by.name}; correct that first")


def _late_cost(work: Work, draft: Draft, root: Lot, lots: Sequence[Lot], held: Sequence[Consumption]) -> int:
    """Return the late cost that follows the units to the right receipt: what they bear, under an average what the receipt was charged."""
    landed = sum(one.landed for one in held) + sum(lot.landed for lot in lots)
    if method_of(work, root.sku) not in POOLED:
        return landed
    _mix_back(work, draft, root, landed - root.charged, sum(one.variance for one in held) + sum(lot.variance for lot in lots))
    return root.charged


def _mix_back(work: Work, draft: Draft, root: Lot, landed: int, variance: int) -> None:
    """Leave in the pool the late cost that an average gave to units of this receipt: as a debt they bear all of it as price."""
    pool = work.state[Pool].get(root.sku)
    if pool is not None and (landed or variance):
        keep_difference(work, draft, root.sku, Cost(-landed - variance, landed, variance), None)


def _keep_rest(work: Work, draft: Draft, sku: str, left: int) -> None:
    """Keep in the pool what the receipt's lots gave too little: units came back to them at the average. Without a pool it is variance."""
    if method_of(work, sku) in POOLED:
        keep_difference(work, draft, sku, Cost(-left), None)
    else:
        draft.add("price_variance", -left, sku=sku)


def _receipt_costs(work: Work, root: Lot, held: Sequence[Consumption], left: int) -> list[int]:
    """Return what the receipt itself cost for the units that each holder has, minor units: `left` is that of all of them.

    Where lots keep their own cost it is what they bear; under an average (now, or when they left) they bear that, and the receipt's
    part goes by quantity.
    """
    borne = [one.goods + one.landed + one.variance for one in held]
    if method_of(work, root.sku) not in POOLED and sum(borne) == left:
        return borne
    return allocate(left, [one.quantity for one in held]) if held else []


def _owe_again(work: Work, draft: Draft, root: Lot, held: Consumption, estimate: int) -> None:
    """Turn units that an order holds into a debt at their receipt's cost; what the order bears beyond that it goes on bearing."""
    assert held.order_id is not None and held.shipment_id is not None
    order = work.state[Order].require(held.order_id)
    cost = Cost(held.goods, held.landed, held.variance, held.memo)
    lot = work.state[Lot].require(held.lot_id)
    post_cost(draft, order, held.sold_as, Cost(0) - cost, held.held, lot.supplier)
    draft.add(cost_role("cogs", held.held), cost.total, order=order, sku=held.sold_as, supplier=lot.supplier)
    draft.add("stock_owed", -estimate, order=order, sku=held.sku)
    debt = Owed(
        id=work.state.next_id(),
        sku=held.sku,
        warehouse=lot.warehouse,
        order_id=order.id,
        shipment_id=held.shipment_id,
        line=held.line,
        date=root.date,
        held=held.held,
        quantity=held.quantity,
        estimate=estimate,
        beyond=cost.total - estimate,
        kit=held.kit,
    )
    work.state[Owed].add(debt)
    work.state[Order].edit(order).owed += held.quantity
    note_return(work, held, held.quantity)
    work.state[Consumption].edit(held)
    held.quantity = held.goods = held.landed = held.variance = held.memo = 0


def bring_again(work: Work, recalled: Recalled) -> None:
    """Bring the late cost of a recalled receipt to the receipt that took its place; what has no unit left to bear it is variance."""
    draft = work.draft("", "Late cost of the receipt that is corrected")
    brought = [lot for lot in work.state[Lot].where("document", work.seq) if lot.root_id == lot.id]
    for sku, amount in recalled.landed.items():
        lots = [lot for lot in brought if lot.sku == sku] or brought
        for lot, share in zip(lots, allocate(amount, [lot.received for lot in lots]), strict=True):
            spread(work, draft, lot, share, "landed")
        for lot, share in zip(lots, allocate(recalled.memo[sku], [lot.received for lot in lots]), strict=True):
            spread(work, draft, lot, share, "memo")
        draft.add("goods_in_transit", -amount)
    for sku, warehouse in recalled.owed:
        cover(work, sku, warehouse)
    for sku in recalled.landed:
        _sweep(work, draft, sku)


def _sweep(work: Work, draft: Draft, sku: str) -> None:
    """Leave nothing in the pool of a SKU that has no unit on hand."""
    pool = work.state[Pool].get(sku)
    if pool is None or any(lot.quantity for lot in work.state[Lot].where("pool", sku)):
        return
    left = Cost(pool.goods, pool.landed, pool.variance)
    keep_difference(work, draft, sku, Cost(0) - left, None)
    draft.add("price_variance", left.total, sku=sku)
