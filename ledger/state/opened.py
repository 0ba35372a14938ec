"""The documents of the old system that an opening brought: given a number to be known by here, and found by their old one."""

from __future__ import annotations

from ledger.state.records import OPENED_BEFORE, DocumentRow, Opened
from ledger.state.working import State


def give_number(state: State, document_seq: int, kind: str, source: str, number: str, date: str) -> Opened:
    """Record a document of the old system under a number of its own."""
    row = Opened(OPENED_BEFORE + state.next_id(), document_seq, kind, source, number, date)
    return state[Opened].add(row)


def opened_as(state: State, kind: str, source: str, number: str) -> Opened | None:
    """Return what an opening brought under exactly this identity."""
    return next((row for row in state[Opened].where("number", (kind, number)) if row.source == source), None)


def source_of(state: State, seq: int) -> str:
    """Return the source of a document, or of one of the old system's that an opening brought."""
    return (state[Opened].require(seq) if seq < 0 else state[DocumentRow].require(seq)).source


def opened_documents(state: State, kind: str, number: str) -> list[DocumentRow]:
    """Return the old documents of this number as references see documents: `seq` is the number they are known by here."""
    rows = state[Opened].where("number", (kind, number))
    return [
        DocumentRow(
            seq=row.id,
            source=row.source,
            kind=row.kind,
            number=row.number,
            date=row.date,
            recorded_at="",
            digest="",
            body="",
            order_id=None,
        )
        for row in rows
    ]
