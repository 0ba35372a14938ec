"""The revision history of an order's profit: every entry that moved it, as recorded, with the contribution after it (money rules 7).

The sums of each entry come from the order's own postings, a page at a time; a cursor carries the contribution reached so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select

from ledger.limits import PAGE_MAX
from ledger.reports.context import Context
from ledger.reports.expressions import is_profit_posting, posted_fields, whole_sum
from ledger.reports.hand_written import HandEntry, hand_entries
from ledger.reports.order_references import find_order
from ledger.reports.pages import chunks, decode_cursor, encode_cursor, page_limit
from ledger.reports.profit_view import Json, ProfitSums
from ledger.reports.revision_reasons import reason_of, words_of
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import document, entry, posting

Place = tuple[int, int]
"""A cursor: (entry, contribution after it)."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry that moved an order: its id, what it moved, and who it was."""

    id: int
    sums: ProfitSums
    head: Json


def list_revisions(ctx: Context, reference: str, *, limit: int | None = None, after: str | None = None) -> Json:
    """Return a page of revisions of the order that `reference` means, oldest first."""
    row = find_order(ctx, reference)
    place: Any = decode_cursor(after, int, int)
    items, following = revisions_of(ctx, row.id, page_limit(limit), place)
    return {"order": row.number, "source": row.source, "currency": ctx.chart.currency, "items": items, "next": following}


def revisions_of(ctx: Context, order_id: int, size: int = PAGE_MAX, place: Place | None = None) -> tuple[list[Json], str | None]:
    """Return the next `size` revisions behind `place` as JSON, hand-written ones last, and the cursor of the next page."""
    start, reached = place or (0, 0)
    found = _stored(ctx, order_id, start, size + 1)
    if len(found) <= size:
        found += [one for one in _by_hand(ctx, order_id) if one.id > start]
    items: list[Json] = []
    for one in found[:size]:
        change = one.sums.derived.contribution
        reached += change
        moved = {name: ctx.money(value) for name, value in one.sums.fields.items() if value}
        items.append(one.head | moved | {"contribution": ctx.money(change), "contribution_after": ctx.money(reached)})
    return items, encode_cursor(found[size - 1].id, reached) if len(found) > size else None


def _stored(ctx: Context, order_id: int, start: int, size: int) -> list[Revision]:
    sums = [whole_sum(column) for column in posted_fields(ctx)]
    query = (
        select(posting.c.entry_id, *sums)
        .where(posting.c.order_id == order_id, posting.c.entry_id > start, is_profit_posting())
        .group_by(posting.c.entry_id)
        .having(or_(*(one != 0 for one in sums)))
        .order_by(posting.c.entry_id)
        .limit(size)
    )
    rows = ctx.connection.execute(query).all()
    heads = _heads(ctx, [row[0] for row in rows])
    found = []
    for row in rows:
        fields = dict(zip(PROFIT_FIELDS, row[1:], strict=True))
        found.append(Revision(row[0], ProfitSums(fields), _head(heads[row[0]], fields)))
    return found


def _heads(ctx: Context, ids: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    columns: tuple[Any, ...] = (
        entry.c.id, entry.c.seq, entry.c.voucher, entry.c.date, entry.c.narration,
        document.c.source, document.c.kind, document.c.number, document.c.recorded_at,
    )  # fmt: skip
    for part in chunks(ids):
        query = select(*columns).join_from(entry, document, document.c.seq == entry.c.seq).where(entry.c.id.in_(part))
        for row in ctx.connection.execute(query):
            found[row.id] = row
    return found


def _head(row: Row[Any], fields: Mapping[str, int]) -> Json:
    reason = reason_of(row.kind, row.narration, [name for name, value in fields.items() if value])
    return {
        "seq": row.seq,
        "document": f"{row.source}/{row.kind}/{row.number}",
        "entry": row.voucher,
        "date": row.date,
        "recorded_at": row.recorded_at,
        "reason": reason,
        "what": words_of(reason),
        "narration": row.narration,
    }


def _by_hand(ctx: Context, order_id: int) -> list[Revision]:
    """Return the hand-written entries that move the order: they have neither document nor voucher."""
    found = []
    for hand in hand_entries(ctx):
        sums = ProfitSums()
        for one in hand.postings:
            if one.order_id == order_id:
                sums.book(ctx.chart, one.posting.account, one.posting.amount)
        if any(sums.fields.values()):
            found.append(Revision(hand.id, sums, _head_by_hand(hand)))
    return found


def _head_by_hand(hand: HandEntry) -> Json:
    return {
        "seq": None,
        "document": None,
        "entry": None,
        "date": hand.entry.date,
        "recorded_at": None,
        "reason": "by-hand",
        "what": words_of("by-hand"),
        "narration": hand.entry.narration,
        "unadopted": True,
        "line": hand.entry.line,
    }
