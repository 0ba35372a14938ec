"""What is kept with every order = its postings: profit in all and by month, open items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.chart import OPEN_ITEMS
from ledger.profit import derive
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Compare order by order: sorted streams, so that memory does not grow with the orders."""
    columns = ["id", "label", *PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"]
    columns += [column for column, _ in OPEN_ITEMS.values()]
    query = f"SELECT {', '.join('o.' + c for c in columns)} FROM orders o ORDER BY o.id"
    ask = context.connection.exec_driver_sql
    sums = _Stream(
        ask(
            "SELECT order_id, SUBSTR(date, 1, 7), account, SUM(amount) FROM posting WHERE order_id IS NOT NULL "
            "GROUP BY order_id, SUBSTR(date, 1, 7), account ORDER BY order_id"
        )
    )
    fields = ", ".join((*PROFIT_FIELDS, "contribution"))
    kept = _Stream(ask(f"SELECT order_id, month, {fields} FROM order_profit ORDER BY order_id"))
    for seen, row in enumerate(ask(query)):
        posted = [(one[1], one[2], int(one[3])) for one in sums.of(row.id)]
        yield from _order(context, row._mapping, posted)
        yield from _order_by_month(context, row.label, posted, {one[1]: list(map(int, one[2:])) for one in kept.of(row.id)})
        if seen % STEP == 0:
            progress("orders", seen, None)
    for stream, what in ((sums, "postings"), (kept, "kept sums")):
        if stream.next is not None:
            yield f"{what} name an order that the store does not have (internal number {stream.next[0]})"


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


def _order_by_month(context: Context, label: str, posted: Sequence[tuple[str, str, int]], kept: dict[str, list[int]]) -> Iterator[str]:
    by_month: dict[str, dict[str, int]] = {}
    for month, account, amount in posted:
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums = by_month.setdefault(month, dict.fromkeys(PROFIT_FIELDS, 0))
            sums[field_sign[0]] += field_sign[1] * amount
    for month in sorted(by_month.keys() | kept.keys()):
        sums = by_month.get(month, dict.fromkeys(PROFIT_FIELDS, 0))
        expected = [*sums.values(), derive(sums).contribution]
        if kept.get(month, [0] * len(expected)) != expected:
            yield f"order {label}: the profit kept of {month} differs from its postings"


def _order(context: Context, row: Any, posted: Sequence[tuple[str, str, int]]) -> Iterator[str]:
    sums = dict.fromkeys(PROFIT_FIELDS, 0)
    items = dict.fromkeys(OPEN_ITEMS, 0)
    for _, account, amount in posted:
        field_sign = context.chart.profit_field(account)
        if field_sign is not None:
            sums[field_sign[0]] += field_sign[1] * amount
        role = context.chart.role_of(account)
        if role in items:
            items[role] += amount
    derived = derive(sums)
    expected = sums | derived._asdict()
    expected["margin"] = expected.pop("margin_e4")
    for name in (*PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin"):
        if row[name] != expected[name]:
            yield f"order {row['label']}: {name} is kept as {row[name]}, its postings come to {expected[name]}"
    for role, (column, sign) in OPEN_ITEMS.items():
        if row[column] != sign * items[role]:
            yield f"order {row['label']}: {role} is kept as {row[column]}, its postings come to {sign * items[role]}"
