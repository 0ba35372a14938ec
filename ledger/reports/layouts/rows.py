"""What a form is made of: items that take accounts, parts of them (其中), and totals of groups.

A row shows its balance on its own side: an asset as debit, income as credit. A total counts rows of the other side off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

DEBIT, CREDIT = 1, -1
"""The side on which a row's amount is positive: the factor of a balance that is debit positive."""

PROFIT = "Profit"
"""Stands for both roots of the income statement, Income and Expenses, as the home of a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a form: `number` is its 行次; accounts find it by role, by official number, and parts also by a word in their name.

    `home` is the root whose accounts it takes, `group` what totals sum; a total names the groups `of` which it is.
    """

    kind: str
    number: int
    label_zh: str
    label: str
    side: int = DEBIT
    roles: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    group: str = ""
    home: str = ""
    of: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the row's stable id, from its English label."""
        return re.sub(r"[^a-z0-9]+", "-", self.label.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Layout:
    """A form: its name, its rows in order, and the ids of the rows that take what has no role and no known number.

    `result` is the row of a balance sheet that takes the profit so far. `comparative` names the second column: `year-end` (balances
    at the end of the year before), `year-before` (the same days a year earlier) or `year-to-date`.
    """

    form: str
    comparative: str
    comparative_zh: str
    rows: tuple[Row, ...]
    others: dict[str, str]
    result: str = ""


def group(name: str, home: str, side: int, *rows: Row) -> tuple[Row, ...]:
    """Give rows their group, the root whose accounts they take, and their side where they do not say `contra`."""
    return tuple(replace(row, group=name, home=home, side=side * row.side) for row in rows)


def item(number: int, label_zh: str, label: str, *, roles: str = "", numbers: str = "", contra: bool = False) -> Row:
    """Make a row that takes accounts: roles and official numbers by space, ranges as `1401-1408`; `contra`: of the other side."""
    found = frozenset(one for word in numbers.split() for one in _range(word))
    return Row("item", number, label_zh, label, CREDIT if contra else DEBIT, frozenset(roles.split()), found)


def part(number: int, label_zh: str, label: str, *, roles: str = "", numbers: str = "", words: str = "", contra: bool = False) -> Row:
    """Make a row that shows a part (其中) of the item above it."""
    return replace(item(number, label_zh, label, roles=roles, numbers=numbers, contra=contra), kind="part", words=tuple(words.split()))


def total(number: int, label_zh: str, label: str, side: int, *of: str) -> Row:
    """Make a row that sums groups."""
    return Row("total", number, label_zh, label, side, of=of)


def _range(word: str) -> list[str]:
    first, _, last = word.partition("-")
    return [str(number) for number in range(int(first), int(last or first) + 1)]
