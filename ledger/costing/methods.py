"""Which cost formula a SKU is under: its own, else the ledger's; a dated change goes before the option (IAS 2.25-27; CAS 1.14)."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.state.records import CostingMethod
from ledger.work import Work

FIFO, AVERAGE, SPECIFIC, MONTH_AVERAGE = "fifo", "average", "specific", "month-average"
METHODS = (FIFO, AVERAGE, SPECIFIC, MONTH_AVERAGE)
POOLED = frozenset([AVERAGE, MONTH_AVERAGE])
"""Methods with one price for all units of a SKU, whichever lot they leave."""


def method_in_force(options: Mapping[str, str], sku: str, own: str | None, ledgers: str | None) -> str:
    """Return the method of a SKU: the first of its own change, its option `costing:SKU`, the ledger's change, the option `costing`."""
    return own or options.get(f"costing:{sku}") or ledgers or options.get("costing", FIFO)


def method_of(work: Work, sku: str) -> str:
    """Return the costing method of a SKU."""
    table = work.state[CostingMethod]
    own, ledgers = table.get(sku), table.get("")
    return method_in_force(work.chart.options, sku, own.method if own else None, ledgers.method if ledgers else None)


def method_of_ledger(work: Work) -> str:
    """Return the method of SKUs that have none of their own."""
    changed = work.state[CostingMethod].get("")
    return changed.method if changed is not None else work.chart.options.get("costing", FIFO)


def has_own_method(work: Work, sku: str) -> bool:
    """Tell whether a change of the ledger's method leaves this SKU as it is."""
    return f"costing:{sku}" in work.chart.options or work.state[CostingMethod].get(sku) is not None


def month_under_average(work: Work, sku: str, date: str) -> str | None:
    """Return the month whose average prices what happens to `sku` on `date`; None where its method is not month-average.

    What is dated before the method came into force belongs to the month in which it did.
    """
    if method_of(work, sku) != MONTH_AVERAGE:
        return None
    table = work.state[CostingMethod]
    changed = table.get(sku) or (None if f"costing:{sku}" in work.chart.options else table.get(""))
    return max(date[:7], changed.since) if changed is not None else date[:7]
