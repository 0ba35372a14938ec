"""The closing and the reopening of a period, recorded as documents so that a rebuild closes and reopens at the same places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.base import Document, Faults
from ledger.documents.fields import Amount, Choice, Day, Decimals, Members, References, Text, optional, required

CURRENCY = Text(max=3, pattern="[A-Z]{3}")
UNITS = Text(max=20, pattern=r"-?[0-9]+(\.[0-9]{2,3})?")
"""Foreign units with exactly the decimals of their own currency; the document's other money has those of the books'."""

PERIOD = "[0-9]{4}-(0[1-9]|1[0-2])"
"""A month, as closings name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingBalance:
    """What an account stands at in the books' currency when the period ends, hand-written entries included; debit positive."""

    account: str = required(Text())
    amount: int = required(Amount(sign="any"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingVoucher:
    """A voucher that closes accounts (结转): what they stand at moves to the account of the role `into`, dated a month's last day."""

    date: str = required(Day())
    into: str = required(Choice(options=("current_year_profit", "retained_earnings")))
    balances: tuple[ClosingBalance, ...] = required(Members(of=ClosingBalance))


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedByHand:
    """A hand-written entry that counted when the period was closed: digest of what counts of it, its day, file and line."""

    digest: str = required(Text())
    date: str = required(Day())
    place: str = required(Text())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingUnits:
    """What an account holds in a foreign currency when the period ends, and what that is carried at; debit positive."""

    account: str = required(Text())
    currency: str = required(CURRENCY)
    units: str = required(UNITS)
    carried: int = required(Amount(sign="any"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRate:
    """What one unit of a currency is in the books' currency at a period's end."""

    currency: str = required(CURRENCY)
    rate: int = required(Decimals(sign="positive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revalued:
    """One open item that is re-priced: `units` were carried at `carried` and are worth `value` in the books' currency, debit positive."""

    account: str = required(Text())
    currency: str = required(CURRENCY)
    units: str = required(UNITS)
    carried: int = required(Amount(sign="any"))
    value: int = required(Amount(sign="any"))
    order: str | None = optional(Text(max=241))
    party: str | None = optional(Text())
    receipt: str | None = optional(Text(max=241))
    invoice: str | None = optional(Text(max=241))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revaluation(Document):
    """Monetary items in foreign currency at the closing rates of a period's last day. Made by `close`, never sent by clients."""

    kind: ClassVar[str] = "revaluation"

    as_of_seq: str = required(Text(max=18, pattern="[0-9]+"))
    rates: tuple[ClosingRate, ...] = optional(Members(of=ClosingRate), ())
    items: tuple[Revalued, ...] = required(Members(of=Revalued))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClose(Document):
    """A month is closed: from now on nothing is posted into it. Made by `close`, never sent by clients.

    `balances` are in the books' currency alone, `units` stand beside them. Both hold for all documents up to number `as_of_seq`; the
    closing is refused where another one came in between. `vouchers` close income and expenses; the receipts of `estimates` have their
    estimate reversed and set again on the first open day.
    `by_hand` are all hand-written entries up to the last day that counted: what is written into closed months later does not count.
    """

    kind: ClassVar[str] = "period_close"

    period: str = required(Text(max=7, pattern=PERIOD))
    as_of_seq: str = required(Text(max=18, pattern="[0-9]+"))
    balances: tuple[ClosingBalance, ...] = optional(Members(of=ClosingBalance), ())
    units: tuple[ClosingUnits, ...] = optional(Members(of=ClosingUnits), ())
    vouchers: tuple[ClosingVoucher, ...] = optional(Members(of=ClosingVoucher), ())
    estimates: tuple[str, ...] = optional(References(), ())
    by_hand: tuple[CountedByHand, ...] = optional(Members(of=CountedByHand), ())

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

    period: str = required(Text(max=7, pattern=PERIOD))
    as_of_seq: str = required(Text(max=18, pattern="[0-9]+"))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.date[:7] != self.period:
            yield "date", "must be the last day of the period"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReopen(Document):
    """A closed month, and every closed month after it, is open again. Made by `reopen`, never sent by clients."""

    kind: ClassVar[str] = "period_reopen"

    period: str = required(Text(max=7, pattern=PERIOD))
    reason: str = required(Text(max=limits.TEXT_MAX))

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        if self.date[:7] != self.period:
            yield "date", "must be the last day of the period"


PERIOD_KINDS = (PeriodClose.kind, PeriodReopen.kind)
"""Documents that move the lock."""
