"""Entries as they left the journal, with their postings: by voucher number, by document, by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select

from ledger.errors import NotFound
from ledger.journal.result import units_json
from ledger.money import MICRO_DIGITS, format_quantity, format_scaled
from ledger.reports.context import Context
from ledger.reports.pages import chunks, query_text
from ledger.reports.profit_view import Json
from ledger.store.tables import closing_posting, document, entry, metadata, orders, posting

_lots = metadata.tables["lot"]


def entry_by_voucher(ctx: Context, voucher: str) -> Json:
    """Return the entry with this voucher number, whole."""
    text = query_text(voucher, "voucher")
    found = ctx.connection.execute(select(entry.c.id).where(entry.c.voucher == text)).scalar()
    if found is None:
        raise NotFound(f"no entry has the voucher number {text!r}")
    return entries_by_id(ctx, [found])[0]


def entries_of_document(ctx: Context, seq: int) -> list[Json]:
    """Return the entries of one document, whole, oldest first."""
    ids = ctx.connection.execute(select(entry.c.id).where(entry.c.seq == seq).order_by(entry.c.id)).scalars()
    return entries_by_id(ctx, list(ids))


def entries_by_id(ctx: Context, ids: Sequence[int], *, only_order: int | None = None) -> list[Json]:
    """Return entries by id (ascending); with `only_order` just their postings to it, whole where all is the order's."""
    rows: list[Row[Any]] = []
    postings: dict[int, list[Row[Any]]] = {}
    for part in chunks(ids):
        rows += ctx.connection.execute(_entry_rows().where(entry.c.id.in_(part)).order_by(entry.c.id))
        for one in ctx.connection.execute(_posting_rows(part, only_order)):
            postings.setdefault(one.entry_id, []).append(one)
    closing = _closing_postings(ctx, [row.id for row in rows if row.id not in postings])
    return [
        _closing_json(ctx, row._mapping, closing[row.id]) if row.id in closing else entry_json(ctx, row._mapping, postings.get(row.id, []))
        for row in rows
    ]


def entry_json(ctx: Context, row: Mapping[Any, Any], postings: Sequence[Row[Any]]) -> Json:
    """Write one entry of the journal; `row` is the entry with its document's identity and `recorded_at`."""
    return {
        "voucher": row["voucher"],
        "date": row["date"],
        "recorded_at": row["recorded_at"],
        "narration": row["narration"],
        "payee": row["payee"],
        "seq": row["seq"],
        "document": f"{row['source']}/{row['kind']}/{row['number']}",
        "postings": [_posting_json(ctx, one) for one in postings],
        "hash": row["hash"],
        **({"reverses": row["reverses"]} if row["reverses"] is not None else {}),
    }


def _closing_postings(ctx: Context, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for part in chunks(ids):
        query = select(closing_posting).where(closing_posting.c.entry_id.in_(part))
        for one in ctx.connection.execute(query.order_by(closing_posting.c.entry_id, closing_posting.c.line)):
            found.setdefault(one.entry_id, []).append(one)
    return found


def _closing_json(ctx: Context, row: Mapping[Any, Any], postings: Sequence[Row[Any]]) -> Json:
    """Write a closing voucher, marked: its postings count in no report but the trial balance."""
    shown = [{"account": one.account, "amount": ctx.money(one.amount), "currency": ctx.chart.currency} for one in postings]
    return entry_json(ctx, row, ()) | {"postings": shown, "closing": True}


def _posting_json(ctx: Context, row: Row[Any]) -> Json:
    shown: Json = {"account": row.account, "amount": ctx.money(row.amount), "currency": ctx.chart.currency}
    for name in ("order", "sku", "party", "reference", "carrier", "supplier"):
        value = row._mapping[name]
        if value is not None:
            shown[name] = value
    if row.currency is not None:
        shown["units"] = units_json(row.currency, row.foreign_amount)
    if row.quantity is not None:
        shown["quantity"] = format_quantity(row.quantity)
    if row.lot_id is not None:
        price = format_scaled(row.unit_price, MICRO_DIGITS, least=ctx.digits)
        shown["lot"] = {"label": row.lot_label, "date": row.lot_date, "unit_price": price}
    return shown


def _entry_rows() -> Select[Any]:
    columns = (entry, document.c.source, document.c.kind, document.c.number, document.c.recorded_at)
    return select(*columns).join_from(entry, document, document.c.seq == entry.c.seq)


def _posting_rows(ids: Sequence[int], only_order: int | None) -> Select[Any]:
    lot_columns = (_lots.c.label.label("lot_label"), _lots.c.date.label("lot_date"), _lots.c.unit_price)
    query = (
        select(posting, orders.c.label.label("order"), *lot_columns)
        .outerjoin(orders, orders.c.id == posting.c.order_id)
        .outerjoin(_lots, _lots.c.id == posting.c.lot_id)
        .where(posting.c.entry_id.in_(ids))
        .order_by(posting.c.entry_id, posting.c.line)
    )
    if only_order is None:
        return query
    whole = exists().where(and_(entry.c.id == posting.c.entry_id, entry.c.order_id == only_order))
    return query.where(or_(posting.c.order_id == only_order, whole))
