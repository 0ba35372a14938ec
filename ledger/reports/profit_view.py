"""Profit as the outside sees it: the summed fields, what follows from them, written as decimal strings.

Owns the names and their order in the contract (design 6). Knows no SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.chart import Chart
from ledger.money import format_scaled
from ledger.profit import Derived, derive
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS

MARGIN_DIGITS = 4

Json = dict[str, Any]
"""A JSON-ready object: text, whole numbers, booleans, None, lists and objects of them; never a float."""


def _zeros() -> dict[str, int]:
    return dict.fromkeys(PROFIT_FIELDS, 0)


@dataclass(slots=True)
class ProfitSums:
    """The summed fields of a profit, minor units: revenue fields and costs positive."""

    fields: dict[str, int] = field(default_factory=_zeros)

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> ProfitSums:
        """Take the fields out of a row that has them all."""
        return cls({name: row[name] for name in PROFIT_FIELDS})

    @property
    def derived(self) -> Derived:
        """Return revenue, gross profit, contribution, margin and net."""
        return derive(self.fields)

    @property
    def is_zero(self) -> bool:
        """Tell whether no field has anything."""
        return not any(self.fields.values())

    def add(self, other: ProfitSums, *, sign: int = 1) -> None:
        """Add another profit (or take it off, with sign -1)."""
        for name in PROFIT_FIELDS:
            self.fields[name] += sign * other.fields[name]

    def less(self, other: ProfitSums) -> ProfitSums:
        """Return this profit without another."""
        result = ProfitSums(dict(self.fields))
        result.add(other, sign=-1)
        return result

    def book(self, chart: Chart, account: str, amount: int) -> None:
        """Add one posting (debit positive); accounts of the balance sheet change nothing."""
        found = chart.profit_field(account)
        if found is not None:
            name, sign = found
            self.fields[name] += sign * amount


def total_of(parts: Iterable[ProfitSums]) -> ProfitSums:
    """Return the sum of profits."""
    result = ProfitSums()
    for part in parts:
        result.add(part)
    return result


def profit_json(ctx: Context, sums: ProfitSums) -> Json:
    """Write the profit fields in the contract's order; `margin` has 4 decimals, None where revenue <= 0."""
    values, derived = sums.fields, sums.derived
    money = {name: ctx.money(value) for name, value in values.items()}
    return {
        "goods_revenue": money["goods_revenue"],
        "shipping_revenue": money["shipping_revenue"],
        "discounts": money["discounts"],
        "refunds": money["refunds"],
        "revenue": ctx.money(derived.revenue),
        "product_cost": money["product_cost"],
        "landed_cost": money["landed_cost"],
        "price_variance": money["price_variance"],
        "return_loss": money["return_loss"],
        "gross_profit": ctx.money(derived.gross_profit),
        "freight": money["freight"],
        "packaging": money["packaging"],
        "fees": money["fees"],
        "contribution": ctx.money(derived.contribution),
        "margin": None if derived.margin_e4 is None else format_scaled(derived.margin_e4, MARGIN_DIGITS),
        "bad_debt": money["bad_debt"],
        "exchange": money["exchange"],
        "other": money["other"],
        "net": ctx.money(derived.net),
    }
