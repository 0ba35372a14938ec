"""Operating profit: costs shared by stated drivers, to the cent; what has no driver or no base stays unallocated; nothing is posted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import InvalidQuery
from ledger.reports.operating import DIMENSIONS
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.profit_by import profit_by
from ledger.reports.statements import statement
from tests.company import Company

STATED = {"Expenses:Operating": "orders", "Expenses:Operating:Advertising": "revenue", "Expenses:Rounding": "gross_profit"}
PERIODS = [
    EVERYTHING, parse_period("2026-Q1"), parse_period("2026-01"), parse_period(None, "2026-01-10", "2026-02-11"),
    parse_period(None, "2026-01-20", "2026-02-10"), parse_period("1999"),
]  # fmt: skip


def state_drivers(company: Company, stated: Mapping[str, str]) -> None:
    """Write drivers into the books as people do."""
    main = company.books / "main.beancount"
    lines = "".join(f'1970-01-01 custom "orderledger" "operating-driver" "{a}" "{d}"\n' for a, d in stated.items())
    main.write_text(main.read_text(encoding="utf-8") + lines, encoding="utf-8")


def spend(company: Company, number: str, date: str, account: str, amount: str) -> None:
    postings = [{"account": account, "amount": amount}, {"account": "bank", "amount": str(-Decimal(amount))}]
    company.post("entry", number, date, postings=postings)


@pytest.fixture
def shop(company: Company) -> Company:
    """Three orders by jd, one by tmall at a loss, costs in January and February, some of them with a driver."""
    company.buy("PO-1", "2026-01-02", 50, "40.00")
    for number, (date, channel, price) in enumerate(
        [("2026-01-12", "jd", "100.00"), ("2026-01-13", "jd", "90.00"), ("2026-02-11", "jd", "80.00"), ("2026-01-20", "tmall", "30.00")]
    ):
        lines = [{"sku": "X", "quantity": "1", "unit_price": price}]
        company.post("order", f"SO-{number}", date, customer="C", channel=channel, lines=lines)
        company.post("shipment", f"S-{number}", date, order=f"SO-{number}", carrier="SF")
    spend(company, "E-1", "2026-01-31", "Expenses:Operating", "100.00")
    spend(company, "E-2", "2026-02-10", "Expenses:Operating", "0.01")
    spend(company, "E-3", "2026-01-15", "Expenses:Operating:Advertising", "10.00")
    spend(company, "E-4", "2026-02-10", "Expenses:Rounding", "7.00")
    spend(company, "E-5", "2026-01-31", "Expenses:StockLoss", "3.00")
    state_drivers(company, STATED)
    (company.books / "main.beancount").write_text(
        (company.books / "main.beancount").read_text(encoding="utf-8") + '1970-01-01 custom "orderledger" "category" "X" "tea"\n',
        encoding="utf-8",
    )
    return company


def ask(company: Company, by: str, period: Any = EVERYTHING, **more: Any) -> dict[str, Any]:
    with company.ledger.read() as ctx:
        return profit_by(ctx, by, period, operating=True, **more)


def test_each_account_is_shared_by_its_driver(shop: Company) -> None:
    """100.01 over 3 orders and 1; 10.00 over revenue of 270 and 30; 7.00 over gross profit of 150 and a loss, which bears nothing."""
    answer = ask(shop, "channel")
    shares = {item["key"]: item["operating"] for item in answer["items"]}
    assert shares == {"jd": "91.01", "tmall": "26.00"}  # 75.01 + 9.00 + 7.00 and 25.00 + 1.00
    profits = {item["key"]: item["operating_profit"] for item in answer["items"]}
    assert profits == {"jd": "58.99", "tmall": "-36.00"}
    assert (answer["unallocated"]["operating"], answer["total"]["operating"]) == ("3.00", "120.01")
    assert answer["total"]["operating_profit"] == "19.99"
    assert answer["drivers"] == [
        {"account": "Expenses:StockLoss", "driver": None, "amount": "3.00", "shared": "0.00"},
        {"account": "Expenses:Operating", "driver": "orders", "amount": "100.01", "shared": "100.01"},
        {"account": "Expenses:Operating:Advertising", "driver": "revenue", "amount": "10.00", "shared": "10.00"},
        {"account": "Expenses:Rounding", "driver": "gross_profit", "amount": "7.00", "shared": "7.00"},
    ]


def test_each_month_keeps_its_own_cost(shop: Company) -> None:
    months = {item["key"]: item["operating"] for item in ask(shop, "month")["items"]}
    assert months == {"2026-01": "110.00", "2026-02": "7.01"}


def test_orders_are_counted_by_day_where_a_month_is_not_whole(shop: Company) -> None:
    """From 13 January on there are two orders of jd and one of tmall."""
    answer = ask(shop, "channel", parse_period(None, "2026-01-13", "2026-02-28"))
    shared = next(one for one in answer["drivers"] if one["driver"] == "orders")
    assert shared["amount"] == "100.01"
    tmall = next(item for item in answer["items"] if item["key"] == "tmall")
    assert Decimal(tmall["operating"]) == Decimal("33.34") + Decimal("1.50")  # 100.01 / 3, and 30 of 200 of revenue


@pytest.mark.parametrize("by", DIMENSIONS)
def test_shares_and_the_rest_are_what_the_accounts_came_to(shop: Company, by: str) -> None:
    """In every period: items + unallocated = total = the accounts; the statements know nothing of it."""
    for period in PERIODS:
        answer = ask(shop, by, period)
        rows = [*answer["items"], answer["unallocated"]]
        for name in ("operating", "operating_profit"):
            assert sum(Decimal(row[name]) for row in rows) == Decimal(answer["total"][name])
        for row in (*rows, answer["total"]):
            assert Decimal(row["operating_profit"]) == Decimal(row["contribution"]) - Decimal(row["operating"])
        assert sum(Decimal(one["amount"]) for one in answer["drivers"]) == Decimal(answer["total"]["operating"])
        assert sum(Decimal(one["shared"]) for one in answer["drivers"]) == sum(Decimal(item["operating"]) for item in answer["items"])
        with shop.ledger.read() as ctx:
            plain = profit_by(ctx, by, period)
            other = next(line for line in statement(ctx, "income", period)["lines"] if line["id"] == "other")
        assert answer["total"]["operating"] == other["amount"]
        names = plain["total"].keys()
        assert [{n: item[n] for n in names} for item in answer["items"]] == [{n: item[n] for n in names} for item in plain["items"]]


def test_what_nothing_can_bear_stays_unallocated(shop: Company) -> None:
    """Several carriers share an order, so orders are no base by carrier; a supplier has no revenue of its own."""
    found = {one["account"]: one["shared"] for one in ask(shop, "carrier")["drivers"]}
    assert found["Expenses:Operating"] == "0.00" and found["Expenses:Operating:Advertising"] == "10.00"


def test_a_cost_that_comes_back_is_shared_too(shop: Company) -> None:
    spend(shop, "E-6", "2026-03-01", "Expenses:Operating:Advertising", "-5.00")
    answer = ask(shop, "channel", parse_period("2026-Q1"))
    assert next(one for one in answer["drivers"] if one["driver"] == "revenue")["shared"] == "5.00"
    assert answer["total"]["operating"] == "115.01"


def test_a_page_does_not_change_the_shares(shop: Company) -> None:
    whole = ask(shop, "channel")
    first = ask(shop, "channel", limit=1)
    second = ask(shop, "channel", limit=1, after=first["next"])
    assert [*first["items"], *second["items"]] == whole["items"] and second["total"] == whole["total"]


@pytest.mark.parametrize("by", ["sku", "customer", "order"])
def test_dimensions_of_many_values_are_refused(shop: Company, by: str) -> None:
    with pytest.raises(InvalidQuery, match="too many values"):
        ask(shop, by)
    with pytest.raises(InvalidQuery, match="not both"):
        ask(shop, "channel", cohort=True)


def test_a_wrong_driver_is_named_with_its_place(company: Company, tmp_path: Path) -> None:
    """An unknown driver, an account of no such kind, a word too many: each is a problem of `check`, and the others count."""
    wrong = {"Expenses:Operating": "floor-space", "Expenses:COGS": "revenue", "Income:Sales": "orders", "Expenses:Nowhere": "orders"}
    state_drivers(company, {**wrong, "Expenses:StockLoss": "orders"})
    problems = company.ledger.people().problems
    assert len(problems) == 4 and all(problem.startswith("main.beancount:") for problem in problems)
    assert "one of orders, revenue, gross_profit" in problems[0] and "no operating cost" in problems[1]
    assert company.ledger.people().drivers == {"Expenses:StockLoss": "orders"}
    main = company.books / "main.beancount"
    main.write_text(main.read_text(encoding="utf-8").partition('1970-01-01 custom "orderledger" "operating-driver"')[0], encoding="utf-8")
