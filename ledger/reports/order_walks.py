"""Orders as the store has them in the sequence of a sorted list: by a filter that few hold to, or along an index with a bound.

A page looks at RARE_MAX orders and WALK_PER_ORDER for each one that it wants, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from ledger.reports.context import Context
from ledger.reports.expressions import after_pair, met_on_the_way
from ledger.reports.order_sorts import Place, Sort
from ledger.store.tables import orders

RARE_MAX = 2_000
"""Up to so many orders are looked up by the filter's own index and sorted; more are met while walking the sort's."""

WALK_PER_ORDER = 10
"""A page looks at RARE_MAX orders and ten for each one wanted; where fewer of them hold to the filters it is short."""

_GUIDES = (("customer", "date"), ("channel", "date"), ("estimated",), ("date",))
"""Filters that an index finds orders by, with what else it knows."""

Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]


def stored_orders(
    ctx: Context, sort: Sort, filters: Sequence[tuple[str, Condition]], size: int, place: Place | None
) -> tuple[list[Row[Any]], Place | None]:
    """Return the next `size` rows behind `place`; or fewer, and the place where the walk was given up."""
    conditions = dict(filters)
    guide = next((names for names in _GUIDES if names[0] in conditions and "date" in names), ()) if sort.name == "date" else ()
    if set(conditions) <= set(guide):
        return _walked(ctx, sort, [conditions[name](orders.c[name]) for name in conditions], [], size, place)
    for names in _GUIDES:
        if names[0] in conditions:
            found = [conditions[name](orders.c[name]) for name in names if name in conditions]
            if _are_rare(ctx, found):
                others = [condition(met_on_the_way(orders.c[name])) for name, condition in filters if name not in names]
                return _sorted(ctx, sort, [*found, *others], size, place), None
    found = [conditions[name](orders.c[name]) for name in guide if name in conditions]
    others = [condition(met_on_the_way(orders.c[name])) for name, condition in filters if name not in guide]
    return _walked(ctx, sort, found, others, size, place)


def _are_rare(ctx: Context, conditions: Sequence[ColumnElement[bool]]) -> bool:
    few = select(orders.c.id).where(*conditions).limit(RARE_MAX + 1).subquery()
    return bool(ctx.connection.execute(select(func.count()).select_from(few)).scalar_one() <= RARE_MAX)


def _sorted(ctx: Context, sort: Sort, conditions: Sequence[ColumnElement[bool]], size: int, place: Place | None) -> list[Row[Any]]:
    """Read all that hold to the conditions, which are few, and sort them: the sort's own index would lead past all others."""
    column, order_id = met_on_the_way(orders.c[sort.name]), met_on_the_way(orders.c.id)
    rows: list[Row[Any]] = []
    for segment in _segments(sort, place):
        query = select(orders).where(*conditions, *segment.bounds(sort, column, order_id))
        rows += ctx.connection.execute(query.order_by(*segment.sequence(sort, column, order_id)).limit(size - len(rows)))
    return rows


def _walked(
    ctx: Context,
    sort: Sort,
    found: Sequence[ColumnElement[bool]],
    others: Sequence[ColumnElement[bool]],
    size: int,
    place: Place | None,
) -> tuple[list[Row[Any]], Place | None]:
    """Walk the sort's index (or the one that `found` names) and meet `others` on the way, up to a bounded number of orders."""
    column, order_id = orders.c[sort.name], orders.c.id
    rows: list[Row[Any]] = []
    for segment in _segments(sort, place):
        wanted = size - len(rows)
        if not wanted:
            break
        bounds = [*found, *segment.bounds(sort, column, order_id)]
        sequence = segment.sequence(sort, column, order_id)
        end = None
        if others:
            far = select(column, order_id).where(*bounds).order_by(*sequence).offset(WALK_PER_ORDER * size + RARE_MAX).limit(1)
            end = ctx.connection.execute(far).first()
            bounds += [*others, *([segment.until(sort, column, order_id, tuple(end))] if end is not None else [])]
        rows += ctx.connection.execute(select(orders).where(*bounds).order_by(*sequence).limit(wanted))
        if end is not None and len(rows) < size:
            return rows, tuple(end)
    return rows, None


@dataclass(frozen=True, slots=True)
class _Segment:
    """Orders with a sort value behind `place`, or those without one (`bare`), which come last: engines differ in where NULLs sort."""

    bare: bool
    place: Place | None

    def bounds(self, sort: Sort, column: ColumnElement[Any], order_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """Return what tells the segment's orders behind its place from all others."""
        if self.bare:
            behind = [] if self.place is None else [_beyond(order_id, self.place[1], descending=sort.descending)]
            return [column.is_(None), *behind]
        valued: list[ColumnElement[bool]] = [column.is_not(None)] if sort.has_gaps else []
        return valued if self.place is None else [*valued, after_pair(column, order_id, self.place, descending=sort.descending)]

    def until(self, sort: Sort, column: ColumnElement[Any], order_id: ColumnElement[int], end: Place) -> ColumnElement[bool]:
        """Tell the segment's orders up to `end`, that one counted in."""
        if self.bare:
            return or_(_beyond(order_id, end[1], descending=not sort.descending), order_id == end[1])
        if sort.descending:
            return and_(column >= end[0], or_(column > end[0], order_id >= end[1]))
        return and_(column <= end[0], or_(column < end[0], order_id <= end[1]))

    def sequence(self, sort: Sort, column: ColumnElement[Any], order_id: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
        """Return what the segment is sorted by."""
        by = (order_id,) if self.bare else (column, order_id)
        return tuple(one.desc() for one in by) if sort.descending else by


def _segments(sort: Sort, place: Place | None) -> list[_Segment]:
    behind_gap = place is not None and place[0] is None
    valued = [] if behind_gap else [_Segment(False, place)]
    return [*valued, _Segment(True, place if behind_gap else None)] if sort.has_gaps else valued


def _beyond(column: ColumnElement[int], value: int, *, descending: bool) -> ColumnElement[bool]:
    beyond: ColumnElement[bool] = column < value if descending else column > value
    return beyond
