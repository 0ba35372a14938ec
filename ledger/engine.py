"""The engine: one document after the other goes through its rule and becomes numbered, chained entries.

Pure: it sees a working set and a chart, no database and no files. The same code posts one document and five thousand. Voucher
number and hash are given last, after everything that can refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ledger.chart import Chart
from ledger.costing.inbound import keep_inbound
from ledger.documents import canonical, digest, read
from ledger.documents.base import Document
from ledger.errors import Conflict, FieldError, LedgerError
from ledger.journal.draft import Draft
from ledger.journal.entry import Entry, chain, digest_text
from ledger.journal.text import entry_head, meta, posting_lines, quote, tolerance_line
from ledger.journal.voucher_words import voucher_word
from ledger.money import exponent
from ledger.profit import SUMMED, derive_from
from ledger.rules import RULES
from ledger.rules.corrections import correct
from ledger.rules.translation import translate
from ledger.state.opened import opened_as
from ledger.state.records import DocumentRow, Head, JournalMonth, Order, Sku, VoucherCounter
from ledger.state.working import State
from ledger.values import value
from ledger.work import Work, fault, refuse_foreign, refuse_rate

_SUMMED = attrgetter(*SUMMED)


@value
class Posted:
    """A document that is in the journal now: `replay` where it was before."""

    row: DocumentRow
    entries: tuple[Entry, ...] = ()
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Worked:
    """A new document that its rule has worked out: all but the numbers of its entries in the journal."""

    document: Document
    row: DocumentRow
    drafts: tuple[Draft, ...]


@dataclass(slots=True)
class Engine:
    """Posts documents into a working set. `entries` and `documents` collect what a commit must write."""

    chart: Chart
    state: State
    now: Callable[[], str]
    entries: list[Entry] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)

    def post(
        self, document: Document, recorded_at: str | None = None, rate: int | None = None, written: tuple[str, str] | None = None
    ) -> Posted:
        """Post one document or raise a LedgerError and leave no trace of it.

        A rebuild gives `recorded_at`, the applied `rate`, and the document as it is `written`: its canonical text and the digest of that.
        """
        mark, entries, documents = self.state.mark(), len(self.entries), len(self.documents)
        try:
            return self._post(document, recorded_at, rate, written)
        except LedgerError as error:
            self.state.rollback(mark)
            del self.entries[entries:], self.documents[documents:]
            error.document = error.document or document.key
            raise

    def prepare(self, document: Document) -> Worked | Posted:
        """Work a document out on a working set that is thrown away, down to the text of its postings, and number nothing.

        LedgerError as by `post`; what was posted before is returned as such.
        """
        try:
            worked = self._work(document)
        except LedgerError as error:
            error.document = error.document or document.key
            raise
        for draft in worked.drafts if isinstance(worked, Worked) else ():
            draft.text = self._postings_text(draft, draft.sole_order())
        return worked

    def number(self, worked: Worked) -> Posted:
        """Give a document that another engine has prepared its numbers here, as if it were posted now."""
        head = self.state[Head].edit(self.state.head)
        head.seq += 1
        row = self.state[DocumentRow].add(replace(worked.row, seq=head.seq, recorded_at=self.now()))
        return self._number(replace(worked, row=row))

    def entries_by_document(self) -> dict[int, list[Entry]]:
        """Return the entries of each document that has any, by its number."""
        found: dict[int, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.seq, []).append(entry)
        return found

    def checkpoint(self) -> tuple[int, int, int]:
        """Return the place that `undo` goes back to: for arrays that stand or fall together, and for dry runs."""
        return self.state.mark(), len(self.entries), len(self.documents)

    def undo(self, place: tuple[int, int, int]) -> None:
        """Take back everything since `checkpoint`."""
        self.state.rollback(place[0])
        del self.entries[place[1] :], self.documents[place[2] :]

    def _post(self, document: Document, recorded_at: str | None, rate: int | None, written: tuple[str, str] | None) -> Posted:
        worked = self._work(document, recorded_at, rate, written)
        return self._number(worked) if isinstance(worked, Worked) else worked

    def _work(
        self, document: Document, recorded_at: str | None = None, rate: int | None = None, written: tuple[str, str] | None = None
    ) -> Worked | Posted:
        """Send a document through its rule and settle the orders that it touches; what was posted before is returned as such."""
        body, body_digest = self._written(document) if written is None else written
        versions = self._versions(document)
        same = next((row for row in versions if row.digest == body_digest), None)
        if same is not None:
            return Posted(same, replay=True)
        corrected = _corrected(document, versions)
        refuse_foreign(document, self.chart.currency)
        self._not_opened(document)
        head = self.state[Head].edit(self.state.head)
        head.seq += 1
        row = DocumentRow(
            seq=head.seq,
            source=document.source,
            kind=document.kind,
            number=document.number,
            date=document.date,
            recorded_at=recorded_at or self.now(),
            digest=body_digest,
            body=body,
            order_id=None,
        )
        if corrected is not None:
            row.version = corrected.version + 1
            self.state[DocumentRow].edit(corrected).superseded = 1
        self.state[DocumentRow].add(row)
        work = Work(self.state, self.chart, document, head.seq, self.entries, rate=rate, rebuilding=recorded_at is not None)
        if corrected is None:
            RULES[type(document)](work, document)
        else:
            work.versions = (*(row.seq for row in versions), head.seq)
            correct(work, document, read(json.loads(corrected.body), self.chart.currency), corrected)
        if not work.rebuilding:
            refuse_rate(work)
        translate(work)
        row.order_id, row.rate = work.order_id, work.rate
        keep_inbound(self.state, work.drafts)
        finished = tuple(draft for draft in work.drafts if draft.finished())
        self._settle_orders(finished, work.order_id)
        return Worked(document, row, finished)

    def _number(self, worked: Worked) -> Posted:
        entries = tuple(self._append(draft, worked.document, worked.row) for draft in worked.drafts)
        self.documents.append(worked.row)
        return Posted(worked.row, entries)

    def _written(self, document: Document) -> tuple[str, str]:
        body = canonical(document, self.chart.currency)
        return body, digest(body)

    def _versions(self, document: Document) -> list[DocumentRow]:
        rows = self.state[DocumentRow].where("number", (document.kind, document.number))
        if not rows:
            return rows
        return sorted((row for row in rows if row.source == document.source), key=lambda row: row.version)

    def _not_opened(self, document: Document) -> None:
        """Refuse what an opening has brought already: posted again it would count twice."""
        opened = opened_as(self.state, document.kind, document.source, document.number)
        if opened is not None:
            opening = self.state[DocumentRow].require(opened.document_seq)
            detail = f"{document.key} is in the books since {opening.name}"
            raise Conflict(detail, (FieldError("/number", "is of a document that an opening has brought"),))

    def _append(self, draft: Draft, document: Document, row: DocumentRow) -> Entry:
        head = self.state[Head].edit(self.state.head)
        head.entry += 1
        voucher = self._voucher(voucher_word(self.chart, draft.postings), draft.date[:7])
        if not draft.closing and self.state[JournalMonth].get(draft.date[:7]) is None:
            self.state[JournalMonth].add(JournalMonth(draft.date[:7], head.entry))
        order = draft.sole_order()
        text = self._text(draft, order, document, row, voucher)
        text_digest = digest_text(text)
        head.hash = chain(head.hash, row.digest, text_digest)
        entry = Entry(
            id=head.entry,
            seq=row.seq,
            date=draft.date,
            voucher=voucher,
            payee=draft.payee,
            narration=draft.narration,
            document=row.name,
            order=order,
            postings=tuple(draft.postings),
            text_digest=text_digest,
            hash=head.hash,
            text=text,
            reverses=draft.reverses,
            closing=draft.closing,
        )
        self.entries.append(entry)
        return entry

    def _voucher(self, word: str, period: str) -> str:
        counter = self.state[VoucherCounter].get((word, period))
        if counter is None:
            counter = self.state[VoucherCounter].add(VoucherCounter(word, period, 0))
        self.state[VoucherCounter].edit(counter).last += 1
        return f"{word}-{period}-{counter.last}"

    def _text(self, draft: Draft, order: Order | None, document: Document, row: DocumentRow, voucher: str) -> str:
        head = entry_head(draft.date, draft.payee, draft.narration, order, (document.identity, *draft.links))
        always = (
            f"  seq: {row.seq}\n  voucher: {quote(voucher)}\n  document: {quote(row.name)}\n"
            f'  digest: "sha256:{row.digest}"\n  recorded: {quote(row.recorded_at)}\n'
        )
        pairs: list[tuple[str, str | int | None]] = [
            ("document-date", document.date if document.date != draft.date else None),
            ("reverses", draft.reverses),
            ("reason", document.reason if document.corrects else None),
            ("closing", draft.date[:7] if draft.closing else None),
            ("order", order.label if order else None),
            ("channel", order.channel if order else None),
        ]
        body = self._postings_text(draft, order) if draft.text is None else draft.text
        return f"{head}{always}{meta(2, pairs)}{body}"

    def _postings_text(self, draft: Draft, order: Order | None) -> str:
        currency = self.chart.currency
        digits = exponent(currency)
        lines = [posting_lines(posting, currency, digits, self._commodity, order) for posting in draft.postings]
        lines.append(tolerance_line(draft.postings, currency, digits, self.chart.account_or_none("exchange")))
        return "".join(lines)

    def _commodity(self, sku: str) -> str:
        return self.state[Sku].require(sku).commodity

    def _settle_orders(self, drafts: tuple[Draft, ...], order_id: int | None) -> None:
        """Add each posting to its order's kept sums and derive what follows from them (design 7)."""
        touched: dict[int, Order] = {}
        orders = self.state[Order]
        if order_id is not None and (own := orders.get(order_id)) is not None:
            touched[own.id] = orders.edit(own)
        for draft in drafts:
            for posting in draft.postings:
                order = posting.order
                if order is None:
                    continue
                if order.id not in touched:
                    touched[order.id] = orders.edit(order)
                field_sign = self.chart.profit_field(posting.account)
                if field_sign is not None:
                    name, sign = field_sign
                    setattr(order, name, getattr(order, name) + sign * posting.amount)
        for order in touched.values():
            derived = derive_from(_SUMMED(order))
            order.revenue, order.gross_profit, order.contribution = derived[:3]
            order.margin = derived.margin_e4
            order.estimated = int(bool(order.owed or order.accrued or order.unmatched or order.undelivered))


def _corrected(document: Document, versions: list[DocumentRow]) -> DocumentRow | None:
    """Return the version that the document takes the place of; Conflict where it does not say so, refused where there is none."""
    if not document.corrects:
        if versions:
            detail = f"{document.key} was posted before with other content"
            way = "is taken by a document with other content; to correct it, send it with corrects: true and a reason"
            raise Conflict(detail, (FieldError("/number", way),))
        return None
    if not versions:
        raise fault("/corrects", f"there is no {document.key} to correct; send it without corrects")
    if not document.reason:
        raise fault("/reason", "is required of a correction: say why the document is another one now")
    return versions[-1]


def with_hash(entry: Entry) -> str:
    """Return the entry as it stands in the books: its canonical text with the chain's hash as one more line of metadata."""
    head, _, rest = entry.text.partition("\n")
    return f'{head}\n  hash: "{entry.hash}"\n{rest}\n'
