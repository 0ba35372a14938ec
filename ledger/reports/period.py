"""The stretch of days that a report is about, and how it falls into whole months and ragged ends.

Sums are kept by month, so only the ragged ends (at most two, each shorter than a month) are ever read from postings.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.errors import InvalidQuery
from ledger.limits import YEAR_MAX, YEAR_MIN

FIRST_DAY = f"{YEAR_MIN:04d}-01-01"
LAST_DAY = f"{YEAR_MAX:04d}-12-31"
_PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both counted in, as ISO text; `label` is what people call it."""

    first: str
    last: str
    label: str

    @property
    def months(self) -> tuple[str, str] | None:
        """Return the first and last whole month (YYYY-MM), or None where no month is whole."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        start = first if first.day == 1 else _month_end(first) + timedelta(days=1)
        end = last if last == _month_end(last) else last.replace(day=1) - timedelta(days=1)
        return (_month(start), _month(end)) if start <= end else None

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return the days outside whole months as (first, last): none, one or two stretches."""
        months = self.months
        if months is None:
            return ((self.first, self.last),)
        start = f"{months[0]}-01"
        end = _month_end(date.fromisoformat(f"{months[1]}-01")).isoformat()
        edges = []
        if self.first < start:
            edges.append((self.first, _shift(start, -1)))
        if self.last > end:
            edges.append((_shift(end, 1), self.last))
        return tuple(edges)

    @property
    def is_everything(self) -> bool:
        """Tell whether the period leaves out no day that books can hold."""
        return (self.first, self.last) == (FIRST_DAY, LAST_DAY)

    def holds(self, day: str) -> bool:
        """Tell whether a day lies in the period."""
        return self.first <= day <= self.last

    @property
    def whole_month(self) -> str | None:
        """Return the month (YYYY-MM) that the period is, if it is one."""
        months = self.months
        return months[0] if months is not None and months[0] == months[1] and not self.edges else None

    @property
    def whole_year(self) -> str | None:
        """Return the calendar year (YYYY) that the period is, if it is one."""
        year = self.first[:4]
        return year if (self.first, self.last) == (f"{year}-01-01", f"{year}-12-31") else None

    def before(self) -> Period | None:
        """Return everything earlier, or None where nothing can be."""
        return Period(FIRST_DAY, _shift(self.first, -1), f"before {self.first}") if self.first > FIRST_DAY else None

    def until_end(self) -> Period:
        """Return everything up to the last day: what a balance is made of."""
        return Period(FIRST_DAY, self.last, self.label)


EVERYTHING = Period(FIRST_DAY, LAST_DAY, "all")


def parse_period(period: str | None = None, date_from: str | None = None, date_to: str | None = None) -> Period:
    """Read `2026`, `2026-Q1`, `2026-03`, or from/to days (either may be open); nothing at all is everything.

    InvalidQuery where it is neither, or both.

    >>> parse_period("2026-Q1").months
    ('2026-01', '2026-03')
    """
    if period is not None:
        if date_from is not None or date_to is not None:
            raise InvalidQuery("give period, or from and to, not both")
        return _named(period)
    if date_from is None and date_to is None:
        return EVERYTHING
    first = parse_day(date_from, "from") if date_from is not None else FIRST_DAY
    last = parse_day(date_to, "to") if date_to is not None else LAST_DAY
    if first > last:
        raise InvalidQuery(f"from {first} lies after to {last}")
    return Period(first, last, f"{date_from or ''}..{date_to or ''}")


def parse_day(text: str, name: str) -> str:
    """Read one day such as 2026-03-31; `name` is the argument that an InvalidQuery speaks of."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not YEAR_MIN <= day.year <= YEAR_MAX:
        raise InvalidQuery(f"{name} must be a day such as 2026-03-31, not {text[:40]!r}")
    return text


def _named(text: str) -> Period:
    match = _PERIOD.fullmatch(text)
    if match is None or not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        raise InvalidQuery(f"period must be such as 2026, 2026-Q1 or 2026-03, not {text[:40]!r}")
    year, quarter, month = int(match[1]), match[2], match[3]
    if quarter is not None:
        start, end = 3 * int(quarter) - 2, 3 * int(quarter)
    elif month is not None:
        start = end = int(month)
    else:
        start, end = 1, 12
    return Period(f"{year:04d}-{start:02d}-01", _month_end(date(year, end, 1)).isoformat(), text)


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _shift(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
