"""The platform's payout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults
from ledger.documents.fields import Amount, Choice, Members, Text, optional, required
from ledger.documents.sales import REFERENCE

LINE_TYPES = (
    "sale", "refund", "fee", "advertising", "shipping", "subsidy", "reserve_hold", "reserve_release", "chargeback",
    "chargeback_won", "chargeback_lost", "marketplace_tax", "adjustment",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutLine:
    """One line, signed from our side: what comes in is positive. `tax` is the input tax of a charge, without a sign of its own.

    `chargeback_won` is at most what the order has in dispute. `chargeback_lost` of 0 loses all that is in dispute, another amount what
    the platform takes on the day.
    """

    type: str = required(Choice(options=LINE_TYPES))
    order: str | None = optional(REFERENCE)
    amount: int = required(Amount(sign="any"))
    tax: int = optional(Amount(), 0)

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.tax > abs(self.amount):
            yield "tax", "is more than the amount of its line: it is a part of it, or on top of it at no more than that again"
        elif self.tax and self.type == "marketplace_tax":
            yield "tax", "has no place here: all of the line is tax, and none of it input tax of ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout(Document):
    """What the platform pays out, and what it is made of.

    The lines sum to `net`: as they stand (a charge's `amount` contains its `tax`), or each with its tax on top; what adds up, counts.
    """

    kind: ClassVar[str] = "payout"

    channel: str = required(Text())
    account: str = required(Text())
    net: int = required(Amount(sign="any"))
    lines: tuple[PayoutLine, ...] = required(Members(of=PayoutLine))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.net not in (sum(line.amount for line in self.lines), sum(with_tax(line) for line in self.lines)):
            yield "net", "must be the sum of the lines: what comes in positive, what the platform keeps negative"

    def gross(self, line: PayoutLine) -> int:
        """Return what a line moves, its tax included; signed from our side."""
        inside = sum(one.amount for one in self.lines) == self.net
        return line.amount if inside else with_tax(line)


def with_tax(line: PayoutLine) -> int:
    """Return a line's amount with its tax on top, in the amount's direction."""
    return line.amount - line.tax if line.amount < 0 else line.amount + line.tax
