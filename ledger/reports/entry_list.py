"""Pages of entries: as recorded, or of an account or of days, each walking the index that has them in its sequence."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from ledger.chart import ROOTS, Chart
from ledger.errors import NotFound, UnknownAccount
from ledger.reports.context import Context
from ledger.reports.entries import entries_by_id
from ledger.reports.expressions import after_pair, met_on_the_way
from ledger.reports.hand_written import HAND_ID, HandEntry, hand_entries, hand_entry_json
from ledger.reports.order_references import find_order
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit, query_text
from ledger.reports.period import EVERYTHING, Period, parse_day
from ledger.reports.profit_view import Json
from ledger.store.tables import entry, posting

POSTINGS_OF_PAGE_MAX = 10_000
"""Postings of one page of entries: a freight bill may have that many alone, and then is a page of its own."""

Place = tuple[str, int]
"""Where an entry stands: its day (in lists as recorded ""), its id."""


def list_entries(
    ctx: Context,
    *,
    account: str | None = None,
    order: str | None = None,
    period: Period = EVERYTHING,
    limit: int | None = None,
    after: str | None = None,
) -> Json:
    """Return a page of entries dated in the period, oldest first; hand-written ones last.

    All entries, and those of an order, come as recorded; those of an account or of a period by their day, then as recorded. With
    `order` an entry shows only the postings of that order, unless all of it is the order's.
    """
    size = page_limit(limit)
    full_account = known_account(ctx.chart, account) if account is not None else None
    order_id = find_order(ctx, order).id if order is not None else None
    by_day = order_id is None and (full_account is not None or not period.is_everything)
    place = _place(after, by_day=by_day)
    if by_day:
        places = _of_days(ctx, full_account, period, place, size + 1)
    else:
        ids = entry_ids(ctx, account=full_account, order_id=order_id, period=period, start=place[1], size=size + 1)
        places = [("", one) for one in ids]
    days = {one: day for day, one in places}
    shown = _within_bound(ctx, list(days)[:size]) if order_id is None else list(days)[:size]
    items = entries_by_id(ctx, shown, only_order=order_id)
    if len(shown) < len(places):
        return {"items": items, "next": _cursor(days[shown[-1]], shown[-1])}
    behind = max(place[1], HAND_ID - 1)
    hand = [one for one in hand_entries(ctx, period) if one.id > behind and _fits(one, full_account, order_id)]
    added = hand[: size - len(shown)]
    items += [hand_entry_json(ctx, one, only_order=order_id) for one in added]
    if len(added) == len(hand):
        return {"items": items, "next": None}
    days |= {one.id: one.entry.date if by_day else "" for one in added}
    last = next(reversed(days))
    return {"items": items, "next": _cursor(days[last], last)}


def _place(after: str | None, *, by_day: bool) -> Place:
    if by_day:
        day, number = decode_cursor(after, str, int) or ("", 0)
        return (parse_day(day, "after") if day else "", number)
    return ("", (decode_cursor(after, int) or (0,))[0])


def _cursor(day: str, number: int) -> str:
    return encode_cursor(day, number) if day else encode_cursor(number)


def entry_ids(ctx: Context, *, account: str | None, order_id: int | None, period: Period, start: int, size: int) -> list[int]:
    """Return the next entry ids after `start` as recorded: all, or those of an order, which are few (of an account and days too)."""
    if order_id is None:
        return list(ctx.connection.execute(select(entry.c.id).where(entry.c.id > start).order_by(entry.c.id).limit(size)).scalars())
    column = posting.c.entry_id
    query = select(column).distinct().where(posting.c.order_id == order_id, column > start)
    if account is not None:
        query = query.where(met_on_the_way(posting.c.account) == account)
    if not period.is_everything:
        query = query.where(met_on_the_way(posting.c.date).between(period.first, period.last))
    return list(ctx.connection.execute(query.order_by(column).limit(size)).scalars())


def _of_days(ctx: Context, account: str | None, period: Period, place: Place, size: int) -> list[Place]:
    """Return the next entries of an account or of days by (day, id): an index has them in that sequence."""
    if place[1] >= HAND_ID:
        return []
    date: ColumnElement[str]
    date, number = (entry.c.date, entry.c.id) if account is None else (posting.c.date, posting.c.entry_id)
    query = select(date, number).where(date.between(max(period.first, place[0]), period.last))
    if account is not None:
        query = query.distinct().where(posting.c.account == account)
    if place[0]:
        query = query.where(after_pair(date, number, place, descending=False))
    return [(row[0], row[1]) for row in ctx.connection.execute(query.order_by(date, number).limit(size))]


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
