"""Which cost formula prices a SKU now, as the store has it: the changes that documents made, and the options of the books."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from ledger.costing.methods import method_in_force
from ledger.reports.context import Context
from ledger.store.tables import metadata

_methods = metadata.tables["costing_method"]


def methods_now(ctx: Context) -> Callable[[str], str]:
    """Return a function that names the method of a SKU."""
    changed = {row.sku: row.method for row in ctx.connection.execute(select(_methods.c.sku, _methods.c.method))}
    return lambda sku: method_in_force(ctx.chart.options, sku, changed.get(sku), changed.get(""))
