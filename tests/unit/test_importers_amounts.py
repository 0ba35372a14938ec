"""Rounding and sharing of amounts that are finer than money."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.amounts import share_rounded

CENT = 100
"""Values below are in hundredths of a cent, as files with four decimals have them."""

FINE = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ([3578_2700], [357827]),
        ([50], [1]),
        ([-50], [-1]),
        ([40, 40, 40], [1, 0, 0]),
        ([3_3350, 3_3350, 3_3350], [334, 334, 333]),
        ([0, 0], [0, 0]),
        ([0, 49], [0, 0]),
        ([5_1000, 4120, -5000], [510, 41, -50]),
        ([150, -150], [2, -2]),
        ([-33350, -33350], [-334, -333]),
        ([-7812499, -7812499, -1], [-78125, -78125, 0]),
    ],
)
def test_shares_the_rounded_sum(values: list[int], shares: list[int]) -> None:
    """Ties go to the earlier line, whole cents stay where they are."""
    assert share_rounded(values, CENT) == shares


@given(FINE)
def test_parts_sum_to_the_sum_rounded_half_up(values: list[int]) -> None:
    """Whatever the signs, nothing is lost."""
    wanted = (Decimal(sum(values)) / CENT).quantize(Decimal(1), ROUND_HALF_UP)
    assert sum(share_rounded(values, CENT)) == wanted


@given(FINE)
def test_no_part_strays_or_turns_its_sign(values: list[int]) -> None:
    """Every line is within a cent of what the file says, and a charge never becomes a credit."""
    for value, share in zip(values, share_rounded(values, CENT), strict=True):
        assert abs(share * CENT - value) < CENT
        assert share == 0 or (share > 0) == (value > 0)
