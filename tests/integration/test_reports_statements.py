"""The statements, against every posting summed one by one; what must tie ties, in whole months and ragged periods."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL

from ledger.errors import InvalidQuery, NotFound
from ledger.reports.context import Context
from ledger.reports.inventory import inventory
from ledger.reports.period import EVERYTHING, Period, parse_period
from ledger.reports.statements import NAMES, statement
from ledger.reports.tabular import table_of, to_csv, to_xlsx
from tests.report_books import ENGINES, Fact, ReportBooks, busy_shop, by_hand, document, facts_of, lent_books, no_money_as_float, pages_of

PERIODS = [
    EVERYTHING,
    parse_period("2026"),
    parse_period("2026-Q2"),
    parse_period("2026-04"),
    parse_period(None, "2026-02-10", "2026-06-17"),
    parse_period(None, "2026-04-03", "2026-04-19"),
    parse_period("1999"),
]

HAND = (
    by_hand("2026-03-05", ("Expenses:Operating", 1234, None, None), ("Assets:Bank", -1234, None, None), line=5),
    by_hand("2026-04-10", ("Equity:Opening", -50_000, None, None), ("Assets:Bank", 50_000, None, None), line=9),
)

HANDS = pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop that owes stock."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made)
        line = {"sku": "TEA-01", "quantity": "500", "unit_price": "50"}
        made.post(
            document("order", "BIG", "2026-04-01", customer="Customer 9", lines=[line]),
            document("shipment", "BIG-S", "2026-04-02", order="BIG"),
        )
        yield made


def balances(facts: list[Fact], until: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for fact in facts:
        if fact.date <= until:
            found[fact.account] = found.get(fact.account, 0) + fact.amount
    return found


def lines_by_id(ctx: Context, name: str, period: Period) -> dict[str, dict[str, Any]]:
    answer = statement(ctx, name, period)
    assert (answer["name"], answer["period"], answer["currency"]) == (name, period.label, "CNY")
    no_money_as_float(answer)
    found = {line["id"]: line for line in answer["lines"]}
    assert len(found) == len(answer["lines"]), "ids are unique"
    for line in answer["lines"]:
        assert line["label"] and line["label_zh"]
        if line["accounts"]:
            assert Decimal(line["amount"]) == sum(Decimal(a["amount"]) for a in line["accounts"])
    return found


@HANDS
def test_the_trial_balance_is_the_postings(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for period in PERIODS:
            lines = lines_by_id(ctx, "trial-balance", period)
            total = lines.pop("total")
            assert total["debit"] == total["credit"] and total["turnover_debit"] == total["turnover_credit"]
            assert total["opening"] == "0.00"
            ends = balances(facts, period.last)
            assert {name: line["amount"] for name, line in lines.items() if line["amount"] != "0.00"} == {
                name: ctx.money(amount) for name, amount in ends.items() if amount
            }
            for name, line in lines.items():
                inside = [f.amount for f in facts if f.account == name and period.holds(f.date)]
                assert line["turnover_debit"] == ctx.money(sum(a for a in inside if a > 0))
                assert line["turnover_credit"] == ctx.money(-sum(a for a in inside if a < 0))
                assert line["opening"] == ctx.money(ends.get(name, 0) - sum(inside))
                assert "0.00" in (line["debit"], line["credit"])


@HANDS
def test_the_balance_sheet_ties(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for period in PERIODS:
            lines = lines_by_id(ctx, "balance-sheet", period)
            assert lines["total-assets"]["amount"] == lines["total-liabilities-and-equity"]["amount"]
            ends = balances(facts, period.last)
            result = -sum(amount for name, amount in ends.items() if name.startswith(("Income:", "Expenses:")))
            assert lines["retained-earnings-and-result"]["amount"] == ctx.money(result)
            shown = {a["account"]: a["amount"] for line in lines.values() for a in line["accounts"]}
            wanted = {
                name: ctx.money(amount if name.startswith("Assets:") or name.endswith("StockOwed") else -amount)
                for name, amount in ends.items()
                if amount and not name.startswith(("Income:", "Expenses:"))
            }
            assert shown == wanted


def test_stock_on_the_balance_sheet_is_the_inventory(books: ReportBooks) -> None:
    """Lots - owed = the statement's line, whatever is owed."""
    with books.reading() as ctx:
        items = inventory(ctx)["items"]
        assert any(item["owed"] != "0" for item in items)
        value = sum(Decimal(item["value"]) for item in items)
        line = lines_by_id(ctx, "balance-sheet", EVERYTHING)["inventory"]
        assert Decimal(line["amount"]) == value
        assert "Liabilities:StockOwed" in {account["account"] for account in line["accounts"]}


@HANDS
def test_income_lines_follow_from_each_other(books: ReportBooks, hand: Any) -> None:
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for period in PERIODS:
            amounts = {name: Decimal(line["amount"]) for name, line in lines_by_id(ctx, "income", period).items()}
            inside = [f.amount for f in facts if f.account.startswith(("Income:", "Expenses:")) and period.holds(f.date)]
            assert amounts["net-income"] == Decimal(ctx.money(-sum(inside)))
            assert amounts["revenue"] == (
                amounts["goods-revenue"] + amounts["shipping-revenue"] - amounts["discounts"] - amounts["refunds"]
            )
            below = sum(amounts[name] for name in ("bad-debt", "exchange", "other"))
            assert amounts["net-income"] == amounts["contribution"] - below


@HANDS
@pytest.mark.parametrize("account", ["bank", "Income:Sales", "Assets:Inventory:TEA-01"])
def test_the_general_ledger_runs_from_opening_to_closing(books: ReportBooks, hand: Any, account: str) -> None:
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        full = ctx.chart.account("bank") if account == "bank" else account
        for period in PERIODS:
            whole = statement(ctx, "general-ledger", period, account=account, limit=500)
            fetch = partial(statement, ctx, "general-ledger", period, account=account, limit=3)
            lines = [line for page in pages_of(fetch) for line in page["lines"]]
            assert lines == whole["lines"]
            assert [line["date"] for line in lines] == sorted(line["date"] for line in lines)
            amounts = sorted(ctx.money(f.amount) for f in facts if f.account == full and period.holds(f.date))
            assert sorted(line["amount"] for line in lines) == amounts
            running = Decimal(whole["opening"])
            for line in lines:
                running += Decimal(line["debit"]) - Decimal(line["credit"])
                assert Decimal(line["balance"]) == running
            assert Decimal(whole["closing"]) == running
            assert whole["closing"] == ctx.money(balances(facts, period.last).get(full, 0))


def test_the_general_ledger_without_an_account_lists_accounts(books: ReportBooks) -> None:
    with books.reading() as ctx:
        lines = statement(ctx, "general-ledger", EVERYTHING)["lines"]
        assert lines == statement(ctx, "trial-balance", EVERYTHING)["lines"]


def test_many_stock_accounts_become_one_line(books: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    with books.reading() as ctx:
        before = lines_by_id(ctx, "trial-balance", EVERYTHING)
        monkeypatch.setattr("ledger.reports.balances.MEMBERS_MAX", 1)
        after = lines_by_id(ctx, "trial-balance", EVERYTHING)
        members = [line for name, line in before.items() if name.startswith("Assets:Inventory:")]
        assert len(members) == 3 and after.keys() - before.keys() == {"Assets:Inventory"}
        assert Decimal(after["Assets:Inventory"]["amount"]) == sum(Decimal(line["amount"]) for line in members)
        ledger = statement(ctx, "general-ledger", EVERYTHING, account="Assets:Inventory:TEA-01")
        assert ledger["closing"] == before["Assets:Inventory:TEA-01"]["amount"]


def test_statements_without_sense_are_refused(books: ReportBooks) -> None:
    with books.reading() as ctx:
        with pytest.raises(NotFound):
            statement(ctx, "equity", EVERYTHING)
        with pytest.raises(NotFound):
            statement(ctx, "general-ledger", EVERYTHING, account="Assets:Nowhere")
        for query in ({"account": "bank"}, {"limit": 3}, {"after": "x"}):
            with pytest.raises(InvalidQuery):
                statement(ctx, "income", EVERYTHING, **query)


def test_every_statement_becomes_a_table(books: ReportBooks) -> None:
    with books.reading() as ctx:
        for name in NAMES:
            table = table_of(statement(ctx, name, EVERYTHING))
            assert to_csv(table).startswith("id,label,label_zh,")
            assert to_xlsx(table).startswith(b"PK")


def test_yen_have_no_decimals(store_url: URL) -> None:
    line = {"sku": "CUP", "quantity": "3", "unit_price": "1000"}
    with ReportBooks(store_url, "JPY") as books:
        books.post(
            document("order", "O-1", "2026-03-01", customer="Lin", lines=[line]),
            document("shipment", "S-1", "2026-03-02", order="O-1"),
        )
        with books.reading() as ctx:
            lines = {line["id"]: line["amount"] for line in statement(ctx, "income", EVERYTHING)["lines"]}
            assert lines["revenue"] == "3000" and lines["product-cost"] == "0"
