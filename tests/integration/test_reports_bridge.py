"""The bridge from order profit to the statement: each profit field is one line, and the line names the accounts that it sits on.

Order profit goes by role. Where people keep an account, for instance outbound freight under cost of sales (主营业务成本), moves no field.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from ledger.reports.context import Context
from ledger.reports.period import EVERYTHING, Period, parse_period
from ledger.reports.profit_by import profit_by
from ledger.reports.statements import statement
from ledger.service import Ledger
from ledger.state.records import PROFIT_FIELDS
from tests.company import Company
from tests.report_books import pages_of

HOMES = {
    "as shipped": {"Expenses:Fulfilment": "Expenses:Fulfilment"},
    "freight under cost of sales": {"Expenses:Fulfilment": "Expenses:COGS:Fulfilment"},
    "returns and fees elsewhere": {"Income:Returns": "Income:Sales:Returned", "Expenses:PlatformFees": "Expenses:Operating:Fees"},
}
PERIODS = [EVERYTHING, parse_period("2026-02"), parse_period(None, "2026-01-20", "2026-02-17")]


@pytest.fixture(params=list(HOMES))
def moved(request: pytest.FixtureRequest, company: Company) -> Company:
    """A company whose accountant has renamed some accounts before the first document, and posted a busy month."""
    accounts = company.books / "accounts.beancount"
    text = accounts.read_text(encoding="utf-8")
    for old, new in HOMES[request.param].items():
        text = text.replace(f"open {old}\n", f"open {new}\n")
    accounts.write_text(text, encoding="utf-8")
    company.ledger.close()
    company.ledger = Ledger.open(company.books, company.store_url)
    post_a_busy_month(company)
    return company


def post_a_busy_month(company: Company) -> None:
    """Sell, ship, bill, return, pay with a fee, and lose some stock, so that most fields are there with and without an order."""
    company.buy("PO-1", "2026-01-10", 9, "40.00")
    for number, date in enumerate(("2026-01-18", "2026-01-31", "2026-02-14")):
        lines = [{"sku": "X", "quantity": "2", "unit_price": "70.01", "discount": "1.00"}]
        shipping = {"amount": "6.00"}
        company.post("order", f"SO-{number}", date, customer="C", channel="tmall", lines=lines, shipping=shipping)
        company.post("shipment", f"S-{number}", date, order=f"SO-{number}", carrier="SF", estimated_freight="5.00")
        company.post("payment", f"P-{number}", date, order=f"SO-{number}", amount="100.00", account="bank", fee="0.60")
    company.charge("F-1", "2026-02-05", "9.00", ["PO-1"])
    company.post("return", "R-1", "2026-02-10", order="SO-1", lines=[{"sku": "X", "quantity": "1", "restock": False}])
    company.post("stock_adjustment", "A-1", "2026-02-11", reason="broken", lines=[{"sku": "X", "quantity": "-1"}])
    waits = {"amount": "4.00", "direction": "outbound", "tracking": ["nobody's"]}
    boxes = {"amount": "3.00", "direction": "outbound", "charge": "packaging", "orders": ["SO-1"]}
    company.post("freight_bill", "F-2", "2026-02-12", carrier="SF", lines=[waits, boxes])
    company.post("write_off", "W-1", "2026-02-20", order="SO-2", amount="20.00")


def orders_and_rest(ctx: Context, period: Period) -> dict[str, Decimal]:
    """Return each profit field summed over all orders, plus what no order has."""
    pages = list(pages_of(partial(profit_by, ctx, "order", period, limit=2)))
    rows: list[dict[str, Any]] = [item for page in pages for item in page["items"]] + [pages[0]["unallocated"]]
    return {name: sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in PROFIT_FIELDS}


def test_every_field_is_its_line_wherever_its_account_is(moved: Company) -> None:
    with moved.ledger.read() as ctx:
        for period in PERIODS:
            lines = {line["id"]: line for line in statement(ctx, "income", period)["lines"]}
            for name, amount in orders_and_rest(ctx, period).items():
                line = lines[name.replace("_", "-")]
                assert Decimal(line["amount"]) == amount, (name, period.label)
                assert sum(Decimal(one["amount"]) for one in line["accounts"]) == amount, "the accounts are the bridge"
                for one in line["accounts"]:
                    field = moved.ledger.chart.profit_field(one["account"])
                    assert field is not None and field[0] == name
        whole = {line["id"]: line for line in statement(ctx, "income", EVERYTHING)["lines"]}
        for name in (
            "goods-revenue",
            "refunds",
            "product-cost",
            "landed-cost",
            "return-loss",
            "freight",
            "packaging",
            "fees",
            "bad-debt",
            "other",
        ):
            assert whole[name]["accounts"], f"{name} is not covered here"


def test_the_statement_says_where_a_field_sits(moved: Company) -> None:
    """A field's account has its role, whatever it is called and whatever it stands under."""
    chart = moved.ledger.chart
    with moved.ledger.read() as ctx:
        lines = {line["id"]: [one["account"] for one in line["accounts"]] for line in statement(ctx, "income", EVERYTHING)["lines"]}
    for name, role in (("freight", "freight_out"), ("refunds", "returns"), ("fees", "fees"), ("product-cost", "cogs")):
        assert lines[name] == [chart.account(role)]
