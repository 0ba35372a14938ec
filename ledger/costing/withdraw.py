"""Withdrawals: what units cost when they leave, by the SKU's costing method (IAS 2.25-27; CAS 1.14).

FIFO, specific: what their lots carry. Average, month-average until its month is closed: one pool a SKU over own warehouses; lots are
reduced underneath, and the difference is money on the stock account.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.lots import Cost, is_own
from ledger.costing.methods import POOLED, method_of
from ledger.costing.months import note_stock
from ledger.journal.draft import Draft, Posting
from ledger.money import part_of
from ledger.state.records import Lot, Order, Pool
from ledger.work import Work

Picked = tuple[Lot, int]
"""Units to take out of a lot (millionths)."""

Taken = tuple[Lot, int, Cost]
"""Units that were taken out of a lot, and what they cost."""


def withdraw(work: Work, draft: Draft, picked: Sequence[Picked], *, order: Order | None) -> list[Taken]:
    """Take units of one SKU out of their lots, post it, and return what each part costs (IAS 2.25-27; CAS 1.14).

    Example: moving average: 10 at 10.00 and 10 at 20.00, 15 leave for 225.00; lots give up 200.00, 25.00 in money make up for it.
        books costing=average
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 10.00
        purchase PO-2 on 2026-01-06 supplier=Supplier | TEA-01 10 @ 20.00
        order SO-1 on 2026-01-07 customer=Customer | TEA-01 15 @ 30.00
        shipment S-1 order=SO-1
        Dr receivable 450.00 order=SO-1
        Cr sales 450.00 order=SO-1
        Cr inventory:TEA-01 100.00 quantity=-10 lot=PO-1
        Cr inventory:TEA-01 100.00 quantity=-5 lot=PO-2
        Cr inventory:TEA-01 25.00 sku=TEA-01
        Dr cogs 225.00 order=SO-1 sku=TEA-01
    """
    if not picked:
        return []
    sku = picked[0][0].sku
    if method_of(work, sku) not in POOLED:
        return [(lot, part, take(work, draft, lot, part, order=order)) for lot, part in picked]
    own = [(lot, part, take(work, draft, lot, part, order=order)) for lot, part in picked if is_own(work, lot)]
    rest = [(lot, part) for lot, part in picked if not is_own(work, lot)]
    return _with_the_rest(work, draft, sku, own, order) + _at_average(work, draft, sku, rest, order=order)


def _with_the_rest(work: Work, draft: Draft, sku: str, own: list[Taken], order: Order | None) -> list[Taken]:
    """Let units that cost what they cost before take the pool's difference too where they are the last ones."""
    pool = work.state[Pool].get(sku) if own else None
    if pool is None or any(lot.quantity for lot in work.state[Lot].where("pool", sku)):
        return own
    left = Cost(pool.goods, pool.landed, pool.variance, pool.memo)
    keep_difference(work, draft, sku, Cost(0) - left, order)
    lot, part, cost = own[-1]
    return [*own[:-1], (lot, part, cost + left)]


def _at_average(work: Work, draft: Draft, sku: str, picked: Sequence[Picked], *, order: Order | None) -> list[Taken]:
    if not picked:
        return []
    quantity, value = pool_of(work, sku)
    taken = sum(part for _, part in picked)
    cost = share(value, taken, quantity)
    from_lots = Cost(0)
    for lot, part in picked:
        from_lots += take(work, draft, lot, part, order=order)
    keep_difference(work, draft, sku, from_lots - cost, order)
    return _over_parts(picked, cost, taken)


def take(work: Work, draft: Draft, lot: Lot, quantity: int, *, order: Order | None) -> Cost:
    """Take units out of a lot: round(remaining x q / Q) of each component, the last units take all (IAS 2.25; design 3.2).

    Example: 3 units for 60.00 with 40.00 of freight leave one at a time for 33.33, 33.34 and 33.33.
        purchase PO-1 supplier=Supplier | TEA-01 3 @ 20.00
        freight_bill F-1 carrier=Carrier | 40.00 inbound purchases=PO-1
        order SO-1 customer=Customer | TEA-01 3 @ 0 type=gift
        shipment S-1 order=SO-1 | TEA-01 1
        Cr inventory:TEA-01 33.33 quantity=-1
        Dr cogs 20.00 order=SO-1
        Dr landed 13.33 order=SO-1
        shipment S-2 order=SO-1 | TEA-01 1
        Cr inventory:TEA-01 33.34 quantity=-1
        Dr cogs 20.00 order=SO-1
        Dr landed 13.34 order=SO-1
        shipment S-3 order=SO-1 | TEA-01 1
        Cr inventory:TEA-01 33.33 quantity=-1
        Dr cogs 20.00 order=SO-1
        Dr landed 13.33 order=SO-1
    """
    cost = share(Cost(lot.goods, lot.landed, lot.variance, lot.memo), quantity, lot.quantity)
    work.state[Lot].edit(lot)
    lot.quantity -= quantity
    lot.goods -= cost.goods
    lot.landed -= cost.landed
    lot.variance -= cost.variance
    lot.memo -= cost.memo
    draft.stock(work.stock_account(lot.sku), lot, -quantity, -cost.total, order=order)
    note_stock(work, lot.sku, draft.date, -quantity, Cost(0) - cost)
    return cost


def share(value: Cost, quantity: int, whole: int) -> Cost:
    """Return what `quantity` out of `whole` bears of each component, rounded half up; all of it where they are equal."""
    parts = (value.goods, value.landed, value.variance, value.memo)
    return Cost(*(part_of(amount, quantity, whole) for amount in parts))


def pool_of(work: Work, sku: str) -> tuple[int, Cost]:
    """Return the units of a SKU in all warehouses and what they are worth together."""
    lots = work.state[Lot].where("pool", sku)
    pool = work.state[Pool].get(sku)
    value = Cost(pool.goods, pool.landed, pool.variance, pool.memo) if pool is not None else Cost(0)
    for lot in lots:
        value += Cost(lot.goods, lot.landed, lot.variance, lot.memo)
    return sum(lot.quantity for lot in lots), value


def keep_difference(work: Work, draft: Draft, sku: str, difference: Cost, order: Order | None) -> None:
    """Leave in the stock what its lots gave up beyond the average, or take from it what they gave too little."""
    pool = work.state[Pool].get(sku)
    if pool is None:
        pool = work.state[Pool].add(Pool(sku))
    work.state[Pool].edit(pool)
    pool.goods += difference.goods
    pool.landed += difference.landed
    pool.variance += difference.variance
    pool.memo += difference.memo
    if difference.total:
        draft.post(Posting(work.stock_account(sku), difference.total, order, sku))
    note_stock(work, sku, draft.date, 0, difference)


def _over_parts(picked: Sequence[Picked], cost: Cost, taken: int) -> list[Taken]:
    """Share the cost of a withdrawal to the lots that its units came from, by quantity."""
    parts = []
    left = taken
    for lot, part in picked:
        borne = share(cost, part, left)
        parts.append((lot, part, borne))
        cost -= borne
        left -= part
    return parts
