"""The item of the cash-flow statement that an entry belongs to: by the kind of its document, else by what stands against the cash."""

from __future__ import annotations

import pytest
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from ledger.books.people import chart_of
from ledger.chart import Chart
from ledger.journal.cash import ITEMS, cash_flows
from tests.books_in_memory import accounts

OWN = """
1970-01-01 open Assets:Till
  cash: TRUE
1970-01-01 open Assets:Till:Second
1970-01-01 open Assets:Bank:Current
1970-01-01 open Assets:Wallet
1970-01-01 open Assets:Equipment
1970-01-01 open Liabilities:Loan
1970-01-01 open Liabilities:Wages
  cash-flow: "other-operating-paid"
1970-01-01 open Liabilities:TaxOffice
  cash-flow: "taxes"
1970-01-01 open Expenses:Operating:Rent
1970-01-01 open Expenses:Operating:Salaries
1970-01-01 open Expenses:Depreciation
1970-01-01 open Income:Interest
1970-01-01 open Equity:Capital
1970-01-01 open Liabilities:Payable:Supplier:Acme
"""


def chart(more: str = "") -> Chart:
    """Return the shipped chart with an accountant's own accounts."""
    parsed, _, _ = parser.parse_string('1970-01-01 custom "orderledger" "currency" "CNY"\n' + accounts() + OWN + more)
    problems: list[str] = []
    made = chart_of(parsed, problems)
    assert problems == []
    return made


CHART = chart()


@pytest.mark.parametrize(
    ("entry", "flows"),
    [
        ({"Expenses:Operating:Rent": 100, "Assets:VAT:Input": 13, "Assets:Bank": -113}, {"other-operating-paid": -113}),
        ({"Expenses:Operating:Salaries": 100, "Liabilities:TaxOffice": -20, "Assets:Bank": -80}, {"other-operating-paid": -80}),
        ({"Liabilities:Wages": 80, "Assets:Till": -80}, {"other-operating-paid": -80}),
        ({"Liabilities:TaxOffice": 20, "Assets:Bank": -20}, {"taxes": -20}),
        ({"Liabilities:VAT:Output": 30, "Assets:VAT:Input": -13, "Assets:Bank": -17}, {"taxes": -17}),
        ({"Assets:Bank": 113, "Income:Sales": -100, "Liabilities:VAT:Output": -13}, {"received-from-customers": 113}),
        ({"Assets:Bank": 94, "Expenses:PlatformFees": 6, "Assets:Receivable": -100}, {"received-from-customers": 94}),
        ({"Income:Returns": 10, "Assets:Bank": -10}, {"refunded-to-customers": -10}),
        ({"Liabilities:Payable:Supplier:Acme": 60, "Liabilities:Payable:Carrier": 30, "Assets:Bank": -90},
         {"paid-to-suppliers": -60, "paid-to-carriers": -30}),
        ({"Assets:Equipment": 500, "Assets:VAT:Input": 65, "Assets:Bank": -565}, {"investing": -565}),
        ({"Assets:Bank": 1000, "Liabilities:Loan": -1000}, {"financing": 1000}),
        ({"Assets:Bank": 1000, "Equity:Capital": -1000}, {"financing": 1000}),
        ({"Assets:Bank": 1000, "Equity:Opening": -1000}, {"brought-forward": 1000}),
        ({"Assets:Bank": 5, "Income:Interest": -5}, {"other-operating-received": 5}),
        ({"Expenses:Exchange": 5, "Assets:Bank": -5}, {"exchange-effect": -5}),
        ({"Liabilities:Payable:Supplier": 700, "Expenses:Exchange": 10, "Assets:Bank": -710}, {"paid-to-suppliers": -710}),
        ({"Assets:Bank": -50, "Assets:Till": 50}, {}),
        ({"Assets:Bank:Current": -50, "Assets:Till:Second": 30, "Expenses:Operating:Rent": 20}, {"other-operating-paid": -20}),
        ({"Assets:Wallet": 50, "Income:Sales": -50}, {}),
        ({"Assets:Clearing": 50, "Income:Sales": -50}, {}),
        ({"Expenses:Depreciation": 50, "Assets:Equipment": -50, "Expenses:Operating:Rent": 20, "Assets:Bank": -20},
         {"other-operating-paid": -20}),
    ],
)  # fmt: skip
def test_the_other_side_says_the_item(entry: dict[str, int], flows: dict[str, int]) -> None:
    """Tax goes along with what it is on; what is no cash is no flow; a transfer between own cash is none either."""
    assert sum(entry.values()) == 0
    assert dict(cash_flows(CHART, "entry", list(entry.items()))) == flows


def test_some_kinds_say_it_themselves() -> None:
    """A payout's fees are in its net; an opening is no flow of the business; what is re-priced was neither received nor paid."""
    payout = [("Assets:Bank", 94), ("Expenses:PlatformFees", 6), ("Assets:Clearing:Tmall", -100)]
    assert cash_flows(CHART, "payout", payout) == [("received-from-customers", 94)]
    assert cash_flows(CHART, "payout", [("Assets:Bank", -6), ("Expenses:PlatformFees", 6)]) == [("received-from-customers", -6)]
    opening = [("Assets:Bank", 1000), ("Liabilities:Payable:Supplier", -300), ("Equity:Opening", -700)]
    assert cash_flows(CHART, "opening", opening) == [("brought-forward", 1000)]
    repriced = [("Assets:Bank", -700), ("Assets:Bank", 720), ("Liabilities:Payable:Supplier", -30), ("Expenses:Exchange", 10)]
    assert cash_flows(CHART, "revaluation", repriced) == [("exchange-effect", 20)]


@given(st.lists(st.tuples(st.sampled_from(sorted(CHART.accounts)), st.integers(-10_000, 10_000)), min_size=1, max_size=6))
def test_flows_are_what_cash_moved(postings: list[tuple[str, int]]) -> None:
    """For every entry that balances."""
    balanced = [*postings, ("Expenses:Rounding", -sum(amount for _, amount in postings))]
    flows = cash_flows(CHART, "entry", balanced)
    assert sum(amount for _, amount in flows) == sum(amount for account, amount in balanced if account in CHART.cash_accounts)
    assert {item for item, _ in flows} <= set(ITEMS)


def test_what_is_cash() -> None:
    """The bank, what is marked, and what stands below without a role of its own."""
    assert {"Assets:Bank", "Assets:Bank:Current", "Assets:Till", "Assets:Till:Second"} == CHART.cash_accounts
    escrow = chart('1970-01-01 open Assets:Bank:Escrow\n  role: "escrow"\n1970-01-01 open Assets:Bank:Escrow:Old\n')
    assert escrow.cash_accounts == CHART.cash_accounts


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ('  cash-flow: "lottery"\n', "cash-flow is one of received-from-customers"),
        ("  cash: 7\n", "cash: TRUE is for"),
        ('  cash: "yes"\n', "cash: TRUE is for"),
    ],
)
def test_wrong_words_are_named(metadata: str, problem: str) -> None:
    """With file and line; the account counts as if they were not there."""
    text = f'1970-01-01 custom "orderledger" "currency" "CNY"\n{accounts()}1970-01-01 open Assets:Odd\n{metadata}'
    problems: list[str] = []
    made = chart_of(parser.parse_string(text)[0], problems)
    assert len(problems) == 1 and problem in problems[0]
    assert "Assets:Odd" not in made.cash_accounts and made.accounts["Assets:Odd"].cash_flow == ""
    liability = f'1970-01-01 custom "orderledger" "currency" "CNY"\n{accounts()}1970-01-01 open Liabilities:Overdraft\n  cash: TRUE\n'
    assert "Liabilities:Overdraft" not in chart_of(parser.parse_string(liability)[0], []).cash_accounts
