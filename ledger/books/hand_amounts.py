"""What the postings of a hand-written transaction come to in the books' currency; units of another one by their price (IAS 21.21).

Amounts at one rate are converted together, as an `entry` document converts its own: parts sum to the whole, to the last minor unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.money import divide_half_up, exponent, scale

_AUTOMATIC = "__automatic__"
"""Beancount's mark on a posting whose amount it has found itself."""

_CODE_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    """One posting: minor units of the books' currency, and the units of another `currency` that it stands in."""

    amount: int
    currency: str | None = None
    units: int | None = None


def weigh(postings: Sequence[Any], currency: str) -> list[Weighed | str]:
    """Return what each booked posting comes to, or why it does not count, in English and Chinese."""
    found = [_of_posting(posting, currency) for posting in postings]
    rates = {i: postings[i].price.number for i, one in enumerate(found) if isinstance(one, Weighed) and one.units is not None}
    for key in dict.fromkeys((postings[i].units.currency, rate) for i, rate in rates.items()):
        members = [i for i in rates if (postings[i].units.currency, rates[i]) == key]
        for i, amount in zip(members, _at_rate(found, members, key, currency), strict=True):
            found[i] = Weighed(amount, key[0], _units(found[i]))
    return found


def _of_posting(posting: Any, currency: str) -> Weighed | str:
    """Return a posting in base, one that waits for its rate (amount zero), or why it does not count."""
    amount = posting.units
    if amount is not None and posting.cost is None and amount.currency == currency:
        minor = _minor(amount.number, currency)
        return Weighed(minor) if minor is not None else _finer(amount, currency, left=bool((posting.meta or {}).get(_AUTOMATIC)))
    if amount is None or posting.cost is not None or len(amount.currency) != _CODE_LENGTH:
        return _only(currency, "no cost in braces and no goods", "不可用花括号成本，也不可是货物")
    price = posting.price
    if price is None or price.currency != currency or price.number is None or price.number <= 0:
        example = f"`{amount.number} {amount.currency} @ 7.20 {currency}`"
        return _only(currency, f"others with their price in it: write {example}", f"其他币种须注明折算价，如 {example}")
    units = _minor(amount.number, amount.currency)
    return Weighed(0, amount.currency, units) if units is not None else _finer(amount, amount.currency)


def _finer(amount: Any, currency: str, *, left: bool = False) -> str:
    if left:
        english = "is left for the posting without an amount, finer than the currency is: write the amount"
        return f"{amount.number:f} {currency} {english}  未写金额的分录行应为 {amount.number:f} {currency}，超出最小单位，请写明金额"
    return f"{amount.number} is finer than {currency} is  {amount.number} 的小数位超出 {currency} 的最小单位"


def _only(currency: str, english: str, chinese: str) -> str:
    return f"only amounts in {currency} count here, {english}  此处只计入 {currency} 金额，{chinese}"


def _at_rate(found: Sequence[Weighed | str], members: Sequence[int], key: tuple[str, Decimal], currency: str) -> list[int]:
    units = [_units(found[i]) for i in members]
    numerator, denominator = key[1].as_integer_ratio()
    numerator, denominator = numerator * 10 ** exponent(currency), denominator * 10 ** exponent(key[0])
    return scale(units, divide_half_up(sum(units) * numerator, denominator), numerator, denominator)


def _units(one: Weighed | str) -> int:
    return one.units or 0 if isinstance(one, Weighed) else 0


def _minor(number: Decimal, currency: str) -> int | None:
    """Return an amount in minor units, None where it is finer than they are."""
    scaled = number.scaleb(exponent(currency))
    return int(scaled) if scaled == scaled.to_integral_value() else None
