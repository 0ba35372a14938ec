"""The lots that a purchase, a receipt or an opening brought: what late cost, returns to the supplier and losses refer to."""

from __future__ import annotations

from ledger.state.records import DocumentRow, Lot, Opened
from ledger.work import Work


def brought_lots(work: Work, document: DocumentRow) -> list[Lot]:
    """Return the lots that a document brought; the number of an opening stands for all of its lots, whatever their labels."""
    seqs = [document.seq]
    opened = work.state[Opened].get(document.seq) if document.seq < 0 else None
    if opened is not None and work.state[DocumentRow].require(opened.document_seq).number == opened.number:
        seqs = [one.id for one in work.state[Opened].where("document", opened.document_seq) if one.kind in ("purchase", "receipt")]
    return [lot for seq in seqs for lot in work.state[Lot].where("document", seq) if lot.root_id == lot.id]
