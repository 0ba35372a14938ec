"""Cash flows of single days, from the entries of those days that touch cash: for the ends of a period that are no whole month."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import exists, select

from ledger.journal.cash import ITEM_OF_KIND, cash_flows
from ledger.reports.context import Context
from ledger.reports.expressions import met_on_the_way, whole_sum
from ledger.store.tables import document, entry, posting


def flows_of_days(ctx: Context, first: str, last: str) -> list[tuple[str, int]]:
    """Return (item, what cash gained) of entries dated in a stretch of days, both ends counted in; items may repeat."""
    return _of_kinds(ctx, first, last) + _of_others(ctx, first, last)


def _of_kinds(ctx: Context, first: str, last: str) -> list[tuple[str, int]]:
    """Sum what the kind of the document decides: nearly all of it, and the database can."""
    joined = select(document.c.kind, whole_sum(posting.c.amount)).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    query = joined.join(document, document.c.seq == entry.c.seq).where(
        entry.c.date.between(first, last),
        met_on_the_way(posting.c.account).in_(ctx.chart.cash_accounts),
        met_on_the_way(document.c.kind).in_(tuple(ITEM_OF_KIND)),
    )
    return [(ITEM_OF_KIND[kind], amount) for kind, amount in ctx.connection.execute(query.group_by(document.c.kind))]


def _of_others(ctx: Context, first: str, last: str) -> list[tuple[str, int]]:
    """Read the entries whose other side decides, whole."""
    side = posting.alias("side")
    touches_cash = exists().where(side.c.entry_id == entry.c.id, side.c.account.in_(ctx.chart.cash_accounts))
    joined = select(posting.c.entry_id, document.c.kind, posting.c.account, posting.c.amount)
    joined = joined.join_from(entry, posting, posting.c.entry_id == entry.c.id).join(document, document.c.seq == entry.c.seq)
    query = joined.where(entry.c.date.between(first, last), document.c.kind.not_in(tuple(ITEM_OF_KIND)), touches_cash)
    found: list[tuple[str, int]] = []
    rows = ctx.connection.execute(query.order_by(posting.c.entry_id, posting.c.line))
    for (_, kind), postings in groupby(rows, key=lambda row: (row.entry_id, row.kind)):
        found += cash_flows(ctx.chart, kind, [(one.account, one.amount) for one in postings])
    return found
