"""The general ledger of one account: its postings in a period by day, with the balance after each, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from ledger.journal.result import units_json
from ledger.reports.balances import Turnover, turnovers
from ledger.reports.context import Context
from ledger.reports.entry_list import known_account
from ledger.reports.hand_written import hand_entries
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit
from ledger.reports.period import Period, parse_day
from ledger.reports.profit_view import Json
from ledger.store.tables import document, entry, orders, posting

RARE_MAX = 2_000
"""An account with fewer postings is read whole and sorted; of others the days of the period are walked."""

Place = tuple[str, int, int]
"""Where a posting stands: day, entry, line."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One posting of the account, from the journal or written by hand."""

    place: Place
    amount: int
    shown: Json


def account_ledger(ctx: Context, account: str, period: Period, *, limit: int | None, after: str | None) -> Json:
    """Return a page of postings of `account` (a name in full, or a role) with running balances, debit positive.

    A cursor carries the balance, so that no page computes the ones before it again.
    """
    name = known_account(ctx.chart, account)
    size = page_limit(limit)
    cursor = decode_cursor(after, str, int, int, int)
    place: Place | None = cursor[:3] if cursor else None
    if place is not None:
        parse_day(place[0], "after")
    opening = turnovers(ctx, period.before(), [name]).get(name, Turnover()).balance
    moved = turnovers(ctx, period, [name]).get(name)
    found = _stored(ctx, name, period, place, size + 1) if moved is not None else []
    found = sorted(found + _by_hand(ctx, name, period, place), key=lambda one: one.place)
    balance = cursor[3] if cursor else opening
    lines = []
    for one in found[:size]:
        balance += one.amount
        lines.append(_line(ctx, name, one, balance))
    turnover = moved or Turnover()
    return {
        "account": {"account": name, "label": ctx.chart.label(name), "label_zh": ctx.chart.label_zh(name)},
        "opening": ctx.money(opening),
        "turnover_debit": ctx.money(turnover.debit),
        "turnover_credit": ctx.money(turnover.credit),
        "closing": ctx.money(opening + turnover.balance),
        "lines": lines,
        "next": encode_cursor(*found[size - 1].place, balance) if len(found) > size else None,
    }


def _stored(ctx: Context, account: str, period: Period, place: Place | None, size: int) -> list[Posted]:
    few = select(posting.c.line).where(posting.c.account == account).limit(RARE_MAX + 1).subquery()
    rare = ctx.connection.execute(select(func.count()).select_from(few)).scalar_one() <= RARE_MAX
    # Hidden from its own index, the account is met while the days are walked, and the walk stops at the page's end.
    column = posting.c.account if rare else func.coalesce(posting.c.account, posting.c.account)
    query = _rows().where(column == account, entry.c.date.between(period.first, period.last))
    if place is not None:
        day, entry_id, line = place
        same_entry = and_(entry.c.id == entry_id, posting.c.line > line)
        same_day = and_(entry.c.date == day, or_(entry.c.id > entry_id, same_entry))
        query = query.where(entry.c.date >= day, or_(entry.c.date > day, same_day))
    ordered = query.order_by(entry.c.date, entry.c.id, posting.c.line).limit(size)
    return [_posted(row) for row in ctx.connection.execute(ordered)]


def _rows() -> Select[Any]:
    columns = (
        posting.c.entry_id, posting.c.line, posting.c.amount, posting.c.sku, posting.c.party, orders.c.label.label("order"),
        entry.c.date, entry.c.voucher, entry.c.payee, entry.c.narration,
        document.c.source, document.c.kind, document.c.number, posting.c.currency, posting.c.foreign_amount,
    )  # fmt: skip
    joined = select(*columns).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    return joined.join(document, document.c.seq == entry.c.seq).outerjoin(orders, orders.c.id == posting.c.order_id)


def _posted(row: Row[Any]) -> Posted:
    shown: Json = {
        "id": f"{row.voucher}/{row.line}",
        "label": row.narration,
        "date": row.date,
        "voucher": row.voucher,
        "payee": row.payee,
        "document": f"{row.source}/{row.kind}/{row.number}",
        "order": row.order,
        "sku": row.sku,
        "party": row.party,
    }
    if row.currency is not None:
        shown["units"] = units_json(row.currency, row.foreign_amount)
    return Posted((row.date, row.entry_id, row.line), row.amount, shown)


def _by_hand(ctx: Context, account: str, period: Period, place: Place | None) -> list[Posted]:
    found = []
    for hand in hand_entries(ctx, period):
        for line, one in enumerate(hand.postings):
            here = (hand.entry.date, hand.id, line)
            if one.posting.account == account and (place is None or here > place):
                shown: Json = {
                    "id": f"line-{hand.entry.line}/{line}",
                    "label": hand.entry.narration,
                    "date": hand.entry.date,
                    "voucher": None,
                    "payee": hand.entry.payee,
                    "document": None,
                    "order": one.posting.order,
                    "sku": one.posting.sku,
                    "party": None,
                    "unadopted": True,
                }
                found.append(Posted(here, one.posting.amount, shown))
    return found


def _line(ctx: Context, account: str, one: Posted, balance: int) -> Json:
    amount = ctx.money(one.amount)
    return one.shown | {
        "amount": amount,
        "debit": ctx.money(max(one.amount, 0)),
        "credit": ctx.money(max(-one.amount, 0)),
        "balance": ctx.money(balance),
        "accounts": [{"account": account, "label": ctx.chart.label(account), "label_zh": ctx.chart.label_zh(account), "amount": amount}],
    }
