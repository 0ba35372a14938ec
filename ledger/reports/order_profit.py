"""The profit of one order: its kept sums, what may still change them, and every entry that made them (design 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, cast, func, select

from ledger.money import format_quantity
from ledger.policies import INBOUND_FREIGHT
from ledger.reports.context import Context
from ledger.reports.entries import entries_by_id
from ledger.reports.entry_list import entry_ids
from ledger.reports.hand_written import HandEntry, hand_entries, hand_entry_json
from ledger.reports.order_references import find_order
from ledger.reports.pages import chunks, encode_cursor
from ledger.reports.period import EVERYTHING
from ledger.reports.profit_view import Json, ProfitSums, profit_json
from ledger.store.tables import metadata

ENTRIES_MAX = 1_000
"""Entries shown with one order's profit; `entries_next` continues them in the list of entries with this order."""

PENDING_MAX = 20
"""Pending facts named for one order; more are counted."""

_owed, _shipments = metadata.tables["owed"], metadata.tables["shipment"]


def order_profit(ctx: Context, reference: str) -> Json:
    """Return the profit of the order that `reference` means (number or source/number) and its entries, oldest first."""
    row = find_order(ctx, reference)
    hand = [one for one in hand_entries(ctx) if any(p.order_id == row.id for p in one.postings)]
    sums = ProfitSums.of(row._mapping)
    for one in (p for entry in hand for p in entry.postings if p.order_id == row.id):
        sums.book(ctx.chart, one.posting.account, one.posting.amount)
    result = order_json(ctx, row, sums, pending_of(ctx, [row])[row.id])
    return result | _entries(ctx, row.id, hand)


def order_json(ctx: Context, row: Row[Any], sums: ProfitSums, pending: Sequence[Json]) -> Json:
    """Write one order's profit without its entries; `state` is estimated while something is pending."""
    shown = {
        "order": row.number,
        "source": row.source,
        "customer": row.customer,
        "channel": row.channel,
        "date": row.date,
        "currency": ctx.chart.currency,
        "state": "estimated" if pending else "final",
        **profit_json(ctx, sums),
        "pending": list(pending),
    }
    if row.memo_landed or ctx.chart.policy(INBOUND_FREIGHT, row.date) == "expense":
        shown["memo"] = memo_json(ctx, row.memo_landed, sums)
    return shown


def memo_json(ctx: Context, landed: int, sums: ProfitSums) -> Json:
    """Write what the profit would be with the inbound cost of its goods, where the books expense that when it is billed (design 7)."""
    return {
        "landed_cost": ctx.money(landed),
        "gross_profit_after": ctx.money(sums.derived.gross_profit - landed),
        "contribution_after": ctx.money(sums.derived.contribution - landed),
    }


def pending_of(ctx: Context, rows: Sequence[Row[Any]]) -> dict[int, list[Json]]:
    """Say for each order what is undelivered, owed, accrued or unmatched: as {"what", "detail"}."""
    waiting = _undelivered_details(ctx, [row.id for row in rows if row.undelivered])
    owed = _owed_details(ctx, [row.id for row in rows if row.owed])
    accrued = _accrued_details(ctx, [row.id for row in rows if row.accrued])
    result = {}
    for row in rows:
        facts = [("undelivered", text) for text in waiting.get(row.id, [])]
        facts += [("owed", text) for text in owed.get(row.id, [])]
        facts += [("accrued", text) for text in accrued.get(row.id, [])]
        if row.unmatched:
            facts.append(("unmatched", f"lines of freight bills that wait for what else they name: {row.unmatched}"))
        shown: list[Json] = [{"what": what, "detail": detail} for what, detail in facts[:PENDING_MAX]]
        if len(facts) > PENDING_MAX:
            shown.append({"what": "more", "detail": f"and {len(facts) - PENDING_MAX} more"})
        result[row.id] = shown
    return result


def _undelivered_details(ctx: Context, ids: Sequence[int]) -> Mapping[int, list[str]]:
    details: dict[int, list[str]] = {}
    for part in chunks(ids):
        query = select(_shipments).where(_shipments.c.order_id.in_(part), _shipments.c.awaits_delivery != 0)
        for row in ctx.connection.execute(query.order_by(_shipments.c.id)):
            details.setdefault(row.order_id, []).append(f"shipment {row.number} of {row.date} is not delivered yet")
    return details


def _owed_details(ctx: Context, ids: Sequence[int]) -> Mapping[int, list[str]]:
    details: dict[int, list[str]] = {}
    quantity = cast(func.sum(_owed.c.quantity), BigInteger).label("units")
    columns = (_owed.c.order_id, _owed.c.sku, quantity, func.min(_owed.c.date).label("since"))
    for part in chunks(ids):
        query = select(*columns).where(_owed.c.order_id.in_(part), _owed.c.quantity > 0)
        grouped = query.group_by(_owed.c.order_id, _owed.c.sku)
        for row in ctx.connection.execute(grouped.order_by(_owed.c.order_id, func.min(_owed.c.date), _owed.c.sku)):
            text = f"{format_quantity(row.units)} {row.sku} owed since {row.since}"
            details.setdefault(row.order_id, []).append(text)
    return details


def _accrued_details(ctx: Context, ids: Sequence[int]) -> Mapping[int, list[str]]:
    details: dict[int, list[str]] = {}
    for part in chunks(ids):
        query = select(_shipments).where(_shipments.c.order_id.in_(part), _shipments.c.accrued != 0)
        for row in ctx.connection.execute(query.order_by(_shipments.c.id)):
            estimate = f"{ctx.money(row.accrued)} {ctx.chart.currency}"
            text = f"freight of shipment {row.number} estimated at {estimate} on {row.date}, not yet billed"
            details.setdefault(row.order_id, []).append(text)
    return details


def _entries(ctx: Context, order_id: int, hand: Sequence[HandEntry]) -> Json:
    found = entry_ids(ctx, account=None, order_id=order_id, period=EVERYTHING, start=0, size=ENTRIES_MAX + 1)
    shown = found[:ENTRIES_MAX]
    entries = entries_by_id(ctx, shown, only_order=order_id)
    if len(found) > ENTRIES_MAX:
        return {"entries": entries, "entries_next": encode_cursor(shown[-1])}
    return {"entries": entries + [hand_entry_json(ctx, one, only_order=order_id) for one in hand]}
