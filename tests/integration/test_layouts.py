"""The prescribed forms over a busy shop: they agree with the native statements to the cent, on every chart."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import URL

from ledger.errors import InvalidQuery, NotFound
from ledger.reports.layouts.filling import _year_earlier
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.statements import statement
from ledger.reports.tabular import table_of, to_csv
from tests.report_books import ReportBooks, busy_shop, by_hand, document

STANDARDS = ("cas", "small")
OWN = {"ifrs": "Expenses:Operating:Rent", "cas": "Expenses:6602-管理费用:660202-租金", "small": "Expenses:Rent"}
PERIODS = [EVERYTHING, parse_period("2026"), parse_period("2026-Q2"), parse_period(None, "2026-04-03", "2026-06-19"), parse_period("1970")]


@pytest.fixture(scope="module", params=["ifrs", "cas", "small"])
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReportBooks, Any]]:
    """Lend books on each chart, with an accountant's entries on accounts of people's own."""
    url = URL.create("sqlite", database=str(tmp_path_factory.mktemp("books") / "store.db"))
    with ReportBooks(url, name=request.param) as made:
        busy_shop(made)
        line = {"sku": "TEA-01", "quantity": "500", "unit_price": "50"}
        made.post(
            document("order", "BIG", "2026-04-01", customer="Customer 9", lines=[line]),
            document("shipment", "BIG-S", "2026-04-02", order="BIG"),
        )
        bank = made.chart.account("bank")
        yield (
            made,
            (
                by_hand("2026-03-05", (OWN[request.param], 1234, None, None), (bank, -1234, None, None)),
                by_hand("2026-04-10", ("Equity:Capital", -50_000, None, None), (bank, 50_000, None, None)),
                by_hand("2026-04-11", ("Income:Interest", -77, None, None), ("Assets:Deposit", 77, None, None)),
            ),
        )


def amounts(answer: dict[str, Any]) -> dict[str, str]:
    """Return the amounts of a statement's lines by id."""
    return {line["id"]: line["amount"] for line in answer["lines"]}


@pytest.mark.parametrize("standard", STANDARDS)
def test_forms_agree_with_the_native_statements(books: tuple[ReportBooks, Any], standard: str) -> None:
    """Total assets, liabilities, equity and net income; both sides of the form tie."""
    made, hand = books
    with made.reading(hand) as ctx:
        for period in PERIODS:
            native, form = (amounts(statement(ctx, "balance-sheet", period, layout=layout)) for layout in (None, standard))
            for line in ("total-assets", "total-liabilities", "total-equity", "total-liabilities-and-equity"):
                assert form[line] == native[line], (period, line)
            assert form["total-assets"] == form["total-liabilities-and-equity"]
            income = amounts(statement(ctx, "income", period, layout=standard))
            assert income["net-income"] == amounts(statement(ctx, "income", period, layout="native"))["net-income"]


@pytest.mark.parametrize("name", ["balance-sheet", "income"])
@pytest.mark.parametrize("standard", STANDARDS)
def test_every_account_stands_in_one_item(books: tuple[ReportBooks, Any], standard: str, name: str) -> None:
    """What moved is there once, each item is the sum of its accounts, and its parts hold no other accounts than it does."""
    made, hand = books
    with made.reading(hand) as ctx:
        answer = statement(ctx, name, EVERYTHING, layout=standard)
        moved = {line["id"] for line in statement(ctx, "trial-balance", EVERYTHING)["lines"] if line["amount"] != "0.00"} - {"total"}
        profit = {account for account in moved if account.startswith(("Income:", "Expenses:"))}
    found: list[str] = []
    above: set[str] = set()
    for line in answer["lines"]:
        own = {account["account"] for account in line["accounts"]}
        assert line["kind"] == "total" or Decimal(line["amount"]) == sum(Decimal(account["amount"]) for account in line["accounts"])
        if line["kind"] == "item":
            found += own
            above = own
        assert line["kind"] != "part" or own <= above
    assert len(found) == len(set(found))
    assert set(found) == (moved if name == "balance-sheet" else profit)


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_second_column(books: tuple[ReportBooks, Any], standard: str) -> None:
    """上年年末余额, 上期金额, 本年累计金额; none where the question is for all time."""
    made, hand = books
    with made.reading(hand) as ctx:
        sheet = statement(ctx, "balance-sheet", parse_period("2027-03"), layout=standard)
        year_end = amounts(statement(ctx, "balance-sheet", parse_period("2026"), layout=standard))
        assert {line["id"]: line["comparative"] for line in sheet["lines"]} == year_end
        income = statement(ctx, "income", parse_period("2026-06"), layout=standard)
        earlier = parse_period("2025-06") if standard == "cas" else parse_period(None, "2026-01-01", "2026-06-30")
        assert {line["id"]: line["comparative"] for line in income["lines"]} == amounts(statement(ctx, "income", earlier, layout=standard))
        assert income["comparative_zh"] == {"cas": "上期金额", "small": "本年累计金额"}[standard]
        assert "comparative_zh" not in statement(ctx, "income", EVERYTHING, layout=standard)
        text = to_csv(table_of(income))
        assert "comparative" in text.partition("\r\n")[0] and "营业收入" in text


@pytest.mark.parametrize(("day", "earlier"), [("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-29"), ("2026-04-30", "2025-04-30")])
def test_a_year_earlier(day: str, earlier: str) -> None:
    """The end of February stays its end."""
    assert _year_earlier(day) == earlier


@pytest.mark.parametrize(
    ("name", "more", "error"),
    [
        ("trial-balance", {"layout": "cas"}, InvalidQuery),
        ("income", {"layout": "gaap"}, InvalidQuery),
        ("income", {"layout": "cas", "limit": 3}, InvalidQuery),
        ("profit", {"layout": "cas"}, NotFound),
    ],
)
def test_what_has_no_form(books: tuple[ReportBooks, Any], name: str, more: dict[str, Any], error: type[Exception]) -> None:
    """Refused in a sentence."""
    with books[0].reading() as ctx, pytest.raises(error):
        statement(ctx, name, EVERYTHING, **more)
