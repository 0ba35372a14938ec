"""Where profit by a dimension comes from: sums kept by month, and postings for the days outside whole months.

A fact is a key (the SKU, the customer ...) with profit fields and contribution; facts of one key are still to be summed. What has
no value for a dimension is in none of its facts, so unallocated = total - sum of facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, func, literal, or_, select, union_all

from ledger.reports.context import Context
from ledger.reports.expressions import (
    code_order,
    contribution_of,
    field_sums,
    is_profit_posting,
    posted_contribution,
    posted_fields,
    whole_sum,
)
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
    """Return the facts of a dimension in a period: columns `key`, `contribution` and the profit fields.

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


def _kept(dimension: str, period: Period, months: tuple[str, str]) -> Select[Any]:
    by_month = dimension == "month"
    key = dimension_month.c.month if by_month else dimension_month.c.value
    contribution = contribution_of(dimension_month).label("contribution")
    fields = (dimension_month.c[name] for name in PROFIT_FIELDS)
    query = select(key.label("key"), contribution, *fields).where(dimension_month.c.dimension == ("total" if by_month else dimension))
    return query if period.is_everything else query.where(dimension_month.c.month.between(*months))


def _posted(ctx: Context, dimension: str, first: str, last: str) -> Select[Any]:
    key = _POSTED_KEYS[dimension]
    columns = (key.label("key"), posted_contribution(ctx).label("contribution"), *posted_fields(ctx))
    query = select(*columns).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    if dimension in ("customer", "channel"):
        query = query.join(orders, orders.c.id == posting.c.order_id)
    return query.where(entry.c.date.between(first, last), is_profit_posting(), key.is_not(None))


def ranked(
    ctx: Context,
    source: Subquery,
    added: Mapping[Key, ProfitSums],
    size: int,
    place: tuple[int, Key] | None,
    *,
    ranking: Subquery | None = None,
    shown: ColumnElement[bool] | None = None,
) -> list[tuple[Key, ProfitSums]]:
    """Return the next `size` keys behind `place` (contribution, key) by contribution from the highest, then by key.

    `added` are sums from elsewhere (hand-written entries); the keys that they touch are ranked here, all others in SQL. The
    database ranks by one sum (of `ranking`, where that is quicker than the facts), and adds up the fields of those keys only that
    are shown. `shown` is a condition on groups.
    """
    ranking = source if ranking is None else ranking
    key = code_order(ctx, ranking.c.key) if isinstance(ranking.c.key.type, String) else ranking.c.key
    contribution = whole_sum(ranking.c.contribution)
    query = select(ranking.c.key).group_by(ranking.c.key)
    if place is not None:
        query = query.having(or_(contribution < place[0], and_(contribution == place[0], key > place[1])))
    if shown is not None:
        query = query.having(shown)
    best = ctx.connection.execute(query.order_by(contribution.desc(), key).limit(size + len(added))).scalars()
    found = sums_by_key(ctx, source, list(dict.fromkeys([*best, *added])))
    for one, sums in added.items():
        found.setdefault(one, ProfitSums()).add(sums)
    ranks = {one: (-sums.derived.contribution, one) for one, sums in found.items()}
    start = (-place[0], place[1]) if place is not None else None
    keys = sorted((one for one in ranks if start is None or ranks[one] > start), key=lambda one: ranks[one])
    return [(one, found[one]) for one in keys[:size]]


def _by_key(ctx: Context, query: Select[Any]) -> dict[Key, ProfitSums]:
    """Read rows of a key and the profit fields in their order."""
    rows = ctx.connection.execute(query)
    return {row[0]: ProfitSums(dict(zip(PROFIT_FIELDS, row[1:], strict=True))) for row in rows}
