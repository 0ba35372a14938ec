"""A change of the cost formula, for one SKU or for the ledger (IAS 8.14-27 through 25; CAS 28 未来适用法)."""

from __future__ import annotations

from ledger.costing.change import change_method
from ledger.costing.methods import has_own_method, method_of, method_of_ledger
from ledger.documents.costing import CostingChange
from ledger.state.records import Lot, MonthStock, Pool, Sku
from ledger.work import Work, fault


def post_costing_change(work: Work, document: CostingChange) -> None:
    """Put the method in force for documents recorded from now on; entries only where a month under month-average ends here.

    Source: IAS 8.14-27 and IAS 2.25; CAS 28.6 (未来适用法).

    Example: 5 of 10 at 10.00 and 5 of 10 at 20.00 are left at 15.00 on average; under fifo 75.00 stay 75.00, and leave with the last lot.
        books costing=average
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 10.00
        purchase PO-2 on 2026-01-06 supplier=Supplier | TEA-01 10 @ 20.00
        order SO-1 on 2026-01-07 customer=Customer | TEA-01 20 @ 30.00
        shipment S-1 order=SO-1 | TEA-01 15
        Dr receivable 450.00
        Cr sales 450.00
        Cr inventory:TEA-01 100.00 quantity=-10
        Cr inventory:TEA-01 100.00 quantity=-5
        Cr inventory:TEA-01 25.00
        Dr cogs 225.00
        costing_change C-1 on 2026-02-01 method=fifo reason="as agreed"
        nothing
        shipment S-2 on 2026-02-02 order=SO-1
        Dr receivable 150.00
        Cr sales 150.00
        Cr inventory:TEA-01 75.00 quantity=-5 lot=PO-2
        Dr cogs 75.00
    """
    current = method_of(work, document.sku) if document.sku is not None else method_of_ledger(work)
    if document.method == current:
        whose = repr(document.sku) if document.sku is not None else "the ledger"
        raise fault("/method", f"{current} is the method of {whose} already")
    skus = [document.sku] if document.sku is not None else _without_own(work)
    change_method(work, document.sku or "", document.method, skus)


def _without_own(work: Work) -> list[str]:
    """Return the SKUs with units on hand, or with issues of open months, that the ledger's method prices."""
    on_hand = {lot.sku for lot in work.state[Lot].every("pool") if lot.quantity > 0}
    in_open_months = {row.sku for row in work.state[MonthStock].every("open") if not row.closed}
    skus = sorted(on_hand | in_open_months)
    work.state[Sku].preload(skus)
    work.state[Pool].preload(skus)
    work.state[Lot].preload_groups("pool", skus)
    return [sku for sku in skus if not has_own_method(work, sku)]
