"""Withdrawals: what units cost when they leave, by the SKU's costing method (IAS 2.25-27; CAS 1.14).

FIFO, specific: what their lots carry. Average, month-average until its month is closed: one pool a SKU over own warehouses; lots are
reduced underneath, and the difference is money on the stock account.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.lots import Cost
from ledger.costing.methods import POOLED, method_of
from ledger.costing.months import note_stock
from ledger.journal.draft import Draft, Posting
from ledger.money import part_of
from ledger.state.records import Lot, Order, Pool
from ledger.work import Work


def withdraw(work: Work, draft: Draft, picked: Sequence[tuple[Lot, int]], *, order: Order | None) -> list[tuple[Lot, int, Cost]]:
    """Take units of one SKU out of their lots, post it, and return what each part costs.

    >>> # average: 10@10 and 10@20, 15 leave for round(300.00 x 15 / 20) = 225.00; 5 units worth 75.00 are left (scenario A1)
    """
    if not picked:
        return []
    sku = picked[0][0].sku
    if method_of(work, sku) not in POOLED:
        return [(lot, part, _take(work, draft, lot, part, order=order)) for lot, part in picked]
    quantity, value = pool_of(work, sku)
    taken = sum(part for _, part in picked)
    cost = share(value, taken, quantity)
    from_lots = Cost(0)
    for lot, part in picked:
        from_lots += _take(work, draft, lot, part, order=order)
    keep_difference(work, draft, sku, from_lots - cost, order)
    note_stock(work, sku, draft.date, -taken, Cost(0) - cost)
    return _over_parts(picked, cost, taken)


def _take(work: Work, draft: Draft, lot: Lot, quantity: int, *, order: Order | None) -> Cost:
    """Take units out of a lot: round(remaining x q / Q) of each component, the last units take all (design 3.2).

    >>> # 3 units for 100.00, one at a time: 33.33, 33.34, 33.33 (scenario L6)
    """
    cost = share(Cost(lot.goods, lot.landed, lot.variance), quantity, lot.quantity)
    work.state[Lot].edit(lot)
    lot.quantity -= quantity
    lot.goods -= cost.goods
    lot.landed -= cost.landed
    lot.variance -= cost.variance
    draft.stock(work.stock_account(lot.sku), lot, -quantity, -cost.total, order=order)
    return cost


def share(value: Cost, quantity: int, whole: int) -> Cost:
    """Return what `quantity` out of `whole` bears of each component, rounded half up; all of it where they are equal."""
    return Cost(part_of(value.goods, quantity, whole), part_of(value.landed, quantity, whole), part_of(value.variance, quantity, whole))


def pool_of(work: Work, sku: str) -> tuple[int, Cost]:
    """Return the units of a SKU in all warehouses and what they are worth together."""
    lots = work.state[Lot].where("pool", sku)
    pool = work.state[Pool].get(sku)
    value = Cost(pool.goods, pool.landed, pool.variance) if pool is not None else Cost(0)
    for lot in lots:
        value += Cost(lot.goods, lot.landed, lot.variance)
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
    if difference.total:
        draft.post(Posting(work.stock_account(sku), difference.total, order, sku))


def _over_parts(picked: Sequence[tuple[Lot, int]], cost: Cost, taken: int) -> list[tuple[Lot, int, Cost]]:
    """Share the cost of a withdrawal to the lots that its units came from, by quantity."""
    parts = []
    left = taken
    for lot, part in picked:
        borne = share(cost, part, left)
        parts.append((lot, part, borne))
        cost -= borne
        left -= part
    return parts
