"""Ask the service's reports for what the page needs: the same SQL as the API, on one snapshot of the store."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fava_ext.order_profit.question import Question
from fava_ext.order_profit.wanted import ORDERS_NAMED_MAX, Wanted
from ledger.errors import NotFound
from ledger.reports.context import Context
from ledger.reports.order_profit import order_profit
from ledger.reports.order_sorts import Sort
from ledger.reports.orders import list_orders
from ledger.reports.profit_view import Json


@dataclass(frozen=True, slots=True)
class Found:
    """Items of the list, the cursor behind them, and what the filter names but the books do not hold."""

    items: tuple[Json, ...]
    cursor: str | None = None
    missing: tuple[str, ...] = ()
    cut: bool = False


def find_orders(ctx: Context, wanted: Wanted, question: Question) -> Found:
    """Return a page of orders that hold to the conditions."""
    if wanted.orders is not None:
        return _named(ctx, wanted.orders, wanted, question)
    page = list_orders(
        ctx,
        customer=wanted.customer,
        channel=wanted.channel,
        state=question.state,
        period=wanted.period,
        sort=question.sort,
        after=question.after,
    )
    return Found(tuple(page["items"]), page["next"])


def _named(ctx: Context, references: tuple[str, ...], wanted: Wanted, question: Question) -> Found:
    """Look up the few orders that a filter names."""
    by = Sort.read(question.sort)
    items, missing = {}, []
    for reference in references[:ORDERS_NAMED_MAX]:
        try:
            profit = order_profit(ctx, reference)
        except NotFound:
            missing.append(reference)
            continue
        if _fits(profit, wanted, question.state):
            items[profit["source"], profit["order"]] = profit
    ordered = sorted(items.values(), key=lambda item: _sort_key(item, by))
    return Found(tuple(ordered), None, tuple(missing), len(references) > ORDERS_NAMED_MAX)


def _fits(profit: Json, wanted: Wanted, state: str | None) -> bool:
    pairs = ((wanted.customer, profit["customer"]), (wanted.channel, profit["channel"]), (state, profit["state"]))
    return wanted.period.holds(profit["date"]) and all(asked is None or asked == value for asked, value in pairs)


def _sort_key(item: Json, by: Sort) -> Any:
    """Sort as the report does: what has no value comes last either way."""
    value = item[by.name]
    if value is None:
        return (True, Decimal(0), item["order"])
    number = Decimal(value.replace("-", "")) if by.name == "date" else Decimal(value)
    return (False, -number if by.descending else number, item["order"])
