"""The next page of a dimension by contribution: along an index where the store keeps just these sums, else grouped and sorted there.

Sums of one month, of one year of customers and of customers over all time are kept with their contribution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, Table, and_, or_, select

from ledger.reports.context import Context
from ledger.reports.expressions import code_order, whole_sum
from ledger.reports.period import Period
from ledger.reports.profit_facts import Key, sums_by_key
from ledger.reports.profit_view import ProfitSums
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import customer_total, dimension_month, order_profit

Ranked = list[tuple[Key, ProfitSums]]
"""Keys with their profit, in the sequence of the list."""

RankPlace = tuple[int, Key] | None
"""A cursor: (contribution, key)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that are just the sums asked for: one a key, with an index by contribution."""

    table: Table
    key: ColumnElement[Any]
    chosen: ColumnElement[bool]


def kept_ranking(by: str, period: Period) -> Kept | None:
    """Return where the sums of a many-valued dimension in a period are kept as they are; None where several rows make one."""
    year, month = period.whole_year, period.whole_month
    if by == "customer" and (period.is_everything or year is not None):
        return Kept(customer_total, customer_total.c.customer, customer_total.c.period == (year or ""))
    if month is None:
        return None
    if by == "order":
        return Kept(order_profit, order_profit.c.order_id, order_profit.c.month == month)
    one = and_(dimension_month.c.dimension == by, dimension_month.c.month == month)
    return Kept(dimension_month, dimension_month.c.value, one)


def ranked_kept(ctx: Context, kept: Kept, added: Mapping[Key, ProfitSums], size: int, place: RankPlace) -> Ranked:
    """Return the next `size` keys behind `place` by contribution from the highest, then by key; `added` as in `ranked`."""
    contribution, key = kept.table.c.contribution, _key_order(ctx, kept.key)
    query = select(kept.key).where(kept.chosen)
    if place is not None:
        query = query.where(contribution <= place[0], or_(contribution < place[0], key > place[1]))
    best = ctx.connection.execute(query.order_by(contribution.desc(), key).limit(size + len(added))).scalars()
    fields = (kept.table.c[name] for name in PROFIT_FIELDS)
    return _merged(ctx, select(kept.key.label("key"), *fields).where(kept.chosen).subquery(), best, added, size, place)


def ranked(
    ctx: Context,
    source: Subquery,
    added: Mapping[Key, ProfitSums],
    size: int,
    place: RankPlace,
    *,
    ranking: Subquery | None = None,
    shown: ColumnElement[bool] | None = None,
) -> Ranked:
    """Return the next `size` keys behind `place` by contribution from the highest, then by key.

    `added` are sums from elsewhere (hand-written entries); the keys that they touch are ranked here, all others in SQL. The
    database ranks by one sum (of `ranking`, where that is quicker than the facts), and adds up the fields of those keys only that
    are shown. `shown` is a condition on groups.
    """
    ranking = source if ranking is None else ranking
    key = _key_order(ctx, ranking.c.key)
    contribution = whole_sum(ranking.c.contribution)
    query = select(ranking.c.key).group_by(ranking.c.key)
    if place is not None:
        query = query.having(or_(contribution < place[0], and_(contribution == place[0], key > place[1])))
    if shown is not None:
        query = query.having(shown)
    best = ctx.connection.execute(query.order_by(contribution.desc(), key).limit(size + len(added))).scalars()
    return _merged(ctx, source, best, added, size, place)


def _key_order(ctx: Context, key: ColumnElement[Any]) -> ColumnElement[Any]:
    return code_order(ctx, key) if isinstance(key.type, String) else key


def _merged(ctx: Context, source: Subquery, best: Iterable[Key], added: Mapping[Key, ProfitSums], size: int, place: RankPlace) -> Ranked:
    """Rank the best keys of the store together with those that `added` touches."""
    found = sums_by_key(ctx, source, list(dict.fromkeys([*best, *added])))
    for one, sums in added.items():
        found.setdefault(one, ProfitSums()).add(sums)
    ranks = {one: (-sums.derived.contribution, one) for one, sums in found.items()}
    start = (-place[0], place[1]) if place is not None else None
    keys = sorted((one for one in ranks if start is None or ranks[one] > start), key=lambda one: ranks[one])
    return [(one, found[one]) for one in keys[:size]]
