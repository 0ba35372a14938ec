"""Pages of entries in the order in which they were recorded, by account, order and days."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, select

from ledger.chart import ROOTS, Chart
from ledger.errors import NotFound, UnknownAccount
from ledger.reports.context import Context
from ledger.reports.entries import entries_by_id
from ledger.reports.hand_written import HandEntry, hand_entries, hand_entry_json
from ledger.reports.order_references import find_order
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit, query_text
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_view import Json
from ledger.store.tables import entry, posting

POSTINGS_OF_PAGE_MAX = 10_000
"""Postings of one page of entries: a freight bill may have that many alone, and then is a page of its own."""


def list_entries(
    ctx: Context,
    *,
    account: str | None = None,
    order: str | None = None,
    period: Period = EVERYTHING,
    limit: int | None = None,
    after: str | None = None,
) -> Json:
    """Return a page of entries dated in the period, as recorded, oldest first; hand-written ones last.

    With `order` an entry shows only the postings of that order, unless all of it is the order's.
    """
    size = page_limit(limit)
    full_account = known_account(ctx.chart, account) if account is not None else None
    order_id = find_order(ctx, order).id if order is not None else None
    place = decode_cursor(after, int)
    start = place[0] if place else 0
    ids = entry_ids(ctx, account=full_account, order_id=order_id, period=period, start=start, size=size + 1)
    shown = _within_bound(ctx, ids[:size]) if order_id is None else ids[:size]
    items = entries_by_id(ctx, shown, only_order=order_id)
    if len(shown) < len(ids):
        return {"items": items, "next": encode_cursor(shown[-1])}
    hand = [one for one in hand_entries(ctx, period) if one.id > start and _fits(one, full_account, order_id)]
    added = hand[: size - len(shown)]
    items += [hand_entry_json(ctx, one, only_order=order_id) for one in added]
    last = [*shown, *(one.id for one in added)][-1:]
    return {"items": items, "next": encode_cursor(last[0]) if len(added) < len(hand) else None}


def entry_ids(ctx: Context, *, account: str | None, order_id: int | None, period: Period, start: int, size: int) -> list[int]:
    """Return the next entry ids after `start` that fit, through the index of the narrowest condition."""
    column = entry.c.id if account is None and order_id is None else posting.c.entry_id
    query = select(column).distinct().where(column > start)
    if account is not None:
        query = query.where(posting.c.account == account)
    if order_id is not None:
        query = query.where(posting.c.order_id == order_id)
    if not period.is_everything:
        # Ids follow the days roughly, so the ids of these days bound what is looked through.
        dated = entry.c.date.between(period.first, period.last)
        ends = ctx.connection.execute(select(func.min(entry.c.id), func.max(entry.c.id)).where(dated)).one()
        if ends[0] is None:
            return []
        query = query.where(column.between(*ends))
        query = query.where(dated if column is entry.c.id else exists().where(entry.c.id == column, dated))
    return list(ctx.connection.execute(query.order_by(column).limit(size)).scalars())


def known_account(chart: Chart, name: str) -> str:
    """Return the account that a query names in full or by role; NotFound where the chart has neither."""
    text = query_text(name, "account")
    if text.partition(":")[0] in ROOTS and chart.role_of(text) is not None:
        return text
    try:
        return chart.resolve(text)
    except UnknownAccount as error:
        raise NotFound(error.detail) from None


def _within_bound(ctx: Context, ids: Sequence[int]) -> list[int]:
    """Cut a page short before its postings exceed the bound; one entry always stays."""
    counted = select(posting.c.entry_id, func.count()).where(posting.c.entry_id.in_(ids)).group_by(posting.c.entry_id)
    counts = {row[0]: row[1] for row in ctx.connection.execute(counted)} if ids else {}
    kept: list[int] = []
    total = 0
    for one in ids:
        total += counts.get(one, 0)
        if kept and total > POSTINGS_OF_PAGE_MAX:
            break
        kept.append(one)
    return kept


def _fits(hand: HandEntry, account: str | None, order_id: int | None) -> bool:
    of_account = account is None or any(one.posting.account == account for one in hand.postings)
    return of_account and (order_id is None or any(one.order_id == order_id for one in hand.postings))
