"""One order's profit step by step, over the books of a busy shop: every step is the sum of the postings that its link opens."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

from fava_ext.order_profit.figures import WIDTH, Scale, money, percent
from fava_ext.order_profit.movements import SIGNS, movements
from fava_ext.order_profit.one_order import one_order
from fava_ext.order_profit.question import Question
from fava_ext.order_profit.steps import BELOW, SECTIONS, Step, accounts_by_field, profit_steps
from fava_ext.order_profit.words import words_of
from ledger.reports.order_profit import order_profit
from ledger.reports.orders import list_orders
from ledger.reports.profit_view import Json
from ledger.state.records import PROFIT_FIELDS
from tests.report_books import ReportBooks, busy_shop, by_hand, lent_books

PARTS = {name: sign for parts, _ in (*SECTIONS, BELOW) for name, sign in parts}
TOTALS = [total for _, total in (*SECTIONS, BELOW)]


@pytest.fixture(scope="module")
def profits(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[tuple[ReportBooks, list[Json]]]:
    """Post a year in disorder, and report the profit of every order."""
    request.param = "sqlite"
    with lent_books(request, tmp_path_factory) as books:
        busy_shop(books)
        with books.reading() as ctx:
            numbers = [f"{item['source']}/{item['order']}" for item in list_orders(ctx, limit=500)["items"]]
        packed = by_hand("2026-05-05", ("Expenses:Packaging", 123, numbers[3], None), ("Assets:Bank", -123, None, None))
        with books.reading((packed,)) as ctx:
            yield books, [order_profit(ctx, number, revisions=True) for number in numbers]


def number(text: str) -> Decimal:
    """Read a figure of the page."""
    return Decimal(text.replace(",", ""))


def test_steps_are_the_report_s_figures(profits: tuple[ReportBooks, list[Json]]) -> None:
    """Parts by their effect, totals as they are; each total is the parts before it."""
    assert len(profits[1]) > 10
    for profit in profits[1]:
        steps = profit_steps(profit, {})
        reached = Decimal(0)
        for step in steps:
            if step.total:
                assert number(step.amount) == reached == Decimal(profit[step.name])
            else:
                assert number(step.amount) == PARTS[step.name] * Decimal(profit[step.name])
                reached += number(step.amount)
        assert [step.name for step in steps if step.total] in (TOTALS, TOTALS[:-1])


def test_a_step_is_the_sum_of_the_postings_it_opens(profits: tuple[ReportBooks, list[Json]]) -> None:
    """No posting of income or expense is left out, and none counts in two parts."""
    books, reports = profits
    for profit in reports:
        accounts = accounts_by_field(profit["entries"], books.chart.profit_field)
        opened = 0
        for step in profit_steps(profit, accounts):
            postings = [p for entry in profit["entries"] for p in entry["postings"] if p["account"] in step.accounts]
            assert number(step.amount) == -sum(Decimal(p["amount"]) for p in postings)
            opened += 0 if step.total else len(postings)
        every = [p for entry in profit["entries"] for p in entry["postings"] if books.chart.profit_field(p["account"])]
        assert opened == len(every)


def test_movements_lead_to_the_contribution(profits: tuple[ReportBooks, list[Json]]) -> None:
    """The last one leaves the order's contribution, bars meet like stairs, and what moved adds up; by hand there is no voucher."""
    by_hand_seen = 0
    for profit in profits[1]:
        found = movements(profit["revisions"], words_of("zh"))
        assert number(found[-1].after if found else "0") == Decimal(profit["contribution"])
        assert sum(number(one.effect) for one in found) == Decimal(profit["contribution"])
        moved = sum(number(amount) for one in found for _, amount in one.moved)
        assert moved == Decimal(profit["net"])
        assert all(0 <= one.bar.left <= one.bar.left + one.bar.length <= WIDTH for one in found)
        assert all(before.bar.end == after.bar.start for before, after in pairwise(found))
        assert all((one.filter is None) == (one.voucher is None) for one in found)
        assert all(not one.what.isascii() for one in found), "in Chinese"
        by_hand_seen += sum(one.voucher is None for one in found)
    assert by_hand_seen == 1 and SIGNS.keys() == set(PROFIT_FIELDS)


def test_bars_stay_in_their_cell_and_meet(profits: tuple[ReportBooks, list[Json]]) -> None:
    """Each part begins where the one before ended; totals begin at zero."""
    for profit in profits[1]:
        steps = profit_steps(profit, {})
        place = Scale.over([]).zero
        for step in steps:
            assert 0 <= step.bar.left <= step.bar.left + step.bar.length <= WIDTH
            assert (step.bar.length > 0) == (not step.zero)
            place = step.bar.start if step is steps[0] else place
            if not step.total:
                assert step.bar.start == place
                place = step.bar.end
            else:
                assert (step.bar.start, step.bar.end) == (steps[0].bar.start, place)


def test_pending_facts_are_said_in_both_languages(profits: tuple[ReportBooks, list[Json]]) -> None:
    """English as the report says it, Chinese without a word of English left; both name the same things."""
    books, reports = profits
    details: set[str] = set()
    for profit in reports:
        pages = [one_order(profit, books.chart.profit_field, Question.read({}), words_of(name)) for name in ("en", "zh")]
        assert [text for _, text in pages[0].pending] == [fact["detail"] for fact in profit["pending"]]
        assert [what for what, _ in pages[0].pending] == [what for what, _ in pages[1].pending]
        for (what, english), (_, chinese) in zip(pages[0].pending, pages[1].pending, strict=True):
            assert english != chinese and " of " not in chinese and " since " not in chinese
            details.add(what)
    assert details >= {"owed", "accrued"}


def test_what_stands_below_the_contribution_is_shown_only_where_there_is_some() -> None:
    """Most orders end at their contribution."""
    nothing = dict.fromkeys([*PARTS, *TOTALS], "0.00")
    assert [step.name for step in profit_steps(nothing, {})][-1] == "contribution"
    lost = nothing | {"bad_debt": "5.00", "net": "-5.00"}
    last: Step = profit_steps(lost, {})[-1]
    assert (last.name, last.amount, last.negative) == ("net", "-5.00", True)


def test_figures_keep_their_decimals() -> None:
    """Groups of three, no sign at zero, a dash where there is no ratio."""
    assert [money(text) for text in ("1234567.80", "-1234", "0.000", "-0.00")] == ["1,234,567.80", "-1,234", "0.000", "0.00"]
    assert [percent(text) for text in ("0.4143", "-12.5000", None)] == ["41.43 %", "-1,250.00 %", "–"]
