"""What a posting rule works with: the state, the chart, references to other documents, and the entries it drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from ledger.chart import MONEY_ROLES, Chart
from ledger.documents.base import Document
from ledger.errors import AmbiguousReference, FieldError, InvalidDocument, UnknownAccount, UnknownReference
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.money import MICRO, at_rate, exponent
from ledger.names import commodity
from ledger.state.opened import opened_documents
from ledger.state.reader import Moved
from ledger.state.records import Account, DocumentRow, Order, OrderLine, Sku
from ledger.state.working import State

UNPRICED = frozenset(["shipment", "return", "cancellation", "delivery", "event", "feedback"])
"""Documents about an order that state no money of their own but what `currency` says: they follow their order's currency."""

FOREIGN = frozenset(
    ["order", "payment", "shipment", "delivery", "return", "refund", "cancellation", "payout", "settlement", "write_off", "purchase_order",
     "purchase", "receipt", "supplier_invoice", "freight_bill", "supplier_payment", "entry", "opening"]
)  # fmt: skip
"""Kinds that can be in another currency than the books'; the rest has no money, or states costs of goods in base (IAS 2)."""


CONVERTED = frozenset(["purchase", "receipt", "supplier_invoice", "freight_bill", "supplier_payment", "entry"])
"""Kinds whose rules write their drafts in base, units beside."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a converted document of buying said in its own units: net and tax of each line, and what of it was paid ahead.

    `prepaid` is what it uses of prepayments (below zero: what is free again), `covered` what its receipts used before it.
    """

    currency: str
    nets: tuple[int, ...]
    taxes: tuple[int, ...]
    prepaid: int = 0
    prepaid_base: int = 0
    covered: int = 0


@dataclass(slots=True)
class Work:
    """One document on its way into the journal. `seq` is its number in the store; drafts are posted in the order they were made.

    `entries` are those of the same working set that are not in the store yet; `versions` are the numbers of the versions of a document
    that is corrected, its own included (none for one that is new). `currency` is what drafts are written in (None: the books'): the
    document's, or its order's. `bought_in` is that of goods that go back to their supplier. `rate` is what was applied to it, or what a
    rebuild says that was; `rebuilding` lets pass what new documents are refused for and journals of before may hold.
    """

    state: State
    chart: Chart
    document: Document
    seq: int
    entries: Sequence[Entry] = ()
    versions: tuple[int, ...] = ()
    drafts: list[Draft] = field(default_factory=list)
    order_id: int | None = None
    rate: int | None = None
    rebuilding: bool = False
    foreign: Foreign | None = None
    bought_in: str | None = None
    currency: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.currency = self.document.currency if self.document.kind not in CONVERTED else None

    @property
    def party_currency(self) -> str | None:
        """Return the currency of what a supplier was paid ahead, which stands in base in the books."""
        return self.document.currency or self.bought_in

    @property
    def digits(self) -> int:
        """Return the decimals of the currency that drafts are written in."""
        return exponent(self.currency or self.chart.currency)

    @property
    def base_digits(self) -> int:
        """Return the decimals of the books' currency."""
        return exponent(self.chart.currency)

    def applied_rate(self, currency: str) -> int:
        """Return the document's rate (base per unit of `currency`, millionths): stated, else the books' price of its day (IAS 21.21-22)."""
        for stated in getattr(self.document, "rates", ()):
            if stated.currency == currency:
                rate: int = stated.rate
                return rate
        if self.rate is None:
            self.rate = self.document.rate or self.chart.prices.get((currency, self.document.date))
        if self.rate is None:
            price = f"{self.document.date} price {currency} 7.20 {self.chart.currency}"
            raise fault("/rate", f"is needed to convert {currency}: state rate, or write the price of that day into the books: {price}")
        return self.rate

    def in_base(self, units: int, currency: str) -> int:
        """Return what `units` (minor units of `currency`) come to at the document's rate, minor units of the books' currency."""
        return at_rate(units, self.applied_rate(currency), exponent(currency), self.base_digits)

    @property
    def date(self) -> str:
        """Return the day on which the document is posted."""
        return self.posting_date(self.document.date)

    def posting_date(self, date: str) -> str:
        """Return the day on which something dated `date` is posted: itself, or the first open day where its period is closed."""
        closed = self.state.head.closed_through
        if date[:7] > closed:
            return date
        year, month = int(closed[:4]), int(closed[5:])
        return f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"

    def draft(self, payee: str, narration: str, *, date: str | None = None, carrier: str | None = None) -> Draft:
        """Start an entry, dated as the document where nothing else is said."""
        draft = Draft(self.chart, self.posting_date(date or self.document.date), payee, narration, carrier, currency=self.currency)
        self.drafts.append(draft)
        return draft

    def reversal(self, old: Document, row: DocumentRow, payee: str, *, date: str | None = None) -> Draft:
        """Start the entry that takes back what `old` posted, forward: on its own day or the correction's, the later one, or on `date`."""
        narration = f"Reversal of {old.kind.replace('_', ' ')} {old.number}: {self.document.reason or ''}"
        draft = self.draft(payee, narration, date=date or max(old.date, self.document.date))
        draft.reverses = row.seq
        return draft

    def restate(self, row: DocumentRow) -> int:
        """Let the correction keep the records of the version before it; return the number that they are known by."""
        self.state[DocumentRow].edit(self.state[DocumentRow].require(self.seq)).restates = row.origin
        return row.origin

    def posted(self, row: DocumentRow) -> list[Moved]:
        """Return what the entries of a document posted, without those by which it took back the version before it."""
        own = (entry for entry in self.entries if entry.seq == row.seq and entry.reverses is None)
        pending = [posting for entry in own for posting in entry.postings]
        return [_moved(posting) for posting in pending] or self.state.reader.posted(row.seq)

    def find(self, kind: str, reference: str, pointer: str) -> DocumentRow:
        """Return the one document that `reference` (number, or source/number) names."""
        found = self.candidates(kind, reference)
        if not found:
            raise UnknownReference(f"unknown {kind}", (FieldError(pointer, f"no {kind} {reference!r} is in the books"),))
        if len(found) == 1:
            return found[0]
        exact = [row for row in found if f"{row.source}/{row.number}" == reference]
        if len(exact) != 1:
            names = ", ".join(f"{row.source}/{row.number}" for row in found)
            raise AmbiguousReference(f"ambiguous {kind}", (FieldError(pointer, f"{reference!r} could be {names}"),))
        return exact[0]

    def find_receipt(self, reference: str, pointer: str) -> DocumentRow:
        """Return the purchase or receipt that `reference` names: both bring lots."""
        receipts, purchases = self.candidates("receipt", reference), self.candidates("purchase", reference)
        return self.find("receipt" if receipts and not purchases else "purchase", reference, pointer)

    def candidates(self, kind: str, reference: str) -> list[DocumentRow]:
        """Return the documents that `reference` may name, oldest first, each in its present version; those of an opening are oldest."""
        rows = self._numbered(kind, reference)
        if "/" in reference:
            source, _, number = reference.partition("/")
            rows = rows + [r for r in self._numbered(kind, number) if r.source == source]
        if len(rows) > 1:
            rows = sorted({row.seq: row for row in rows}.values(), key=attrgetter("seq"))
        return [row for row in rows if not row.superseded]

    def _numbered(self, kind: str, number: str) -> list[DocumentRow]:
        return opened_documents(self.state, kind, number) + self.state[DocumentRow].where("number", (kind, number))

    def order(self, reference: str, pointer: str = "/order") -> Order:
        """Return the order that a document names, and note that the document is about it."""
        row = self.find("order", reference, pointer)
        self.order_id = row.origin
        order = self.state[Order].require(row.origin)
        self._agree(order)
        return order

    def _agree(self, order: Order) -> None:
        """Let a document without money be in its order's currency; refuse money in another one."""
        if self.document.kind == "entry":
            return
        if self.document.currency is None and self.document.kind in UNPRICED:
            self.currency = order.currency
        elif self.document.currency != order.currency:
            wanted = order.currency or self.chart.currency
            raise fault("/currency", f"must be {wanted}: order {order.label} is in {wanted}, and what it is paid with is posted in it")

    def lines(self, order: Order) -> list[OrderLine]:
        """Return an order's lines."""
        return self.state[OrderLine].where("order", order.id)

    def account(self, name: str, pointer: str, *, roots: tuple[str, ...] = ("Assets", "Liabilities")) -> str:
        """Return the account that a document names by role or in full."""
        try:
            account = self.chart.resolve(name)
        except UnknownAccount as error:
            raise UnknownAccount("unknown account", (FieldError(pointer, error.detail),)) from None
        if account.partition(":")[0] not in roots:
            wanted = " or ".join(roots)
            raise InvalidDocument("wrong kind of account", (FieldError(pointer, f"{account} is not an account of {wanted}"),))
        if account not in self.chart.accounts:
            self.open_account(account, self.chart.role_of(account) or "", name.rpartition(":")[2])
        return account

    def money_account(self, name: str) -> str:
        """Return the account that money came in on or goes out of."""
        account = self.account(name, "/account")
        role = self.chart.role_of(account)
        if role not in MONEY_ROLES:
            raise fault(
                "/account", f"{account} ({role}) is not an account that money is paid into; use bank, clearing:NAME or one of your own"
            )
        return account

    def open_account(self, name: str, role: str, raw: str) -> None:
        """Note an account that the service opens itself, once."""
        if self.state[Account].get(name) is None:
            self.state[Account].add(Account(name, role, raw))

    def sku(self, sku: str) -> Sku:
        """Return the record of a SKU, made (with its commodity code and stock account) on first use."""
        known = self.state[Sku].get(sku)
        if known is None:
            code = commodity(sku)
            if self.state[Sku].where("commodity", code):
                code = commodity(sku, taken=True)
            known = self.state[Sku].add(Sku(sku, code))
            self.open_account(self.chart.stock_account(code), "inventory", sku)
        return known

    def stock_account(self, sku: str) -> str:
        """Return the stock account of a SKU."""
        return self.chart.stock_account(self.sku(sku).commodity)


def _moved(posting: Posting) -> Moved:
    order_id = posting.order.id if posting.order is not None else None
    lot_id = posting.lot.id if posting.lot is not None else None
    return Moved(
        posting.account,
        posting.amount,
        order_id,
        posting.sku,
        posting.party,
        posting.reference,
        posting.carrier,
        posting.supplier,
        lot_id,
        posting.currency,
        posting.foreign,
    )


def refuse_foreign(document: Document, currency: str) -> None:
    """Refuse a currency where the kind of document has no use for one."""
    if document.currency is not None and document.kind not in FOREIGN:
        raise fault("/currency", f"a {document.kind.replace('_', ' ')} has nothing in {document.currency}: leave it out, or say {currency}")


def refuse_rate(work: Work) -> None:
    """Refuse a rate that converts nothing: the document, or the order that it is about, is in the books' currency.

    Asked of new documents only: journals of before have documents with a rate that nobody looked at.
    """
    if work.document.rate not in (None, MICRO) and work.document.currency is None and work.currency is None:
        raise fault("/rate", f"converts nothing: this is in {work.chart.currency}, the books' currency; leave it out, or say 1")


def fault(pointer: str, detail: str) -> InvalidDocument:
    """Return the error for one field of the document that is being posted."""
    return InvalidDocument("the document cannot be posted", (FieldError(pointer, detail),))
