"""What a supplier was paid ahead in a foreign currency: goods use it first, then tax, and what used it keeps its rate (IFRIC 22.8).

The rest of a document is at its own rate (IAS 21.21). Amounts in base are minor units of the books' currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ledger.journal.draft import Draft, Posting
from ledger.money import allocate, part_of
from ledger.rules.carrying import move_party, party_balance, share
from ledger.work import Work

PREPAYMENT = "supplier_prepayment"


@dataclass(frozen=True, slots=True)
class Ahead:
    """Units that were paid ahead, and what they are carried at in base."""

    units: int = 0
    base: int = 0

    def part(self, units: int) -> Ahead:
        """Return what belongs to some of the units."""
        return Ahead(units, part_of(self.base, units, self.units)) if units else NOTHING

    def __add__(self, other: Ahead) -> Ahead:
        return Ahead(self.units + other.units, self.base + other.base)

    def __sub__(self, other: Ahead) -> Ahead:
        return Ahead(self.units - other.units, self.base - other.base)


NOTHING = Ahead()


@dataclass(slots=True)
class Funds:
    """What pays for a document, in the order in which it is used up: what was paid ahead, then what is owed at the rate of the day."""

    ahead: Ahead
    rate: Callable[[int], int]
    fresh: int = field(default=0, init=False)

    def take(self, units: int) -> tuple[Ahead, int]:
        """Return what of some units was paid ahead, and what the rest comes to; all rests together are the rate of their sum.

        >>> funds = Funds(Ahead(50, 350), lambda units: units * 72 // 10)
        >>> funds.take(40), funds.take(40), funds.take(1)
        ((Ahead(units=40, base=280), 0), (Ahead(units=10, base=70), 216), (Ahead(units=0, base=0), 7))
        """
        used = self.ahead.part(min(units, self.ahead.units))
        self.ahead -= used
        before = self.rate(self.fresh)
        self.fresh += units - used.units
        return used, self.rate(self.fresh) - before


def rate_of(work: Work, currency: str) -> Callable[[int], int]:
    """Return what units of a currency come to at the document's rate; nothing needs none."""
    return lambda units: work.in_base(units, currency) if units else 0


def open_ahead(work: Work, supplier: str, currency: str, wanted: int, taken: Ahead = NOTHING) -> Ahead:
    """Return what the supplier was paid ahead of what `wanted` units need: no more than is open, all payments at their average.

    `taken` is what the document has used of it before.
    """
    row = party_balance(work, PREPAYMENT, supplier, currency)
    left = Ahead(row.units, row.base) - taken
    used = max(min(left.units, wanted), 0)
    return Ahead(used, -share(left.units, left.base, -used))


def use(work: Work, draft: Draft, supplier: str, currency: str, ahead: Ahead) -> None:
    """Credit what was paid ahead with what a document uses of it; below zero, debit it with what is free again."""
    if ahead.units or ahead.base:
        account = work.chart.account(PREPAYMENT)
        draft.collect(Posting(account, -ahead.base, party=supplier, foreign=-ahead.units))
        move_party(work, PREPAYMENT, supplier, currency, units=-ahead.units, base=-ahead.base)


def goods_in_base(units: Sequence[int], funds: Funds) -> list[tuple[Ahead, int]]:
    """Return of each line of goods what was paid ahead of it, and what the rest comes to: all lines are paid ahead in the same share.

    >>> goods_in_base([100, 300], Funds(Ahead(200, 1400), lambda units: units * 8))
    [(Ahead(units=50, base=350), 400), (Ahead(units=150, base=1050), 1200)]
    """
    ahead, owed = funds.take(sum(units))
    paid = allocate_or_none(ahead.units, units)
    bases = allocate_or_none(ahead.base, paid)
    rests = allocate_or_none(owed, [whole - part for whole, part in zip(units, paid, strict=True)])
    return [(Ahead(part, base), rest) for part, base, rest in zip(paid, bases, rests, strict=True)]


def allocate_or_none(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount; where there is nothing to share it over, nobody gets any."""
    return allocate(amount, weights) if any(weights) else [0] * len(weights)


def total(parts: Iterable[Ahead]) -> Ahead:
    """Return the sum."""
    made = NOTHING
    for part in parts:
        made += part
    return made
