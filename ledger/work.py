"""What a posting rule works with: the state, the chart, references to other documents, and the entries it drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.chart import MONEY_ROLES, Chart
from ledger.documents.base import Document
from ledger.errors import AmbiguousReference, FieldError, InvalidDocument, UnknownAccount, UnknownReference
from ledger.journal.draft import Draft, Posting
from ledger.journal.entry import Entry
from ledger.money import exponent
from ledger.names import commodity
from ledger.state.records import Account, DocumentRow, Order, OrderLine, Sku
from ledger.state.working import Moved, State


@dataclass(slots=True)
class Work:
    """One document on its way into the journal. `seq` is its number in the store; drafts are posted in the order they were made.

    `entries` are those of the same working set that are not in the store yet; `versions` are the numbers of the versions of a document
    that is corrected, its own included (none for one that is new).
    """

    state: State
    chart: Chart
    document: Document
    seq: int
    entries: Sequence[Entry] = ()
    versions: tuple[int, ...] = ()
    drafts: list[Draft] = field(default_factory=list)
    order_id: int | None = None

    @property
    def digits(self) -> int:
        """Return the decimals of the books' currency."""
        return exponent(self.chart.currency)

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
        draft = Draft(self.chart, self.posting_date(date or self.document.date), payee, narration, carrier)
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
        exact = [row for row in found if f"{row.source}/{row.number}" == reference]
        if len(found) > 1 and len(exact) != 1:
            names = ", ".join(f"{row.source}/{row.number}" for row in found)
            raise AmbiguousReference(f"ambiguous {kind}", (FieldError(pointer, f"{reference!r} could be {names}"),))
        return exact[0] if len(found) > 1 else found[0]

    def find_receipt(self, reference: str, pointer: str) -> DocumentRow:
        """Return the purchase or receipt that `reference` names: both bring lots."""
        receipts, purchases = self.candidates("receipt", reference), self.candidates("purchase", reference)
        return self.find("receipt" if receipts and not purchases else "purchase", reference, pointer)

    def candidates(self, kind: str, reference: str) -> list[DocumentRow]:
        """Return the documents that `reference` may name, oldest first, each in its present version."""
        rows = self.state[DocumentRow].where("number", (kind, reference))
        if "/" in reference:
            source, _, number = reference.partition("/")
            rows = rows + [r for r in self.state[DocumentRow].where("number", (kind, number)) if r.source == source]
        return sorted({row.seq: row for row in rows if not row.superseded}.values(), key=lambda row: row.seq)

    def order(self, reference: str, pointer: str = "/order") -> Order:
        """Return the order that a document names, and note that the document is about it."""
        row = self.find("order", reference, pointer)
        self.order_id = row.origin
        return self.state[Order].require(row.origin)

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
    )


def base_currency_only(document: Document, currency: str) -> None:
    """Refuse a document in another currency than the books': the rules for exchange are not in force yet."""
    if document.currency not in (None, currency):
        fault = FieldError("/currency", f"these books take documents in {currency} only, not {document.currency}")
        raise InvalidDocument("foreign currency", (fault,))


def fault(pointer: str, detail: str) -> InvalidDocument:
    """Return the error for one field of the document that is being posted."""
    return InvalidDocument("the document cannot be posted", (FieldError(pointer, detail),))
