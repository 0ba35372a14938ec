"""What a change of the cost formula met: each SKU's units and value before and after, for the note on the change (IAS 8.29; CAS 28.16)."""

from __future__ import annotations

from sqlalchemy import func, select

from ledger.money import format_quantity
from ledger.reports.context import Context
from ledger.reports.profit_view import Json
from ledger.store.tables import metadata

EFFECTS_MAX = 5_000
"""SKUs that one answer spells out; `effect_left` counts the others."""

_effects = metadata.tables["costing_effect"]


def costing_effect(ctx: Context, seq: int) -> Json:
    """Return {"effect": [...]} of the change recorded as document `seq`, by SKU.

    `value_before` and `value_after` are equal where nothing was posted: the change is prospective. `lots_alone` is what the lots carried
    without the pool of an average, which is what first in first out would have left.
    """
    mine = _effects.c.document_seq == seq
    rows = ctx.connection.execute(select(_effects).where(mine).order_by(_effects.c.sku).limit(EFFECTS_MAX)).all()
    count = ctx.connection.execute(select(func.count()).select_from(_effects).where(mine)).scalar_one()
    shown = [
        {
            "sku": row.sku,
            "from": row.before,
            "to": row.method,
            "quantity": format_quantity(row.quantity),
            "value_before": ctx.money(row.value_before),
            "value_after": ctx.money(row.value_after),
            "lots_alone": ctx.money(row.lots_alone),
        }
        for row in rows
    ]
    return {"effect": shown} | ({"effect_left": count - len(rows)} if count > len(rows) else {})
