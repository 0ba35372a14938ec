"""What follows from the summed fields of a profit: revenue, gross profit, contribution, margin, net. Integers only.

Source: design 7 (order profit). Knows neither orders nor storage nor how money is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


SUMMED = (*CONTRIBUTION, "bad_debt", "exchange", "other")
"""The fields that all figures follow from."""


class Derived(NamedTuple):
    """The derived figures of a profit, minor units; `margin_e4` in ten-thousandths, None where revenue <= 0."""

    revenue: int
    gross_profit: int
    contribution: int
    margin_e4: int | None
    net: int


def derive(sums: Mapping[str, int]) -> Derived:
    """Derive the figures from all summed profit fields (minor units, revenue fields and costs positive)."""
    return derive_from([sums[name] for name in SUMMED])


def derive_from(summed: Sequence[int]) -> Derived:
    """Derive the figures from the summed profit fields, in the order of SUMMED."""
    goods_revenue, shipping_revenue, discounts, refunds, *costs, bad_debt, exchange, other = summed
    product_cost, landed_cost, price_variance, return_loss, freight, packaging, fees = costs
    revenue = goods_revenue + shipping_revenue - discounts - refunds
    gross_profit = revenue - product_cost - landed_cost - price_variance - return_loss
    contribution = gross_profit - freight - packaging - fees
    net = contribution - bad_debt - exchange - other
    return Derived(revenue, gross_profit, contribution, margin_e4(contribution, revenue), net)


def margin_e4(contribution: int, revenue: int) -> int | None:
    """Return contribution / revenue in ten-thousandths, halves away from zero; None where revenue <= 0."""
    if revenue <= 0:
        return None
    margin = divide_half_up(contribution * MARGIN_SCALE, revenue)
    return max(-MARGIN_MAX, min(MARGIN_MAX, margin))
