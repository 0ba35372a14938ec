"""The cash-flow statement, against every posting to cash: opening + flows = closing = the balance sheet's cash, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from ledger.errors import InvalidQuery
from ledger.rebuild import rebuild
from ledger.reports.cash_flow import CLOSING, LINES, OPENING
from ledger.reports.context import Context
from ledger.reports.period import EVERYTHING, Period, parse_period
from ledger.reports.statements import statement
from ledger.service import Ledger
from ledger.store.tables import document, entry, posting
from tests.company import Company
from tests.report_books import ENGINES, ReportBooks, busy_shop, by_hand, lent_books, no_money_as_float

PERIODS = [
    EVERYTHING, parse_period("2026"), parse_period("2026-Q2"), parse_period("2026-04"),
    parse_period(None, "2026-02-10", "2026-06-17"), parse_period(None, "2026-04-03", "2026-04-19"),
    parse_period(None, "2026-04-20", "2026-05-10"), parse_period("1999"),
]  # fmt: skip
HAND = (
    by_hand("2026-03-05", ("Expenses:Operating", 1234, None, None), ("Assets:Bank", -1234, None, None)),
    by_hand("2026-04-10", ("Equity:Opening", -50_000, None, None), ("Assets:Bank", 50_000, None, None)),
    by_hand("2026-04-11", ("Liabilities:VAT:Output", 900, None, None), ("Assets:Bank", -900, None, None)),
)
HAND_ITEMS = ("other-operating-paid", "brought-forward", "taxes")
ITEM_OF = {
    "payment": "received-from-customers", "settlement": "received-from-customers", "payout": "received-from-customers",
    "refund": "refunded-to-customers", "supplier_payment": "paid-to-suppliers", "entry": "other-operating-paid",
    "opening": "brought-forward",
}  # fmt: skip
"""What each kind of document in the shop's year does to the bank."""


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made, 400)
        yield made


def amounts(ctx: Context, name: str, period: Period) -> dict[str, Decimal]:
    answer = statement(ctx, name, period)
    no_money_as_float(answer)
    for line in answer["lines"]:
        assert line["label"] and line["label_zh"]
        if line["accounts"]:
            assert Decimal(line["amount"]) == sum(Decimal(one["amount"]) for one in line["accounts"])
    return {line["id"]: Decimal(line["amount"]) for line in answer["lines"]}


def expected(ctx: Context, period: Period, hand: Any) -> dict[str, int]:
    """Sum the postings to the bank by kind of document, and those by hand."""
    query = select(entry.c.date, document.c.kind, posting.c.amount).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    query = query.join(document, document.c.seq == entry.c.seq).where(posting.c.account == "Assets:Bank")
    found: dict[str, int] = {}
    for row in ctx.connection.execute(query):
        if period.holds(row.date):
            found[ITEM_OF[row.kind]] = found.get(ITEM_OF[row.kind], 0) + row.amount
    for item, one in zip(HAND_ITEMS, hand, strict=False):
        if period.holds(one.date):
            found[item] = found.get(item, 0) + one.postings[-1].amount
    return found


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
def test_it_ties(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand) as ctx:
        seen: set[str] = set()
        for period in PERIODS:
            found = amounts(ctx, "cash-flow", period)
            assert list(found) == [OPENING.id, *(line.id for line in LINES), CLOSING.id], "always the same lines"
            items = [line.id for line in LINES if not line.of]
            wanted = expected(ctx, period, hand)
            assert {item: amount for item, amount in found.items() if item in items and amount} == {
                item: Decimal(ctx.money(amount)) for item, amount in wanted.items() if amount
            }
            operating = [line.id for line in LINES if not line.of and line.section == "operating"]
            assert found["net-operating"] == sum(found[item] for item in operating)
            assert found["net-change"] == sum(found[item] for item in items)
            assert found["opening-cash"] + found["net-change"] == found["closing-cash"]
            assert found["closing-cash"] == amounts(ctx, "balance-sheet", period).get("bank", Decimal(0))
            seen |= wanted.keys()
        assert seen >= set(ITEM_OF.values())


def test_pages_and_accounts_are_not_for_it(books: ReportBooks) -> None:
    with books.reading() as ctx, pytest.raises(InvalidQuery):
        statement(ctx, "cash-flow", EVERYTHING, account="bank")


TILL = """1970-01-01 open Assets:Till
  cash: TRUE
1970-01-01 open Assets:Van
1970-01-01 open Liabilities:Wages
  cash-flow: "other-operating-paid"
"""


def write_entries(company: Company) -> None:
    """Pay into the till, buy a van, pay wages, move money between the bank and the till, pay a carrier."""
    company.sell("SO-1", "2026-01-10", 1)
    company.post("payment", "P-1", "2026-01-11", order="SO-1", amount="100.00", account="Assets:Till")
    for number, (date, postings) in enumerate(
        [
            ("2026-01-12", {"bank": "300.00", "Equity:Retained": "-300.00"}),
            ("2026-01-13", {"Assets:Van": "150.00", "bank": "-150.00"}),
            ("2026-02-14", {"Liabilities:Wages": "40.00", "Assets:Till": "-40.00"}),
            ("2026-02-15", {"Assets:Till": "-25.00", "bank": "25.00"}),
        ]
    ):
        lines = [{"account": account, "amount": amount} for account, amount in postings.items()]
        company.post("entry", f"E-{number}", date, postings=lines)
    company.post("supplier_payment", "V-1", "2026-02-20", carrier="SF", amount="9.00", account="bank")


def with_accounts(company: Company, text: str) -> None:
    accounts = company.books / "accounts.beancount"
    accounts.write_text(accounts.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_own_cash_counts_as_people_say(company: Company) -> None:
    """A till is cash on both statements; accounts without a role go by their root, or by what they are marked with."""
    with_accounts(company, TILL)
    write_entries(company)
    with company.ledger.read() as ctx:
        whole = amounts(ctx, "cash-flow", EVERYTHING)
        february = amounts(ctx, "cash-flow", parse_period("2026-02"))
        half = amounts(ctx, "cash-flow", parse_period(None, "2026-01-13", "2026-02-14"))
        sheet = {line["id"]: line for line in statement(ctx, "balance-sheet", EVERYTHING)["lines"]}
        lines = {line["id"]: line for line in statement(ctx, "cash-flow", EVERYTHING)["lines"]}
    assert {name: str(amount) for name, amount in whole.items() if amount} == {
        "received-from-customers": "100.00", "paid-to-carriers": "-9.00", "other-operating-paid": "-40.00", "net-operating": "51.00",
        "investing": "-150.00", "financing": "300.00", "net-change": "201.00", "closing-cash": "201.00",
    }  # fmt: skip
    assert (february["opening-cash"], february["net-change"], february["closing-cash"]) == (250, -49, 201)
    assert (half["investing"], half["other-operating-paid"], half["opening-cash"]) == (-150, -40, 400)
    cash = [(one["account"], one["amount"]) for one in lines["closing-cash"]["accounts"]]
    assert cash == [("Assets:Bank", "166.00"), ("Assets:Till", "35.00")]
    assert [(one["account"], one["amount"]) for one in sheet["bank"]["accounts"]] == cash and sheet["bank"]["amount"] == "201.00"


def test_a_chart_that_changes_is_said_and_named(company: Company) -> None:
    """An account that becomes cash later has no items yet: the statement ties all the same, check names it, a rebuild mends it."""
    with_accounts(company, TILL.replace("  cash: TRUE\n", ""))
    write_entries(company)
    assert company.problems() == []
    accounts = company.books / "accounts.beancount"
    accounts.write_text(
        accounts.read_text(encoding="utf-8").replace("open Assets:Till\n", "open Assets:Till\n  cash: TRUE\n"), encoding="utf-8"
    )
    with company.ledger.read() as ctx:
        found = amounts(ctx, "cash-flow", EVERYTHING)
    assert found["opening-cash"] + found["net-change"] + found["unclassified"] == found["closing-cash"] == 201
    assert any("cash of 2026-01" in problem for problem in company.problems())
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    with company.ledger.read() as ctx:
        assert "unclassified" not in amounts(ctx, "cash-flow", EVERYTHING)


def test_check_names_a_sum_that_was_changed(company: Company) -> None:
    with_accounts(company, TILL)
    write_entries(company)
    for change in ("+", "-"):
        with company.ledger.database.writing() as connection:
            connection.exec_driver_sql(f"UPDATE cash_month SET amount = amount {change} 1 WHERE item = 'investing'")
        problems = company.problems()
        assert bool(problems) == (change == "+")
        if problems:
            assert "cash_month: kept sums of investing 2026-01 differ" in problems[0] and "cash of 2026-01" in problems[1]
