"""What Fava's filters mean for orders, and the filters that lead from an order back into Fava."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fava.core.filters import AdvancedFilter, Match
from fava.util.date import END_OF_YEAR
from hypothesis import given
from hypothesis import strategies as st

from fava_ext.order_profit.fava_terms import name_of, of_accounts, of_orders, pattern
from fava_ext.order_profit.question import PAGES_MAX, Question
from fava_ext.order_profit.wanted import Wanted, read_wanted
from ledger.names import order_of_tag

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)
"""Numbers, channels and customers as the books take them."""


def wanted(free: str = "", *, time: str = "", account: str = "") -> Wanted:
    """Read Fava's filters."""
    return read_wanted(time, account, free, END_OF_YEAR)


@pytest.mark.parametrize(
    ("free", "conditions"),
    [
        ("", {}),
        ("#order-SO-1", {"orders": ("SO-1",)}),
        ("#order-_E5_8D_95_201", {"orders": ("单 1",)}),
        ('order:"SO-1"', {"orders": ("SO-1",)}),
        ("order:SO-1", {"orders": ("SO-1",)}),
        ('any(order:"^SO-1$")', {"orders": ("SO-1",)}),
        ("#order-A, #order-B, order:A", {"orders": ("A", "B")}),
        ("(#order-A, #order-B) order:B", {"orders": ("B",)}),
        ("#order-A #order-B", {"orders": ()}),
        ('channel:"^tmall$"', {"channel": "tmall"}),
        ('channel:tmall payee:"Lin & Co"', {"channel": "tmall", "customer": "Lin & Co"}),
        ('payee:"^Lin \\(HK\\)$"', {"customer": "Lin (HK)"}),
        ("channel:tmall channel:jd", {"channel": "tmall", "orders": ()}),
    ],
)
def test_terms_about_orders_restrict_the_list(free: str, conditions: Mapping[str, object]) -> None:
    """Tags, metadata and payee, side by side or as alternatives of orders."""
    assert wanted(free) == Wanted(**conditions)  # type: ignore[arg-type] # the table above knows the fields


@pytest.mark.parametrize(
    ("free", "named"),
    [
        ("tea", "tea"),
        ("#trip", "#trip"),
        ("#order-_ff", "#order-_ff"),
        ("^shop/order/SO-1", "^shop/order/SO-1"),
        ("-#order-A", "-#order-A"),
        ("-(#order-A, foo)", "-(#order-A, foo)"),
        ("any(#order-A)", "any(#order-A)"),
        ('any(payee:"x")', 'any(payee:"x")'),
        ('all(order:"x")', 'all(order:"x")'),
        ('payee:"Lin.*"', 'payee:"Lin.*"'),
        ("seq > 3", "seq>3"),
        ("= 100", "=100"),
        ("channel:tmall, channel:jd", '(channel:"tmall", channel:"jd")'),
        ("#order-A, tea", "(#order-A, tea)"),
        ("#order-A, (channel:tmall tea)", '(#order-A, channel:"tmall" tea)'),
        ("any(", "any("),
        ("a)", "a)"),
        ("=", "="),
        ('"', '"'),
        ("-", "-"),
        (",", ","),
        ("(" * 30 + "a" + ")" * 30, "(" * 30 + "a" + ")" * 30),
        ("x" * 5000, "x" * 5000),
    ],
)
def test_what_cannot_restrict_orders_is_named(free: str, named: str) -> None:
    """Nothing is left out in silence, and nothing raises."""
    assert wanted(free) == Wanted(not_applied=(("filter", named),))


def test_what_can_be_applied_is_applied_beside_what_cannot() -> None:
    """The account filter never can: an order has many accounts."""
    found = wanted("tea channel:jd", account="Expenses")
    assert (found.channel, found.not_applied) == ("jd", (("account", "Expenses"), ("filter", "tea")))


@pytest.mark.parametrize(
    ("time", "first", "last"),
    [
        ("2026-04", "2026-04-01", "2026-04-30"),
        ("2026-q1", "2026-01-01", "2026-03-31"),
        ("2026-04-02", "2026-04-02", "2026-04-02"),
        ("2025 - 2026-02", "2025-01-01", "2026-02-28"),
        ("FY2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_fava_s_time_is_a_stretch_of_days(time: str, first: str, last: str) -> None:
    """Fava names the day behind the last."""
    period = wanted(time=time).period
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("time", ["soon", "2026-13", "2026-02-30", "2026-w99", "day+99999999999999"])
def test_time_that_is_no_date_is_named(time: str) -> None:
    """Also where Fava's own reading of it fails."""
    assert wanted(time=time) == Wanted(not_applied=(("time", time),))


@given(NAMES)
def test_a_pattern_means_its_name(name: str) -> None:
    """Fava finds the name with it, and it reads back as the name."""
    quoted = pattern(name)
    assert quoted[0] == quoted[-1] == '"' and '"' not in quoted[1:-1]
    assert Match(quoted[1:-1])(name)
    assert not Match(quoted[1:-1])(f"{name}x") and not Match(quoted[1:-1])(f"x{name}")
    assert name_of(quoted[1:-1]) == name


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_the_link_to_an_order_leads_back_to_it(labels: list[str]) -> None:
    """Fava can read the filter of a step's link, and so can the list of orders."""
    free = of_orders(labels)
    AdvancedFilter(free)
    assert wanted(free) == Wanted(orders=tuple(labels))


@given(st.text(max_size=40))
def test_no_filter_breaks_the_page(free: str) -> None:
    """Whatever is typed."""
    wanted(free)
    name_of(free)
    order_of_tag(f"order-{free}")


def test_accounts_are_matched_whole() -> None:
    """Not those below them."""
    for accounts in (["Expenses:COGS"], ["Expenses:COGS", "Income:Sales"]):
        match = Match(of_accounts(accounts))
        assert all(match(name) for name in accounts)
        assert not match("Expenses:COGS:Landed")


def test_cursors_belong_to_one_list() -> None:
    """Another filter, sort or state starts at the first page; the same list goes on."""
    arguments = {"sort": "margin", "time": "2026"}
    address = Question.read(arguments).to_page("c1", "c2")
    there = {name: value for name, value in (arguments | address).items() if value is not None}
    assert Question.read(there).trail == ("c1", "c2")
    assert (Question.read(there).after, Question.read(there).page) == ("c2", 3)
    for change in ({"time": "2025"}, {"sort": "-margin"}, {"state": "final"}, {"filter": "x"}, {"account": "x"}, {"after": "c1.c2"}):
        assert Question.read(there | change).after is None


def test_the_way_back_is_bounded() -> None:
    """An address does not grow without end."""
    question = Question.read({})
    for number in range(PAGES_MAX + 50):
        question = Question.read({name: value or "" for name, value in question.to_page(*question.trail, f"c{number}").items()})
    assert (len(question.trail), question.after, question.page) == (PAGES_MAX, f"c{PAGES_MAX + 49}", None)


def test_a_second_click_turns_the_sort_round() -> None:
    """High first, then low."""
    assert Question.read({}).sorted_by("margin")["sort"] == "-margin"
    assert Question.read({"sort": "-margin"}).sorted_by("margin")["sort"] == "margin"
    assert Question.read({"sort": "margin"}).sorted_by("margin")["sort"] == "-margin"
