"""Profit by a dimension, against every posting summed one by one: items + unallocated = total = income statement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL

from ledger.errors import InvalidQuery
from ledger.reports.context import Context
from ledger.reports.customers import customers
from ledger.reports.period import EVERYTHING, Period, parse_period
from ledger.reports.profit_by import DIMENSIONS, profit_by
from ledger.reports.profit_view import ProfitSums, profit_json
from ledger.reports.statements import statement
from tests.report_books import (
    ENGINES,
    Fact,
    ReportBooks,
    busy_shop,
    by_hand,
    document,
    facts_of,
    lent_books,
    no_money_as_float,
    pages_of,
    sums_of,
)

CATEGORIES = {"TEA-01": "tea", "龙井 2026": "tea", "CUP-02": "cups"}

PERIODS = [
    EVERYTHING,
    parse_period("2026"),
    parse_period("2026-Q2"),
    parse_period("2026-03"),
    parse_period(None, "2026-02-10", "2026-06-17"),
    parse_period(None, "2026-04-03", "2026-04-19"),
    parse_period(None, None, "2026-05-31"),
    parse_period("1999"),
]

HAND = (
    by_hand("2026-03-05", ("Expenses:Operating", 1234, None, None), ("Assets:Bank", -1234, None, None)),
    by_hand("2026-04-10", ("Expenses:Packaging", 505, "WEB-1", "TEA-01"), ("Assets:Bank", -505, None, None)),
    by_hand("2026-06-11", ("Income:Sales", -99900, "WEB-1", "CUP-02"), ("Assets:Bank", 99900, "WEB-1", None)),
    by_hand("2026-06-12", ("Expenses:Packaging", 77, "no such order", "NEW"), ("Assets:Bank", -77, None, None)),
)


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop, with an order that hand-written entries name."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made)
        line = {"sku": "TEA-01", "quantity": "2", "unit_price": "50", "tax_rate": "0.13"}
        made.post(document("order", "WEB-1", "2026-04-01", customer="Customer 9", channel="web", lines=[line]))
        made.post(document("shipment", "WEB-S1", "2026-04-02", order="WEB-1"))
        yield made


def everything(ctx: Context, by: str, period: Period, limit: int | None = None) -> dict[str, Any]:
    """Fetch all pages as one answer."""
    pages = list(pages_of(partial(profit_by, ctx, by, period, limit=limit)))
    return pages[0] | {"items": [item for page in pages for item in page["items"]]}


def expected(facts: list[Fact], by: str) -> dict[str, ProfitSums]:
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        key = CATEGORIES.get(fact.values.get("sku") or "") if by == "category" else fact.values.get(by)
        if key is not None and fact.account.startswith(("Income:", "Expenses:")):
            groups.setdefault(key, []).append(fact)
    return {key: sums_of(members) for key, members in groups.items()}


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
def test_items_and_total_are_the_sums_of_postings(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand, CATEGORIES) as ctx:
        facts = facts_of(ctx.connection, hand)
        for period in PERIODS:
            inside = [fact for fact in facts if period.holds(fact.date)]
            total = profit_json(ctx, sums_of(inside))
            income = {line["id"]: line["amount"] for line in statement(ctx, "income", period)["lines"]}
            for by in DIMENSIONS:
                answer = everything(ctx, by, period)
                no_money_as_float(answer)
                groups = expected(inside, by)
                found = {item["key"]: item for item in answer["items"]}
                assert len(found) == len(answer["items"])
                zero = profit_json(ctx, ProfitSums())
                for key in found.keys() | groups.keys():
                    fields = {name: value for name, value in found.get(key, zero).items() if name in zero}
                    assert fields == profit_json(ctx, groups.get(key, ProfitSums())), (by, period.label, key)
                rest = sums_of(inside)
                for sums in groups.values():
                    rest.add(sums, sign=-1)
                assert answer["unallocated"] == profit_json(ctx, rest)
                assert answer["total"] == total
                assert answer["total"]["net"] == income["net-income"]
                assert answer["total"]["gross_profit"] == income["gross-profit"]


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
def test_pages_follow_each_other_and_are_sorted(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand, CATEGORIES) as ctx:
        for period in (EVERYTHING, PERIODS[4]):
            for by in DIMENSIONS:
                whole = everything(ctx, by, period)
                assert everything(ctx, by, period, limit=1)["items"] == whole["items"]
                assert everything(ctx, by, period, limit=3)["items"] == whole["items"]
                keys = [item["key"] for item in whole["items"]]
                ranks = [float(item["contribution"]) for item in whole["items"]]
                assert keys == sorted(keys) if by == "month" else ranks == sorted(ranks, reverse=True)


def test_a_number_that_two_orders_share_is_written_with_its_source(store_url: URL) -> None:
    line = {"sku": "TEA-01", "quantity": "1", "unit_price": "9"}
    with ReportBooks(store_url) as own:
        for source, number in (("shop", "O-1"), ("web", "O-1"), ("web", "O-2")):
            own.post(document("order", number, "2026-05-01", source=source, customer="C", lines=[line]))
        with own.reading() as ctx:
            keys = {item["key"] for item in everything(ctx, "order", EVERYTHING)["items"]}
    assert keys == {"shop/O-1", "web/O-1", "O-2"}


def test_customers_have_their_orders_beside_their_profit(books: ReportBooks) -> None:
    with books.reading(HAND) as ctx:
        first = customers(ctx, limit=2)
        rest = customers(ctx, limit=100, after=first["next"])
        items = first["items"] + rest["items"]
        assert rest["next"] is None
        by_key = {item["key"]: item for item in profit_by(ctx, "customer")["items"]}
        assert [item["customer"] for item in items] == list(by_key)
        web = next(item for item in items if item["customer"] == "Customer 9")
        assert (web["orders"], web["first_order"], web["last_order"]) == (1, "2026-04-01", "2026-04-01")
        assert web["contribution"] == by_key["Customer 9"]["contribution"]


@pytest.mark.parametrize(("by", "limit", "after"), [("country", None, None), ("sku", 0, None), ("sku", 501, None), ("sku", 1, "###")])
def test_questions_without_sense_are_refused(store_url: URL, by: str, limit: int | None, after: str | None) -> None:
    with ReportBooks(store_url) as made, made.reading() as ctx, pytest.raises(InvalidQuery):
        profit_by(ctx, by, limit=limit, after=after)


def test_empty_books_have_zero_profit(store_url: URL) -> None:
    with ReportBooks(store_url) as made, made.reading() as ctx:
        for by in DIMENSIONS:
            answer = profit_by(ctx, by)
            assert answer["items"] == [] and answer["next"] is None
            assert answer["total"]["net"] == "0.00" and answer["total"]["margin"] is None
