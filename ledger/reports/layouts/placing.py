"""Which line of a form an account belongs to: every account has exactly one item, and at most one part of it.

By the role of the nearest account above it, then by the official number it starts with, else the form's line for what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.chart import Chart
from ledger.reports.layouts.rows import PROFIT, Layout, Row

NUMBER_DIGITS = 4
"""Digits of an official account number (会计科目编号)."""


@dataclass(frozen=True, slots=True)
class Place:
    """The item that takes an account, and the part of it that shows it too, by their places in the form."""

    item: int
    part: int | None


def place_of(layout: Layout, chart: Chart, account: str) -> Place:
    """Return where an account stands in a form. Profit accounts stand in a balance sheet's result."""
    role, root = chart.role_above(account), account.partition(":")[0]
    if layout.result and root in ("Income", "Expenses"):
        return Place(_row_with_id(layout, layout.result), None)
    home = _home(role, root, layout)
    number = _number(account)
    for found in (_by_role(layout, home, role), _by_number(layout, home, number)):
        for item in found:
            return Place(item, _part(layout, item, role, number, account))
    item = _row_with_id(layout, layout.others[root])
    return Place(item, _part(layout, item, role, number, account))


def _home(role: str | None, root: str, layout: Layout) -> str:
    """Return the root that rows of the form know the account under: what the stock owes is taken off the stock."""
    if not layout.result:
        return PROFIT
    return "Assets" if role == "stock_owed" else root


def _by_role(layout: Layout, home: str, role: str | None) -> Iterator[int]:
    return (i for i, row in enumerate(layout.rows) if row.kind == "item" and row.home == home and role in row.roles)


def _by_number(layout: Layout, home: str, number: str) -> Iterator[int]:
    return (i for i, row in enumerate(layout.rows) if row.kind == "item" and row.home == home and number in row.numbers)


def _part(layout: Layout, item: int, role: str | None, number: str, account: str) -> int | None:
    for i in range(item + 1, len(layout.rows)):
        row = layout.rows[i]
        if row.kind != "part":
            return None
        if role in row.roles or number in row.numbers or _has_word(row, account):
            return i
    return None


def _has_word(row: Row, account: str) -> bool:
    """Look in sub-accounts only: the name of 营业税金及附加 itself holds 营业税."""
    below = account.partition(":")[2].partition(":")[2]
    return any(word in below for word in row.words)


def _number(account: str) -> str:
    """Return the official number that an account's name starts with, or nothing: `Assets:1601-固定资产` has 1601."""
    digits = account.partition(":")[2][:NUMBER_DIGITS]
    return digits if len(digits) == NUMBER_DIGITS and digits.isascii() and digits.isdigit() else ""


def _row_with_id(layout: Layout, row_id: str) -> int:
    return next(i for i, row in enumerate(layout.rows) if row.id == row_id)
