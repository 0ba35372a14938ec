"""Dates as files write them."""

from __future__ import annotations

import pytest

from importers.dates import DateFormat, pattern_fault


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        ("%Y-%m-%d", "2013-01-31", "2013-01-31"),
        ("%d.%m.%Y", "03.02.2026", "2026-02-03"),
        ("%m/%d/%y", "2/3/26", "2026-02-03"),
        ("%Y年%m月%d日", "2026年02月03日", "2026-02-03"),
        ("%Y-%m-%d %H:%M:%S.%f", "2011-05-14 00:00:00.000", "2011-05-14"),
    ],
)
def test_reads_days(pattern: str, text: str, day: str) -> None:
    """A day comes out as ISO 8601, its time of day forgotten."""
    form = DateFormat(pattern)
    assert form.read(text) == day
    assert form.read(text) == day


def test_reads_moments() -> None:
    """A moment takes its offset from the mapping, or from the cell."""
    given = DateFormat("%d.%m.%Y %H:%M", moment=True, zone="+08:00")
    assert given.read("03.02.2026 09:30") == "2026-02-03T09:30:00+08:00"
    assert DateFormat("%Y-%m-%dT%H:%M:%S%z", moment=True).read("2026-02-03T09:30:00Z") == "2026-02-03T09:30:00+00:00"


@pytest.mark.parametrize("text", ["2026-02-30", "03.02.2026", "2026-02-03 ", "20260203"])
def test_refuses_other_notations(text: str) -> None:
    """The message shows a date in the format wanted."""
    with pytest.raises(ValueError, match=r"such as 2001-02-28 \(%Y-%m-%d\)"):
        DateFormat().read(text)


@pytest.mark.parametrize(("pattern", "moment"), [("%d.%m.", False), ("dd.mm.yyyy", False), ("%Y-%m-%d", True), ("%Y-%m-%d %", False)])
def test_finds_patterns_that_name_no_day(pattern: str, *, moment: bool) -> None:
    """A pattern without year, month and day (and hour, for a moment) is a fault of the mapping."""
    assert pattern_fault(pattern, moment=moment)


def test_forgets_dates_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the file."""
    monkeypatch.setattr("importers.dates.DATES_KEPT", 2)
    form = DateFormat()
    for day in range(1, 29):
        assert form.read(f"2026-02-{day:02d}") == f"2026-02-{day:02d}"
        assert len(form._known) <= 2
