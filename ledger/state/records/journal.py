"""The journal itself: documents, what an opening brought of earlier ones, and the counters that number entries."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class DocumentRow(Record):
    """A document as recorded: `body` is its canonical JSON, `digest` its SHA-256.

    A correction is a document of the same identity with the next `version`; `superseded` tells that a later one has taken this one's
    place. Where it restates what the records have in place (orders, shipments), `restates` is the number that they are known by.
    `rate` is the exchange rate that was applied (base per unit, millionths), None where nothing was converted.
    """

    table = "document"
    key = ("seq",)
    indexes = {"number": (("kind", "number"), "")}

    seq: int
    source: str
    kind: str
    number: str
    date: str
    recorded_at: str
    digest: str
    body: str
    order_id: int | None
    version: int = 1
    restates: int | None = None
    superseded: int = 0
    rate: int | None = None

    @property
    def origin(self) -> int:
        """Return the number that the document's records are known by."""
        return self.seq if self.restates is None else self.restates

    @property
    def name(self) -> str:
        """Return `source/kind/number`."""
        return f"{self.source}/{self.kind}/{self.number}"


OPENED_BEFORE = -(2**40)
"""Below every number that is ever given to what an opening brought, which stays below zero for a trillion of them."""


@dataclass(slots=True)
class Opened(Record):
    """What an opening document brought of the old system's documents: an order, a shipment, a purchase, an invoice; by its old number.

    `id` is what others know it by, as they know a document by its `seq`: OPENED_BEFORE and a number that rises, so that it is negative,
    no document has it, and older orders come first.
    """

    table = "opened"
    key = ("id",)
    indexes = {"number": (("kind", "number"), ""), "document": (("document_seq",), "")}

    id: int
    document_seq: int
    kind: str
    source: str
    number: str
    date: str


@dataclass(slots=True)
class Account(Record):
    """An account that the service opened itself (stock of a SKU, clearing of a channel). `raw` is the name before escaping."""

    table = "account"
    key = ("name",)

    name: str
    role: str
    raw: str


@dataclass(slots=True)
class Head(Record):
    """The one row that every commit locks: last numbers given out, the end of the hash chain, the last closed period ("" for none).

    `unmoved` names the rows of a posted document that are not in their tables yet ("" for none).
    """

    table = "head"
    key = ("id",)

    id: int
    seq: int
    entry: int
    next_id: int
    outbox: int
    hash: str
    closed_through: str
    unmoved: str = ""


@dataclass(slots=True)
class VoucherCounter(Record):
    """The last voucher number of a voucher word and period."""

    table = "voucher_counter"
    key = ("word", "period")

    word: str
    period: str
    last: int


@dataclass(slots=True)
class JournalMonth(Record):
    """A month whose file of entries the journal's index includes since the entry number `first_entry`."""

    table = "journal_month"
    key = ("month",)

    month: str
    first_entry: int
