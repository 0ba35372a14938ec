"""What is kept with every order = its postings: profit in all and by month, open items; what is open with parties in foreign currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ledger.chart import OPEN_ITEMS
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.rules.carrying import ITEMS, PARTY_ROLES
from ledger.state.records import PROFIT_FIELDS
from ledger.store.sql import mark


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Compare every order and every party."""
    yield from _orders(context, progress)
    yield from _parties(context)


def _orders(context: Context, progress: Progress) -> Iterator[str]:
    """Compare order by order: sorted streams, so that memory does not grow with the orders."""
    columns = ["id", "label", *PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"]
    columns += [column for column, _ in OPEN_ITEMS.values()]
    carried = [f"c.{name}_base AS carried_{name}" for name in ITEMS.values()]
    selected = ", ".join([*("o." + column for column in columns), "o.currency", *carried])
    query = f"SELECT {selected} FROM orders o LEFT JOIN carried c ON c.order_id = o.id ORDER BY o.id"
    ask = context.connection.exec_driver_sql
    sums = _Stream(
        ask(
            "SELECT order_id, SUBSTR(date, 1, 7), account, SUM(amount), SUM(COALESCE(foreign_amount, amount)) "
            "FROM posting WHERE order_id IS NOT NULL GROUP BY order_id, SUBSTR(date, 1, 7), account ORDER BY order_id"
        )
    )
    fields = ", ".join((*PROFIT_FIELDS, "contribution"))
    kept = _Stream(ask(f"SELECT order_id, month, {fields} FROM order_profit ORDER BY order_id"))
    for seen, row in enumerate(ask(query)):
        posted = [_Moved(one[1], one[2], int(one[3]), int(one[4])) for one in sums.of(row.id)]
        yield from _order(context, row._mapping, posted)
        yield from _order_by_month(context, row.label, posted, {one[1]: list(map(int, one[2:])) for one in kept.of(row.id)})
        if seen % STEP == 0:
            progress("orders", seen, None)
    for stream, what in ((sums, "postings"), (kept, "kept sums")):
        if stream.next is not None:
            yield f"{what} name an order that the store does not have (internal number {stream.next[0]})"


class _Moved(NamedTuple):
    """What an order's postings of a month come to on one account, minor units: in base, and in the order's currency where it has one."""

    month: str
    account: str
    amount: int
    units: int


class _Stream:
    """Rows that are sorted by the order they belong to, taken order by order."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self.next: Sequence[Any] | None = next(self._rows, None)

    def of(self, order_id: int) -> Iterator[Sequence[Any]]:
        """Yield the rows of the next order, if they are its."""
        while self.next is not None and self.next[0] == order_id:
            yield self.next
            self.next = next(self._rows, None)


def _order_by_month(context: Context, label: str, posted: Sequence[_Moved], kept: dict[str, list[int]]) -> Iterator[str]:
    by_month: dict[str, dict[str, int]] = {}
    for month, account, amount, _ in posted:
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums = by_month.setdefault(month, dict.fromkeys(PROFIT_FIELDS, 0))
            sums[field_sign[0]] += field_sign[1] * amount
    for month in sorted(by_month.keys() | kept.keys()):
        sums = by_month.get(month, dict.fromkeys(PROFIT_FIELDS, 0))
        expected = [*sums.values(), derive(sums).contribution]
        if kept.get(month, [0] * len(expected)) != expected:
            yield f"order {label}: the profit kept of {month} differs from its postings"


def _order(context: Context, row: Any, posted: Sequence[_Moved]) -> Iterator[str]:
    sums = dict.fromkeys(PROFIT_FIELDS, 0)
    items, weights = dict.fromkeys(OPEN_ITEMS, 0), dict.fromkeys(OPEN_ITEMS, 0)
    for _, account, amount, units in posted:
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums[field_sign[0]] += field_sign[1] * amount
        role = context.chart.role_of(account)
        if role in items:
            items[role] += units
            weights[role] += amount
    derived = derive(sums)
    expected = sums | derived._asdict()
    expected["margin"] = expected.pop("margin_e4")
    for name in (*PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"):
        if row[name] != expected[name]:
            yield f"order {row['label']}: {name} is kept as {row[name]}, its postings come to {expected[name]}"
    for role, (column, sign) in OPEN_ITEMS.items():
        if row[column] != sign * items[role]:
            yield f"order {row['label']}: {role} is kept as {row[column]}, its postings come to {sign * items[role]}"
    for role, name in ITEMS.items() if row["currency"] is not None else ():
        if (row[f"carried_{name}"] or 0) != weights[role]:
            yield f"order {row['label']}: {role} is carried at {row[f'carried_{name}'] or 0}, its postings weigh {weights[role]}"


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
