"""Another cost formula: what is on hand goes on at the value that it has, and the effect is written down (IAS 8.14-27, 25; CAS 28).

Prospective (未来适用法): what earlier orders bore stays. The lots underneath an average are those that first in first out leaves, so the
way back shares the pool's difference over them.
"""

from __future__ import annotations

from ledger.costing.lots import Cost
from ledger.costing.methods import MONTH_AVERAGE, POOLED, method_of
from ledger.costing.months import COMPONENTS, note_stock
from ledger.costing.true_up import settle_months
from ledger.costing.withdraw import pool_of
from ledger.money import allocate
from ledger.state.records import CostingEffect, CostingMethod, Lot, Pool
from ledger.work import Work


def change_method(work: Work, target: str, method: str, skus: list[str]) -> None:
    """Put `method` in force for `target` (a SKU, or "" for the ledger), which prices `skus` from now on; their stock is carried over."""
    before = {sku: method_of(work, sku) for sku in skus}
    for sku in skus:
        if before[sku] == MONTH_AVERAGE:
            settle_months(work, sku)
    row = work.state[CostingMethod].get(target) or work.state[CostingMethod].add(CostingMethod(target, method, ""))
    work.state[CostingMethod].edit(row)
    row.method, row.since = method, work.date[:7]
    for sku in skus:
        effect = _carry_over(work, sku, before[sku], method)
        if effect.quantity or sku == target:
            work.state[CostingEffect].add(effect)


def _carry_over(work: Work, sku: str, before: str, method: str) -> CostingEffect:
    """Carry the stock of one SKU over and return the effect: value before and after, and what the lots alone carried."""
    quantity, value = pool_of(work, sku)
    lots = [lot for lot in work.state[Lot].where("pool", sku) if lot.quantity > 0]
    alone = sum(lot.value for lot in lots)
    if before in POOLED and method not in POOLED:
        _share_pool(work, sku, lots)
    after = pool_of(work, sku)[1].total
    if method == MONTH_AVERAGE:
        note_stock(work, sku, work.date, quantity, value)
    return CostingEffect(work.seq, sku, before, method, quantity, value.total, after, alone)


def _share_pool(work: Work, sku: str, lots: list[Lot]) -> None:
    """Share the difference of the average over the lots by quantity, largest remainder; nothing is posted: it is one stock account.

    Where that would leave a lot below zero, it is shared by what the lots carry instead. 5 of a lot at 20.00 are left under an average
    of 15.00: the pool's -25.00 goes to them, so they carry 75.00 under fifo.
    """
    pool = work.state[Pool].get(sku)
    if pool is None or not lots or Cost(pool.goods, pool.landed, pool.variance, pool.memo) == Cost(0):
        return
    lots = sorted(lots, key=lambda lot: (lot.date, lot.id))
    work.state[Pool].edit(pool)
    for name in COMPONENTS:
        shares = _shares(getattr(pool, name), [lot.quantity for lot in lots], [getattr(lot, name) for lot in lots])
        for lot, part in zip(lots, shares, strict=True):
            work.state[Lot].edit(lot)
            setattr(lot, name, getattr(lot, name) + part)
        setattr(pool, name, 0)


def _shares(difference: int, quantities: list[int], carried: list[int]) -> list[int]:
    shares = allocate(difference, quantities)
    below_zero = any(value + part < 0 for value, part in zip(carried, shares, strict=True))
    if below_zero and min(carried) >= 0 and sum(carried) + difference >= 0:
        return allocate(difference, carried)
    return shares
