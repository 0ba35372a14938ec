"""The forms as tables: the prescribed lines, each role and number once, and every account in exactly one item."""

from __future__ import annotations

from collections import Counter

import pytest

from ledger.chart import PROFIT_FIELD_OF_ROLE, AccountInfo, Chart
from ledger.reports.layouts import LAYOUTS
from ledger.reports.layouts.placing import place_of
from ledger.reports.layouts.rows import Layout
from tests.books_in_memory import chart

CHARTS = ("ifrs", "cas", "small")
FORMS = pytest.mark.parametrize("form", LAYOUTS.values(), ids=["-".join(name) for name in LAYOUTS])


def with_accounts(found: Chart, *names: str) -> Chart:
    """Return a chart with accounts of people's own, without roles."""
    return Chart(dict(found.accounts) | {name: AccountInfo(name, None, name) for name in names}, found.currency, found.options)


def line_of(form: Layout, found: Chart, account: str) -> tuple[int, int | None]:
    """Return the 行次 of an account's item, and of the part that shows it too."""
    place = place_of(form, found, account)
    return form.rows[place.item].number, None if place.part is None else form.rows[place.part].number


@FORMS
def test_lines_are_numbered_and_named(form: Layout) -> None:
    """行次 runs without gaps, ids are unique, and each line has a Chinese and an English name."""
    assert [row.number for row in form.rows] == list(range(1, len(form.rows) + 1))
    assert len({row.id for row in form.rows}) == len(form.rows)
    assert all(row.label.isascii() and not row.label_zh.isascii() for row in form.rows)
    items = {row.id for row in form.rows if row.kind == "item"}
    assert set(form.others.values()) <= items and (not form.result or form.result in items)


def test_the_official_lengths() -> None:
    """会小企01表 has 53 lines, 会小企02表 32; the forms of 财会〔2019〕6号 as far as they go."""
    assert {name: len(form.rows) for name, form in LAYOUTS.items()} == {
        ("cas", "balance-sheet"): 72,
        ("cas", "income"): 28,
        ("small", "balance-sheet"): 53,
        ("small", "income"): 32,
    }


@FORMS
def test_a_role_and_a_number_have_one_item(form: Layout) -> None:
    """Within the accounts of one root nothing is claimed twice."""
    claims = Counter((row.home, claim) for row in form.rows if row.kind == "item" for claim in row.roles | row.numbers)
    assert [claim for claim, count in claims.items() if count > 1] == []


@pytest.mark.parametrize("name", CHARTS)
@FORMS
def test_no_role_is_left_to_the_rest(form: Layout, name: str) -> None:
    """Every role of the shipped charts is named by the form where its accounts stand."""
    found = chart(name=name)
    for info in found.accounts.values():
        profit = found.profit_field(info.name) is not None
        if info.role is not None and profit != bool(form.result):
            row = form.rows[place_of(form, found, info.name).item]
            assert info.role in row.roles, info


def test_every_profit_role_is_in_the_income_forms() -> None:
    """What an order's profit knows, the forms know."""
    for (_, statement), form in LAYOUTS.items():
        if statement == "income":
            assert set(PROFIT_FIELD_OF_ROLE) <= {role for row in form.rows for role in row.roles}


@pytest.mark.parametrize(
    ("account", "cas", "small"),
    [
        ("Assets:1601-固定资产:电脑", (22, None), (18, None)),
        ("Assets:1602-累计折旧", (22, None), (19, None)),
        ("Assets:1405-库存商品:TEA-01", (9, None), (9, 12)),
        ("Assets:1403-原材料", (9, None), (9, 10)),
        ("Assets:1002-银行存款:工行", (1, None), (1, None)),
        ("Assets:Equipment", (13, None), (14, None)),
        ("Liabilities:2001-短期借款", (35, None), (31, None)),
        ("Liabilities:2221-应交税费:222103-应交个人所得税", (43, None), (36, None)),
        ("Liabilities:Loan", (44, None), (39, None)),
        ("Liabilities:2202-应付账款:220206-待补库存", (9, None), (9, 12)),
        ("Equity:4001-实收资本", (61, None), (48, None)),
        ("Equity:Capital", (61, None), (48, None)),
        ("Equity:4103-本年利润", (70, None), (51, None)),
        ("Income:6001-主营业务收入", (70, None), (51, None)),
    ],
)
def test_accounts_of_people_in_the_balance_sheet(account: str, cas: tuple[int, int | None], small: tuple[int, int | None]) -> None:
    """By role, then by official number, then with what is left."""
    found = with_accounts(chart(name="cas"), account) if account not in chart(name="cas").accounts else chart(name="cas")
    assert line_of(LAYOUTS["cas", "balance-sheet"], found, account) == cas
    assert line_of(LAYOUTS["small", "balance-sheet"], found, account) == small


@pytest.mark.parametrize(
    ("account", "cas", "small"),
    [
        ("Expenses:6602-管理费用:660202-业务招待费", (5, None), (14, 16)),
        ("Expenses:6603-财务费用:660304-利息收入", (7, 9), (18, 19)),
        ("Expenses:6403-营业税金及附加", (3, None), (3, None)),
        ("Expenses:6403-税金及附加:640301-印花税", (3, None), (3, 9)),
        ("Expenses:6401-主营业务成本:640104-运输费", (2, None), (11, None)),
        ("Expenses:6702-信用减值损失", (16, None), (24, 25)),
        ("Expenses:5711-营业外支出:571103-税收滞纳金", (21, None), (24, 29)),
        ("Expenses:5801-所得税费用", (23, None), (31, None)),
        ("Expenses:Rent", (5, None), (14, None)),
        ("Income:Interest", (20, None), (22, None)),
        ("Income:6117-其他收益:政府补助", (10, None), (22, 23)),
    ],
)
def test_accounts_of_people_in_the_income_statement(account: str, cas: tuple[int, int | None], small: tuple[int, int | None]) -> None:
    """Parts (其中) also know words of a sub-account's name, never of the account itself (营业税金及附加 holds 营业税)."""
    found = with_accounts(chart(name="cas"), account) if account not in chart(name="cas").accounts else chart(name="cas")
    assert line_of(LAYOUTS["cas", "income"], found, account) == cas
    assert line_of(LAYOUTS["small", "income"], found, account) == small
