"""Money, quantities and sharing, in integers only.

Amounts are integers of a currency's minor unit ("minor"); quantities, unit prices and rates are integers of a millionth ("micro").
Nothing here knows documents, accounts or storage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

MICRO = 1_000_000
MICRO_DIGITS = 6

_EXPONENT_0 = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_EXPONENT_3 = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?", re.ASCII)


def exponent(currency: str) -> int:
    """Return the number of decimals of `currency` (ISO 4217): 0, 2 or 3."""
    if currency in _EXPONENT_0:
        return 0
    return 3 if currency in _EXPONENT_3 else 2


def parse_scaled(text: str, digits: int) -> int:
    """Return the decimal `text` as an integer of 10**-digits; ValueError where it is no decimal or is finer than that."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f'must be a decimal string such as "12.50", not {text[:40]!r}')
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        raise ValueError(f"must have at most {digits} decimals")
    value: int = int((whole + fraction).replace("-", "") or "0") * 10 ** (digits - len(fraction))
    return -value if text.startswith("-") else value


def format_scaled(value: int, digits: int, *, least: int | None = None) -> str:
    """Write an integer of 10**-digits as a decimal string; trailing zeros are cut down to `least` decimals (default: all stay)."""
    if digits == 0:
        return f"{value}"
    text = str(abs(value)).zfill(digits + 1)
    whole, fraction = text[:-digits], text[-digits:]
    if least is not None:
        fraction = fraction.rstrip("0").ljust(least, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def format_quantity(quantity_micro: int) -> str:
    """Write a quantity without needless zeros: 1500000 is "1.5"."""
    return format_scaled(quantity_micro, MICRO_DIGITS, least=0)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded to a whole number, halves away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -whole if numerator < 0 else whole


def part_of(amount: int, part: int, whole: int) -> int:
    """Return the share of `amount` that belongs to `part` of `whole`; all of it where they are equal.

    The issue rule of IAS 2.25 (design 3.2): taken again and again from what remains, the parts sum to the whole.
    """
    if part == whole:
        return amount
    return divide_half_up(amount * part, whole)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Share `amount` (minor units, either sign) over `weights` (not negative) by largest remainder.

    Parts sum to the whole and none changes sign; ties go to the earlier line. ValueError where the weights sum to zero or one
    is negative. Source: design 1.4 (Hare quota); scenarios E6-E8.

    >>> allocate(20, [100, 100, 100, 1])
    [7, 7, 6, 0]
    >>> allocate(-5000, [5, 10])
    [-1667, -3333]
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("the base of sharing sums to zero")
    size = abs(amount)
    shares = [size * weight // total for weight in weights]
    left = size - sum(shares)
    if left:
        by_fraction = sorted(range(len(weights)), key=lambda i: -(size * weights[i] % total))
        for i in by_fraction[:left]:
            shares[i] += 1
    return [-share for share in shares] if amount < 0 else shares


def at_rate(units: int, rate_micro: int, digits: int, base_digits: int) -> int:
    """Return what `units` (minor units of a currency with `digits` decimals) come to at `rate` (base per unit), whole, half up.

    >>> at_rate(10_000, 7_100_000, 2, 2), at_rate(1000, 48_000, 0, 2), at_rate(1000, 23_456_700, 3, 2)
    (71000, 4800, 2346)
    """
    return divide_half_up(units * rate_micro * 10**base_digits, MICRO * 10**digits)


def exact_rate(base: int, base_digits: int, units: int, digits: int) -> int | None:
    """Return the rate (millionths) at which `units` are exactly `base`, or None where it has more than six decimals.

    >>> exact_rate(71_000, 2, 10_000, 2), exact_rate(71_003, 2, 10_000, 2), exact_rate(100, 2, 300, 2)
    (7100000, 7100300, None)
    """
    rate, rest = divmod(base * MICRO * 10**digits, units * 10**base_digits)
    return rate if not rest and rate >= 0 else None


def scale(amounts: Sequence[int], total: int, numerator: int, denominator: int) -> list[int]:
    """Return each amount (either sign) times numerator / denominator, whole, so that they sum to `total`, the rounded sum.

    Largest remainder as in `allocate`: none changes sign, what comes out even stays as it is, ties go to the earlier one.

    >>> scale([-3333, -3333, -3334, 10_000], 0, 71, 10)
    [-23664, -23664, -23672, 71000]
    >>> scale([100, -1], 698, 705, 100)
    [705, -7]
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    parts = [amount * numerator // denominator for amount in amounts]
    left = total - sum(parts)
    by_fraction = sorted(range(len(amounts)), key=lambda i: -(amounts[i] * numerator % denominator))
    for i in by_fraction[:left]:
        parts[i] += 1
    assert sum(parts) == total, "the total is the rounded sum of the parts"
    return parts


def tax_by_rate(bases: Sequence[int], rates_micro: Sequence[int], *, inclusive: bool) -> list[int]:
    """Return each line's tax: computed once per rate on the sum of its bases, then shared to the lines by largest remainder.

    `bases` are minor units, net (or gross where `inclusive`). Source: design 5; EN 16931 BR-CO-17 computes VAT per category too.

    >>> tax_by_rate([1900, 1898], [190_000, 190_000], inclusive=True)
    [303, 303]
    """
    taxes = [0] * len(bases)
    order = sorted(range(len(bases)), key=lambda i: rates_micro[i])
    for rate, members in groupby(order, key=lambda i: rates_micro[i]):
        indexes = list(members)
        base = sum(bases[i] for i in indexes)
        if not rate or not base:
            continue
        tax = divide_half_up(base * rate, MICRO + rate if inclusive else MICRO)
        for i, share in zip(indexes, allocate(tax, [abs(bases[i]) for i in indexes]), strict=True):
            taxes[i] = share
    return taxes
