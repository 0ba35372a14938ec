"""Prescribed statements: the lines of each form as tables, and one way to fill them. Amounts come from roles and account numbers."""

from __future__ import annotations

from ledger.reports.layouts import cas_balance_sheet, cas_income, small_balance_sheet, small_income
from ledger.reports.layouts.rows import Layout

NATIVE = "native"
LAYOUTS: dict[tuple[str, str], Layout] = {
    ("cas", "balance-sheet"): cas_balance_sheet.LAYOUT,
    ("cas", "income"): cas_income.LAYOUT,
    ("small", "balance-sheet"): small_balance_sheet.LAYOUT,
    ("small", "income"): small_income.LAYOUT,
}
"""Every form by standard and statement."""

NAMES = (NATIVE, *dict.fromkeys(standard for standard, _ in LAYOUTS))
