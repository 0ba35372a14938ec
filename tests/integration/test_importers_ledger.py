"""The ledger that importer tests post to, and proof that the real one answers in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from importers.run import Ledger, import_paths
from ledger import service
from ledger.creation import create_books
from ledger.documents import canonical
from ledger.documents.base import Document
from ledger.errors import Conflict, FieldError, LedgerError, NotFound, UnknownReference


@dataclass(frozen=True)
class FakeRow:
    """Where the fake holds a document."""

    seq: int


@dataclass(frozen=True)
class FakePosted:
    """What the fake answers for a document that it holds."""

    row: FakeRow
    replay: bool


@dataclass
class FakeLedger:
    """Remember documents in memory: identity, replay, conflict, and references to orders, as the ledger does."""

    books: Path
    currency: str = "USD"
    posted: dict[tuple[str, str, str], str] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    batches: list[int] = field(default_factory=list)

    def post_batches(self, batches: Iterable[Sequence[Document]]) -> Iterator[list[FakePosted | LedgerError]]:
        """Take each document by itself."""
        for documents in batches:
            self.batches.append(len(documents))
            yield [self._post(document) for document in documents]

    def document(self, source: str, kind: str, number: str) -> dict[str, Any]:
        """Find a document."""
        if (source, kind, number) not in self.posted:
            raise NotFound("is not in the books")
        return {"seq": self._seq((source, kind, number))}

    def texts(self) -> str:
        """Return all documents in the order of posting, one canonical JSON a line."""
        return "".join(text + "\n" for text in self.posted.values())

    def _post(self, document: Document) -> FakePosted | LedgerError:
        text = canonical(document, self.currency)
        before = self.posted.get(document.identity)
        if before is not None:
            replay = FakePosted(FakeRow(self._seq(document.identity)), True)
            return replay if before == text else Conflict("was posted with other content")
        order = getattr(document, "order", None)
        if order is not None and order not in self.orders:
            return UnknownReference("the order is unknown", (FieldError("/order", "is not in the books"),))
        self.posted[document.identity] = text
        if document.kind == "order":
            self.orders |= {document.number, f"{document.source}/{document.number}"}
        return FakePosted(FakeRow(len(self.posted)), False)

    def _seq(self, identity: tuple[str, str, str]) -> int:
        return list(self.posted).index(identity) + 1


DOCUMENTS = """\
{"kind":"payment","source":"s","number":"P-1","date":"2026-01-02","order":"SO-1","amount":"5.00","account":"bank"}
{"kind":"payment","source":"s","number":"P-2","date":"2026-01-02","order":"SO-9","amount":"5.00","account":"bank"}
{"kind":"order","source":"s","number":"SO-1","date":"2026-01-02","customer":"C",\
"lines":[{"sku":"A","quantity":"1","amount":"5.00","cost":"1.00"}]}
"""


@pytest.mark.parametrize("which", ["fake", "real"])
def test_both_ledgers_answer_new_replayed_refused(which: str, tmp_path: Path) -> None:
    """A payment of an unknown order is refused, the rest goes in; imported again, it replays."""
    file = tmp_path / "documents.ndjson"
    file.write_text(DOCUMENTS, encoding="utf-8")
    create_books(tmp_path / "books", currency="USD")
    real = service.Ledger.open(tmp_path / "books") if which == "real" else None
    ledger: Ledger = real or FakeLedger(tmp_path / "books")
    try:
        first = import_paths(ledger, [file])
        again = import_paths(ledger, [file])
        file.write_text(DOCUMENTS.replace('"C"', '"D"'), encoding="utf-8")
        changed = import_paths(ledger, [file])
    finally:
        if real:
            real.close()
    assert (first.new, first.replayed, first.documents) == (2, 0, 3)
    assert [(r.row, r.document, r.code) for r in first.refused] == [(2, "s/payment/P-2", "unknown-reference")]
    assert (again.new, again.replayed, len(again.refused)) == (0, 2, 1)
    assert [(r.row, r.code) for r in changed.refused] == [(2, "unknown-reference"), (3, "conflict")]
