"""Where profit by a dimension comes from: sums kept by month, and postings for the days outside whole months.

A fact is a key (the SKU, the customer ...) with profit fields; facts of one key are still to be summed. What has no value for a
dimension is in none of its facts, so unallocated = total - sum of facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, func, literal, or_, select, union_all

from ledger.reports.context import Context
from ledger.reports.expressions import code_order, contribution_of, field_sums, is_profit_posting, posted_fields
from ledger.reports.pages import chunks
from ledger.reports.period import Period
from ledger.reports.profit_view import ProfitSums
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import dimension_month, entry, orders, posting

Key = Any
"""What facts are summed by: text, or the id of an order."""

_POSTED_KEYS: dict[str, ColumnElement[Any]] = {
    "sku": posting.c.sku,
    "customer": orders.c.customer,
    "channel": orders.c.channel,
    "carrier": posting.c.carrier,
    "supplier": posting.c.supplier,
    "order": posting.c.order_id,
    "month": func.substr(entry.c.date, 1, 7),
    "total": literal(""),
}


def facts(ctx: Context, dimension: str, period: Period) -> Subquery:
    """Return the facts of a dimension in a period: columns `key` and the profit fields.

    Orders are not kept by month, so theirs are read from the postings of the whole period.
    """
    months = None if dimension == "order" else period.months
    stretches = period.edges if months is not None else ((period.first, period.last),)
    parts = [_kept(dimension, period, months)] if months is not None else []
    parts += [_posted(ctx, dimension, first, last) for first, last in stretches]
    return (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()


def sums_by_key(ctx: Context, source: Subquery, keys: Sequence[Key] | None = None) -> dict[Key, ProfitSums]:
    """Return the sums of these keys (all where None: only for dimensions of few values)."""
    grouped = select(source.c.key, *field_sums(source)).group_by(source.c.key)
    if keys is None:
        return _by_key(ctx, grouped)
    result: dict[Key, ProfitSums] = {}
    for part in chunks(keys):
        result |= _by_key(ctx, grouped.where(source.c.key.in_(part)))
    return result


def sum_of_all(ctx: Context, source: Subquery) -> ProfitSums:
    """Return the sum over all facts."""
    return ProfitSums.of(ctx.connection.execute(select(*field_sums(source))).one()._mapping)


def _by_key(ctx: Context, query: Select[Any]) -> dict[Key, ProfitSums]:
    return {row.key: ProfitSums.of(row._mapping) for row in ctx.connection.execute(query)}


def _kept(dimension: str, period: Period, months: tuple[str, str]) -> Select[Any]:
    by_month = dimension == "month"
    key = dimension_month.c.month if by_month else dimension_month.c.value
    fields = (dimension_month.c[name] for name in PROFIT_FIELDS)
    query = select(key.label("key"), *fields).where(dimension_month.c.dimension == ("total" if by_month else dimension))
    return query if period.is_everything else query.where(dimension_month.c.month.between(*months))


def _posted(ctx: Context, dimension: str, first: str, last: str) -> Select[Any]:
    key = _POSTED_KEYS[dimension]
    query = select(key.label("key"), *posted_fields(ctx)).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    if dimension in ("customer", "channel"):
        query = query.join(orders, orders.c.id == posting.c.order_id)
    return query.where(entry.c.date.between(first, last), is_profit_posting(), key.is_not(None))


def ranked(
    ctx: Context, source: Subquery, added: Mapping[Key, ProfitSums], size: int, place: tuple[int, Key] | None
) -> list[tuple[Key, ProfitSums]]:
    """Return the next `size` keys behind `place` (contribution, key) by contribution from the highest, then by key.

    `added` are sums from elsewhere (hand-written entries); the keys that they touch are ranked here, all others in SQL.
    """
    grouped = select(source.c.key, *field_sums(source)).group_by(source.c.key).subquery()
    contribution, key = contribution_of(grouped), grouped.c.key
    ordered_key = code_order(ctx, key) if isinstance(key.type, String) else key
    query = select(grouped).order_by(contribution.desc(), ordered_key).limit(size + len(added))
    if place is not None:
        query = query.where(or_(contribution < place[0], and_(contribution == place[0], ordered_key > place[1])))
    found = {k: sums for k, sums in _by_key(ctx, query).items() if k not in added}
    for one, sums in sums_by_key(ctx, source, list(added)).items():
        found[one] = sums
    for one, sums in added.items():
        found.setdefault(one, ProfitSums()).add(sums)
    ranks = {one: (-sums.derived.contribution, one) for one, sums in found.items()}
    start = (-place[0], place[1]) if place is not None else None
    keys = sorted((one for one in ranks if start is None or ranks[one] > start), key=lambda one: ranks[one])
    return [(one, found[one]) for one in keys[:size]]
