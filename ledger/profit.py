"""What follows from the summed fields of a profit: revenue, gross profit, contribution, margin, net. Integers only.

Source: design 7 (order profit). Knows neither orders nor storage nor how money is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.money import divide_half_up

MARGIN_SCALE = 10_000
"""A margin is an integer of a ten-thousandth: 4143 is 0.4143."""

MARGIN_MAX = 10**18
"""Largest margin either way: one cent of revenue against a trillion of cost must still fit 64 bits."""


CONTRIBUTION = {
    "goods_revenue": 1, "shipping_revenue": 1, "discounts": -1, "refunds": -1,
    "product_cost": -1, "landed_cost": -1, "price_variance": -1, "return_loss": -1,
    "freight": -1, "packaging": -1, "fees": -1,
}  # fmt: skip
"""The sign of each field in the contribution, as `derive` has it, for whoever adds up many at once (a test compares them)."""


class Derived(NamedTuple):
    """The derived figures of a profit, minor units; `margin_e4` in ten-thousandths, None where revenue <= 0."""

    revenue: int
    gross_profit: int
    contribution: int
    margin_e4: int | None
    net: int


def derive(sums: Mapping[str, int]) -> Derived:
    """Derive the figures from all summed profit fields (minor units, revenue fields and costs positive)."""
    revenue = sums["goods_revenue"] + sums["shipping_revenue"] - sums["discounts"] - sums["refunds"]
    cost = sums["product_cost"] + sums["landed_cost"] + sums["price_variance"] + sums["return_loss"]
    gross_profit = revenue - cost
    contribution = gross_profit - sums["freight"] - sums["packaging"] - sums["fees"]
    net = contribution - sums["bad_debt"] - sums["exchange"] - sums["other"]
    return Derived(revenue, gross_profit, contribution, margin_e4(contribution, revenue), net)


def margin_e4(contribution: int, revenue: int) -> int | None:
    """Return contribution / revenue in ten-thousandths, halves away from zero; None where revenue <= 0."""
    if revenue <= 0:
        return None
    margin = divide_half_up(contribution * MARGIN_SCALE, revenue)
    return max(-MARGIN_MAX, min(MARGIN_MAX, margin))
