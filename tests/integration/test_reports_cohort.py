"""Profit of cohorts, against every posting summed one by one: orders dated in a period, with all that was ever posted on them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from ledger.errors import InvalidQuery
from ledger.reports.context import Context
from ledger.reports.period import EVERYTHING, Period, parse_period
from ledger.reports.profit_by import DIMENSIONS, profit_by
from ledger.reports.profit_view import ProfitSums, profit_json
from ledger.store.tables import orders
from tests.company import Company
from tests.report_books import ENGINES, Fact, ReportBooks, busy_shop, by_hand, document, facts_of, lent_books, pages_of, sums_of

CATEGORIES = {"TEA-01": "tea", "龙井 2026": "tea", "CUP-02": "cups"}
WHOLE_MONTHS = [
    EVERYTHING,
    parse_period("2026"),
    parse_period("2026-03"),
    parse_period(None, "2026-02-01", "2026-04-30"),
    parse_period("1999"),
]
RAGGED = [
    parse_period(None, "2026-02-10", "2026-06-17"),
    parse_period(None, "2026-04-03", "2026-04-19"),
    parse_period(None, None, "2026-05-30"),
]
OF_ONE_ORDER = ("customer", "channel", "month", "order")

HAND = (
    by_hand("2026-03-05", ("Expenses:Operating", 1234, None, "TEA-01"), ("Assets:Bank", -1234, None, None)),
    by_hand("2026-07-10", ("Expenses:Packaging", 505, "WEB-1", "TEA-01"), ("Assets:Bank", -505, None, None)),
    by_hand("2026-02-12", ("Expenses:Packaging", 77, "no such order", "NEW"), ("Assets:Bank", -77, None, None)),
)


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop, and an order of April whose freight came in June."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made)
        line = {"sku": "TEA-01", "quantity": "2", "unit_price": "50", "tax_rate": "0.13"}
        made.post(document("order", "WEB-1", "2026-04-10", customer="Customer 9", channel="web", lines=[line]))
        made.post(document("shipment", "WEB-S1", "2026-05-02", order="WEB-1", carrier="SF"))
        late = {"amount": "5.00", "direction": "outbound", "orders": ["WEB-1"]}
        made.post(document("freight_bill", "WEB-F1", "2026-06-02", carrier="SF", lines=[late]))
        yield made


def everything(ctx: Context, by: str, period: Period, limit: int | None = None) -> dict[str, Any]:
    """Fetch all pages as one answer."""
    pages = list(pages_of(partial(profit_by, ctx, by, period, limit=limit, cohort=True)))
    return pages[0] | {"items": [item for page in pages for item in page["items"]]}


def cohort(ctx: Context, period: Period, hand: Any) -> list[tuple[Fact, str]]:
    """Return the postings of the orders dated in the period, each with the day of its order."""
    days = {row.id: row.date for row in ctx.connection.execute(select(orders.c.id, orders.c.date))}
    facts = [(fact, days.get(fact.order_id or 0, "")) for fact in facts_of(ctx.connection, hand)]
    return [(fact, day) for fact, day in facts if day and period.holds(day)]


def _without_postings(ctx: Context, by: str, period: Period) -> set[Any]:
    """Return orders (or their customers) dated in the period, posted or not."""
    column = orders.c.number if by == "order" else orders.c.customer
    return set(ctx.connection.execute(select(column).where(orders.c.date.between(period.first, period.last))).scalars())


def expected(members: list[tuple[Fact, str]], by: str) -> dict[str, ProfitSums]:
    groups: dict[str, list[Fact]] = {}
    for fact, day in members:
        values = {**fact.values, "month": day[:7], "category": CATEGORIES.get(fact.values.get("sku") or "")}
        key = values.get(by)
        if key is not None and fact.account.startswith(("Income:", "Expenses:")):
            groups.setdefault(key, []).append(fact)
    return {key: sums_of(facts) for key, facts in groups.items()}


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
def test_a_cohort_is_the_postings_of_its_orders(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand, CATEGORIES) as ctx:
        zero = profit_json(ctx, ProfitSums())
        for period in WHOLE_MONTHS + RAGGED:
            members = cohort(ctx, period, hand)
            total = sums_of(fact for fact, _ in members)
            for by in DIMENSIONS if period in WHOLE_MONTHS else OF_ONE_ORDER:
                answer = everything(ctx, by, period)
                groups = {key: sums for key, sums in expected(members, by).items() if not sums.is_zero}
                found = {item["key"]: {name: item[name] for name in zero} for item in answer["items"]}
                assert len(found) == len(answer["items"])
                if by in ("order", "customer"):
                    dated = {fact.values[by] for fact, _ in members} | _without_postings(ctx, by, period)
                    assert found.keys() <= dated, "only who has an order in the period"
                    found = {key: item for key, item in found.items() if item != zero}
                assert found == {key: profit_json(ctx, sums) for key, sums in groups.items()}, (by, period.label)
                rest = sums_of(fact for fact, _ in members)
                for sums in groups.values():
                    rest.add(sums, sign=-1)
                assert (answer["cohort"], answer["total"], answer["unallocated"]) == (True, profit_json(ctx, total), profit_json(ctx, rest))
                if by in ("customer", "month", "order"):
                    assert answer["unallocated"] == zero, "every order has one"


def test_pages_follow_each_other(books: ReportBooks) -> None:
    with books.reading(HAND, CATEGORIES) as ctx:
        for by in DIMENSIONS:
            whole = everything(ctx, by, parse_period("2026-04"))
            assert everything(ctx, by, parse_period("2026-04"), limit=1)["items"] == whole["items"]


def test_late_costs_count_in_the_month_of_the_order(books: ReportBooks) -> None:
    """By posting date the order of April has revenue in May and freight in June; its cohort has both in April."""
    with books.reading() as ctx:
        april = {item["key"]: item for item in profit_by(ctx, "channel", parse_period("2026-04"), cohort=True)["items"]}
        assert (april["web"]["revenue"], april["web"]["freight"]) == ("100.00", "5.00")
        for month in ("2026-05", "2026-06"):
            assert "web" not in {item["key"] for item in profit_by(ctx, "channel", parse_period(month), cohort=True)["items"]}
        posted = {item["key"]: item for item in profit_by(ctx, "channel", parse_period("2026-04"))["items"]}
        assert "web" not in posted


@pytest.mark.parametrize("by", sorted(set(DIMENSIONS) - set(OF_ONE_ORDER)))
def test_ragged_periods_are_refused_where_only_months_are_kept(books: ReportBooks, by: str) -> None:
    with books.reading() as ctx:
        for period in RAGGED:
            with pytest.raises(InvalidQuery, match="whole months"):
                profit_by(ctx, by, period, cohort=True)


@pytest.mark.parametrize(("table", "set_to"), [("cohort_shift", "freight = freight + 1"), ("order_month", "orders = orders + 1")])
def test_check_names_sums_that_were_changed(company: Company, table: str, set_to: str) -> None:
    company.sell("SO-1", "2026-01-31", 1)
    company.post("freight_bill", "F-1", "2026-03-01", carrier="SF", lines=[{"amount": "5", "direction": "outbound", "orders": ["SO-1"]}])
    assert company.problems() == []
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {set_to}")
    assert all(f"{table}: kept sums of" in problem for problem in company.problems()) and company.problems()
    back = set_to.replace("+", "-")
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {back}")
