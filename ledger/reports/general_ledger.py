"""The general ledger of one account: its postings in a period by day, with the balance after each, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select, tuple_

from ledger.journal.result import units_json
from ledger.reports.balances import Turnover, turnovers
from ledger.reports.context import Context
from ledger.reports.entry_list import known_account
from ledger.reports.hand_written import hand_entries
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit
from ledger.reports.period import Period, parse_day
from ledger.reports.profit_view import Json
from ledger.store.tables import document, entry, orders, posting

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
    date, entry_id, line = posting.c.date, posting.c.entry_id, posting.c.line
    query = _rows().where(posting.c.account == account, date.between(period.first, period.last))
    if place is not None:
        query = query.where(date >= place[0], tuple_(date, entry_id, line) > tuple_(*place))
    ordered = query.order_by(date, entry_id, line).limit(size)
    return [_posted(row) for row in ctx.connection.execute(ordered)]


def _rows() -> Select[Any]:
    columns = (
        posting.c.entry_id, posting.c.line, posting.c.date, posting.c.amount, posting.c.sku, posting.c.party,
        orders.c.label.label("order"), entry.c.voucher, entry.c.payee, entry.c.narration,
        document.c.source, document.c.kind, document.c.number, posting.c.currency, posting.c.foreign_amount,
    )  # fmt: skip
    joined = select(*columns).join_from(posting, entry, entry.c.id == posting.c.entry_id)
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
                if one.posting.currency is not None and one.posting.units is not None:
                    shown["units"] = units_json(one.posting.currency, one.posting.units)
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
