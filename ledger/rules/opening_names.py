"""What all sections of an opening share: names of the old system's documents, and the other side of each entry."""

from __future__ import annotations

from ledger.documents.opening import Opening
from ledger.journal.draft import Draft, Posting
from ledger.state.opened import give_number, opened_as
from ledger.state.records import DocumentRow, Opened
from ledger.work import Work, fault


def against_equity(draft: Draft) -> None:
    """Close an entry with what its postings come to, on opening equity: what is still to be converted, and apart what is in base."""
    total = sum(posting.amount for posting in draft.postings)
    units = sum(posting.amount for posting in draft.postings if posting.currency is not None and posting.foreign is None)
    draft.add("opening_equity", -units)
    if total != units:
        draft.collect(Posting(draft.chart.account("opening_equity"), units - total))


def bring(work: Work, document: Opening, kind: str, number: str, pointer: str, *, source: str | None, date: str | None) -> Opened:
    """Return the old document that this opening brings under `number`, recorded on first use.

    Refused where the books have it already, from a document of their own or from another opening: it would count twice.
    """
    of = source or document.source
    known = opened_as(work.state, kind, of, number)
    if known is not None and known.document_seq == work.seq:
        return known
    if known is not None or any(row.source == of for row in work.state[DocumentRow].where("number", (kind, number))):
        raise fault(pointer, f"{of}/{kind}/{number} is in the books already")
    return give_number(work.state, work.seq, kind, of, number, date or document.date)
