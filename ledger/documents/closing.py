"""The closing of a period, recorded as a document so that a rebuild closes it at the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.documents.base import Document, Faults
from ledger.documents.fields import Amount, Members, Text, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingBalance:
    """What an account stands at when the period ends, hand-written entries included; debit positive."""

    account: str = required(Text())
    amount: int = required(Amount(sign="any"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClose(Document):
    """A month is closed: from now on nothing is posted into it. Made by `close`, never sent by clients.

    `balances` hold for all documents up to number `as_of_seq`; the closing is refused where another one came in between.
    """

    kind: ClassVar[str] = "period_close"

    period: str = required(Text(max=7, pattern="[0-9]{4}-(0[1-9]|1[0-2])"))
    as_of_seq: str = required(Text(max=18, pattern="[0-9]+"))
    balances: tuple[ClosingBalance, ...] = optional(Members(of=ClosingBalance), ())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.date[:7] != self.period:
            yield "date", "must be the last day of the period"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthAverage(Document):
    """What a month's issues under month-average cost, once its receipts are known. Made by `close` just before it closes, never sent.

    The average holds for all documents up to number `as_of_seq`; it is refused where another one came in between.
    """

    kind: ClassVar[str] = "month_average"

    period: str = required(Text(max=7, pattern="[0-9]{4}-(0[1-9]|1[0-2])"))
    as_of_seq: str = required(Text(max=18, pattern="[0-9]+"))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.date[:7] != self.period:
            yield "date", "must be the last day of the period"
