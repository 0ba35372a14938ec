"""What a report reads from: one connection, the chart, and the hand-written entries that are not in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from ledger.chart import Chart
from ledger.money import exponent, format_scaled


@dataclass(frozen=True, slots=True)
class ManualPosting:
    """One posting of a hand-written entry, minor units of the books' currency, debit positive.

    `units` is what it stands in where that is another `currency`; `amount` is its weight then, by the price that it names.
    """

    account: str
    amount: int
    order: str | None
    sku: str | None
    party: str | None = None
    currency: str | None = None
    units: int | None = None

    @property
    def content(self) -> tuple[str | int | None, ...]:
        """Return what counts of it."""
        base = (self.account, self.amount, self.order, self.sku, self.party)
        return base if self.units is None else (*base, self.currency, self.units)


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """An entry that an accountant wrote into `manual.beancount`: it counts at once and is shown as not adopted.

    `file` is relative to the books. `content` is the digest of what counts of the entry, `number` the one of all of it and its number
    as a document; equal ones are told apart by a counter: `.../2`. `attributes` is what an `entry` document keeps beside date, payee,
    narration and postings; `beyond` is what it has no field for.
    """

    date: str
    payee: str
    narration: str
    postings: tuple[ManualPosting, ...]
    line: int
    file: str = "manual.beancount"
    number: str = ""
    content: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return where it stands, as people write it: `manual.beancount:12`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A hand-written entry that does not count: `adopted` into the journal already, or written into a `closed` month."""

    entry: ManualEntry
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a report may look at. Amounts in the store are minor units of `chart.currency`; `manual` is what counts of people's.

    `categories` are by SKU, `drivers` (what an operating cost is shared by) by account.
    """

    connection: Connection
    chart: Chart
    manual: Sequence[ManualEntry] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    aside: Sequence[SetAside] = ()
    drivers: Mapping[str, str] = field(default_factory=dict)

    @property
    def digits(self) -> int:
        """Return the decimals of the books' currency."""
        return exponent(self.chart.currency)

    def money(self, minor: int) -> str:
        """Write an amount with exactly the currency's decimals."""
        return format_scaled(minor, self.digits)
