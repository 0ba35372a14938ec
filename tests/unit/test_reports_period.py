"""Periods: what a text means, and how days fall into whole months and ragged ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InvalidQuery
from ledger.reports.period import EVERYTHING, Period, parse_period

DAYS = st.dates(date(1970, 1, 1), date(2999, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2028-02", "2028-02-01", "2028-02-29"),
    ],
)
def test_named_periods_are_whole_months(text: str, first: str, last: str) -> None:
    period = parse_period(text)
    assert (period.first, period.last, period.label) == (first, last, text)
    assert period.months == (first[:7], last[:7]) and period.edges == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-13",
        "2026-00",
        "2026-Q0",
        "2026-Q5",
        "2026-q1",
        "2026-03-01",
        "2026-3",
        " 2026",
        "2026\n",
        "1969",
        "3000",
        "２０２６",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        parse_period(text)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02-30", None),
        ("20260201", None),
        ("2026-W01-1", None),
        ("2026-03-02", "2026-03-01"),
        (None, "1969-12-31"),
        ("3000-01-01", None),
        ("2026-1-1", None),
        ("today", None),
    ],
)
def test_days_without_sense_are_refused(first: str | None, last: str | None) -> None:
    with pytest.raises(InvalidQuery):
        parse_period(None, first, last)


def test_a_period_and_days_together_are_refused() -> None:
    with pytest.raises(InvalidQuery):
        parse_period("2026", "2026-01-01")


def test_nothing_is_everything_and_ends_may_be_open() -> None:
    assert parse_period() is EVERYTHING and EVERYTHING.is_everything and EVERYTHING.before() is None
    open_start = parse_period(None, None, "2026-03-15")
    assert open_start.months == ("1970-01", "2026-02") and open_start.edges == (("2026-03-01", "2026-03-15"),)
    open_end = parse_period(None, "2026-03-15")
    assert open_end.edges == (("2026-03-15", "2026-03-31"),) and open_end.label == "2026-03-15.."


@given(DAYS, st.integers(0, 800), DAYS)
def test_months_and_edges_hold_each_day_once(first: date, length: int, day: date) -> None:
    """Every day of the period lies in the whole months or in one edge, and no other day does."""
    last = min(first + timedelta(days=length), date(2999, 12, 31))
    period = Period(first.isoformat(), last.isoformat(), "")
    for probe in (first, last, day, first - timedelta(days=1), first + timedelta(days=length // 2)):
        text = probe.isoformat()
        in_months = period.months is not None and period.months[0] <= text[:7] <= period.months[1]
        in_edges = [start <= text <= end for start, end in period.edges]
        assert in_months + sum(in_edges) == period.holds(text) == (first <= probe <= last)
    assert len(period.edges) <= 2 and all(start <= end for start, end in period.edges)
    assert period.months is None or period.months[0] <= period.months[1]
    assert period.months is not None or (last - first).days < 62


@given(DAYS)
def test_before_and_until_end_meet(day: date) -> None:
    period = Period(day.isoformat(), day.isoformat(), "")
    before = period.before()
    assert before is None or before.last == (day - timedelta(days=1)).isoformat()
    assert period.until_end().last == period.last and period.until_end().first == EVERYTHING.first
