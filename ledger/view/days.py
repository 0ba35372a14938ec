"""What closed days come to: one entry a day with a posting for each account, older ones one a month. The stock is one account."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from ledger.journal.text import entry_head, meta
from ledger.limits import DAY_SUMS_MAX
from ledger.money import exponent, format_scaled
from ledger.store.sql import mark

TAG = "#closed-days"

Moved = tuple[str, str, str, int, int, int, int]
"""(day, account, currency, units in, units out, debit, credit); the books' own currency is "", all numbers are positive."""

_WIDTH = 38


@dataclass(slots=True)
class Stretch:
    """A closed day or month: what each (account, currency) moved in it, and the day that its entry is dated on, its last one."""

    name: str
    last: str
    moved: dict[tuple[str, str], list[int]] = field(default_factory=dict)


def moved_before(connection: Connection, day: str) -> list[Moved]:
    """Return what each day before `day` moved, in order."""
    rows = connection.exec_driver_sql(
        "SELECT date, account, currency, units_in, units_out, debit, credit FROM view_day "
        f"WHERE date < {mark(connection)} ORDER BY date, account, currency",
        (day,),
    )
    return [(row[0], row[1], row[2], *map(int, row[3:])) for row in rows]


def by_day_from(boundary: str) -> str:
    """Return the first day that has an entry of its own in a view with this boundary; whole months before it have one each."""
    first = datetime.date.fromisoformat(boundary) - datetime.timedelta(days=DAY_SUMS_MAX)
    return first.replace(day=1).isoformat()


def stretches(moved: Iterable[Moved], first_day: str) -> list[Stretch]:
    """Gather days into the entries that they become: months before `first_day` (the first of a month), days from it on."""
    found: dict[str, Stretch] = {}
    for day, account, currency, *numbers in moved:
        name = day if day >= first_day else day[:7]
        stretch = found.setdefault(name, Stretch(name, day))
        stretch.last = day
        sums = stretch.moved.setdefault((account, currency), [0, 0, 0, 0])
        for place, number in enumerate(numbers):
            sums[place] += number
    return list(found.values())


def stretch_text(stretch: Stretch, currency: str) -> str:
    """Write the entry of a day or month, "" where nothing is left of it.

    In the books' currency an account has one posting, its net. Units of another currency that came in and those that went out have one
    each, with what they stand for as their total price, so that units and value are both those of the full books.
    """
    lines = [line for (account, other), sums in sorted(stretch.moved.items()) for line in _lines(account, other or None, sums, currency)]
    if not lines:
        return ""
    lines += _tolerance(stretch, currency)
    first, last = (stretch.name, stretch.name) if len(stretch.name) > len("2026-03") else (f"{stretch.name}-01", stretch.last)
    head = entry_head(stretch.last, "", f"{stretch.name}: all entries in one 分录汇总", None, ()).rstrip("\n")
    details = meta(2, [("period", stretch.name), ("entries", f"/api/v1/entries?from={first}&to={last}")])
    return f"{head} {TAG}\n{details}{''.join(lines)}\n"


def _tolerance(stretch: Stretch, currency: str) -> list[str]:
    """Write a posting of zero where no other shows Beancount decimals of the books' currency: it rounds the price of one unit."""
    digits = exponent(currency)
    foreign = [account for account, other in stretch.moved if other]
    base = any(sums[2] != sums[3] for (_, other), sums in stretch.moved.items() if not other)
    if not foreign or (base and digits):
        return []
    return [f"  {foreign[0].ljust(_WIDTH)} {format_scaled(0, max(digits, 1)):>14} {currency}\n"]


def _lines(account: str, other: str | None, sums: list[int], currency: str) -> Iterator[str]:
    units_in, units_out, debit, credit = sums
    digits = exponent(currency)
    if other is None:
        if debit != credit:
            yield f"  {account.ljust(_WIDTH)} {format_scaled(debit - credit, digits):>14} {currency}\n"
        return
    for units, total in ((units_in, debit), (-units_out, credit)):
        if units:
            amount = f"{format_scaled(units, exponent(other)):>14} {other} @@ {format_scaled(total, digits)} {currency}"
            yield f"  {account.ljust(_WIDTH)} {amount}\n"
