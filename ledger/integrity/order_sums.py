"""What is kept with every order = its postings: profit in all and by month, open items; what is open with parties in foreign currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from ledger.chart import OPEN_ITEMS
from ledger.profit import SUMMED, Derived, derive_from
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.rules.carrying import ITEMS, PARTY_ROLES
from ledger.state.records import PROFIT_FIELDS
from ledger.store.driver import stream
from ledger.store.sql import mark

_KEPT = (*PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin")
"""The figures of its profit that an order keeps."""

_SUMMED = itemgetter(*map(PROFIT_FIELDS.index, SUMMED))
_ROLES = tuple(OPEN_ITEMS)
_SIGNS = tuple(sign for _, sign in OPEN_ITEMS.values())
_NOTHING = [0] * len(PROFIT_FIELDS)


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Compare every order and every party."""
    yield from _orders(context, progress)
    yield from _parties(context)


def _orders(context: Context, progress: Progress) -> Iterator[str]:
    """Compare order by order: sorted streams, so that memory does not grow with the orders."""
    columns = ["id", "label", *_KEPT, *(column for column, _ in OPEN_ITEMS.values())]
    carried = [f"c.{name}_base" for name in ITEMS.values()]
    selected = ", ".join([*("o." + column for column in columns), "o.currency", *carried])
    query = f"SELECT {selected} FROM orders o LEFT JOIN carried c ON c.order_id = o.id ORDER BY o.id"
    asked = context.connection
    posted = "SELECT order_id, date, account, amount, foreign_amount FROM posting WHERE order_id IS NOT NULL ORDER BY order_id"
    fields = ", ".join((*PROFIT_FIELDS, "contribution"))
    sums = _Stream(stream(asked, posted))
    kept = _Stream(stream(asked, f"SELECT order_id, month, {fields} FROM order_profit ORDER BY order_id"))
    counting = _Counting(context)
    for seen, row in enumerate(stream(asked, query)):
        moved = counting.of(sums.of(row[0]))
        yield from _order(_Kept.of(row), moved)
        yield from _order_by_month(row[1], moved, {one[1]: list(one[2:]) for one in kept.of(row[0])})
        if seen % STEP == 0:
            progress("orders", seen, None)
    for left, what in ((sums, "postings"), (kept, "kept sums")):
        if left.next is not None:
            yield f"{what} name an order that the store does not have (internal number {left.next})"


class _Kept(NamedTuple):
    """What a row of the store keeps of an order: figures in the sequence of _KEPT, open items of OPEN_ITEMS, carried ones of ITEMS."""

    label: str
    figures: Sequence[int | None]
    items: Sequence[int]
    foreign: bool
    carried: Sequence[int | None]

    @classmethod
    def of(cls, row: Sequence[Any]) -> _Kept:
        """Take a row apart."""
        items = 2 + len(_KEPT)
        currency = items + len(OPEN_ITEMS)
        return cls(row[1], row[2:items], row[items:currency], row[currency] is not None, row[currency + 1 :])


class _Moved(NamedTuple):
    """What an order's postings come to, minor units: PROFIT_FIELDS by month, and each of OPEN_ITEMS in the order's currency and in base."""

    months: dict[str, list[int]]
    items: list[int]
    weights: list[int]


class _Counting:
    """Adds up the postings of orders."""

    def __init__(self, context: Context) -> None:
        self._chart = context.chart
        self._known: dict[str, tuple[int | None, int, int | None]] = {}

    def of(self, postings: Iterable[Sequence[Any]]) -> _Moved:
        """Add up the postings of one order: (order, day, account, amount, amount in its currency or None)."""
        found = _Moved({}, [0] * len(OPEN_ITEMS), [0] * len(OPEN_ITEMS))
        for _, date, account, amount, units in postings:
            known = self._known.get(account)
            if known is None:
                known = self._known[account] = self._know(account)
            field, sign, item = known
            if field is not None:
                month = date[:7]
                sums = found.months.get(month)
                if sums is None:
                    sums = found.months[month] = [0] * len(PROFIT_FIELDS)
                sums[field] += sign * amount
            if item is not None:
                found.items[item] += amount if units is None else units
                found.weights[item] += amount
        return found

    def _know(self, account: str) -> tuple[int | None, int, int | None]:
        """Return the place of an account among PROFIT_FIELDS, its sign there, and its place among OPEN_ITEMS."""
        field, sign = self._chart.profit_field(account) or (None, 0)
        role = self._chart.role_of(account)
        return None if field is None else PROFIT_FIELDS.index(field), sign, _ROLES.index(role) if role in OPEN_ITEMS else None


class _Stream:
    """Rows that are sorted by the order they belong to, taken order by order."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._group: Iterable[Sequence[Any]] = ()
        self.next: int | None = None
        """The order that the rows to come belong to, None where there are none."""
        self._go_on()

    def of(self, order_id: int) -> Iterable[Sequence[Any]]:
        """Return the rows of the next order, if they are its."""
        if self.next != order_id:
            return ()
        rows = list(self._group)
        self._go_on()
        return rows

    def _go_on(self) -> None:
        self.next, self._group = next(self._groups, (None, ()))


def _order_by_month(label: str, moved: _Moved, kept: dict[str, list[int]]) -> Iterator[str]:
    for month in sorted(moved.months.keys() | kept.keys()):
        sums = moved.months.get(month, _NOTHING)
        expected = [*sums, _derived(sums).contribution]
        if kept.get(month, [0] * len(expected)) != expected:
            yield f"order {label}: the profit kept of {month} differs from its postings"


def _order(kept: _Kept, moved: _Moved) -> Iterator[str]:
    sums = [sum(fields) for fields in zip(_NOTHING, *moved.months.values(), strict=True)]
    derived = _derived(sums)
    expected = (*sums, derived.revenue, derived.gross_profit, derived.contribution, derived.margin_e4)
    if kept.figures != expected:
        for name, is_kept, figure in zip(_KEPT, kept.figures, expected, strict=True):
            if is_kept != figure:
                yield f"order {kept.label}: {name} is kept as {is_kept}, its postings come to {figure}"
    for role, is_kept, sign, units in zip(_ROLES, kept.items, _SIGNS, moved.items, strict=True):
        if is_kept != sign * units:
            yield f"order {kept.label}: {role} is kept as {is_kept}, its postings come to {sign * units}"
    for role, is_carried in zip(ITEMS, kept.carried, strict=True) if kept.foreign else ():
        weight = moved.weights[_ROLES.index(role)]
        if (is_carried or 0) != weight:
            yield f"order {kept.label}: {role} is carried at {is_carried or 0}, its postings weigh {weight}"


def _derived(sums: Sequence[int]) -> Derived:
    return derive_from(_SUMMED(sums))


def _parties(context: Context) -> Iterator[str]:
    """Compare what is open with suppliers, carriers and channels in foreign currency with its postings, where those name one."""
    place = mark(context.connection)
    kept: dict[tuple[str, str], list[int]] = {}
    for row in context.connection.exec_driver_sql("SELECT role, party, SUM(units), SUM(base) FROM party_balance GROUP BY role, party"):
        kept[row[0], row[1]] = [int(row[2]), int(row[3])]
    for role in sorted(PARTY_ROLES):
        account = context.chart.account_or_none(role)
        query = f"SELECT party, SUM(foreign_amount), SUM(amount) FROM posting WHERE account = {place} AND foreign_amount IS NOT NULL"
        query += " AND party IS NOT NULL GROUP BY party"
        for party, units, base in context.connection.exec_driver_sql(query, (account,)) if account is not None else ():
            if kept.pop((role, party), [0, 0]) != [int(units), int(base)]:
                yield f"what is open with {party} in foreign currency ({role}) differs from its postings"
    left = [key for key, sums in kept.items() if any(sums)]
    yield from (f"what is open with {party} in foreign currency ({role}) has no postings" for role, party in left)
