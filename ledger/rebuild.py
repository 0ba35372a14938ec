"""Rebuild the store from the books: every document of the documents files goes through the same engine again.

The new store is made beside the old one and takes its place in one step, so that a kill leaves the old one as it was. Each document
must have its digest, each entry it makes the hash that it had, and each line must stand as it was recorded: otherwise the rebuild stops and
says where.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path

from ledger.books.files import replace, replace_index
from ledger.books.layout import CLOSINGS, INDEX, JOURNAL, default_store_url
from ledger.books.lock import books_lock
from ledger.books.people import read_people
from ledger.chart import Chart
from ledger.collector import collector_between_batches
from ledger.documents import canonical, digest, read
from ledger.documents.base import Document
from ledger.documents.closing import PERIOD_KINDS
from ledger.engine import Engine, Posted
from ledger.errors import BooksProblem, LedgerError, StoreUnavailable
from ledger.journal.closings_file import PeriodEvent, closings_text
from ledger.journal.documents_file import Recorded, document_line, read_line
from ledger.loading import Loading
from ledger.prefetch import in_batches, prefetch
from ledger.progress import Progress, silent
from ledger.publisher import Publisher
from ledger.store.database import Database
from ledger.store.period_events import event_of
from ledger.store.ranks import ranks_later
from ledger.store.replacement import Replacement
from ledger.store.unit import index_text, unit_of_work
from ledger.view.keeper import drop

_Batch = list[tuple[Recorded, Document]]


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild came to, and what the files hold that are made anew at its end."""

    documents: int = 0
    entries: int = 0
    index: list[str] = field(default_factory=list)
    events: list[PeriodEvent] = field(default_factory=list)

    def add(self, piece: Rebuilt) -> None:
        """Add what the next batch of documents came to."""
        self.documents = piece.documents
        self.entries += piece.entries
        self.index += piece.index
        self.events += piece.events


def rebuild(books: Path, store_url: str | None = None, progress: Progress = silent) -> Rebuilt:
    """Make the store anew from the books; BooksProblem names the first document that does not hold."""
    people = read_people(books)
    url = store_url or default_store_url(books)
    _publish_what_waits(url, books)
    with books_lock(books, exclusive=True):
        replacement = Replacement(url)
        try:
            with ranks_later(replacement.database):
                rebuilt = _replay(replacement.database, books, people.chart, progress)
            closings = closings_text(rebuilt.events, people.chart.currency).encode()
            sizes = {
                CLOSINGS: replace(books, CLOSINGS, len(closings), closings),
                INDEX: replace_index(books, "".join(rebuilt.index)),
            }
            drop(books)
            replacement.finish(sizes, rebuilt.documents)
        except BaseException:
            replacement.abandon()
            raise
    return rebuilt


def _publish_what_waits(url: str, books: Path) -> None:
    """Bring committed documents into the books first; a store that cannot be read any more has none to give."""
    with suppress(StoreUnavailable):
        database = Database(url)
        try:
            Publisher(database, books).publish_all()
        finally:
            database.close()


def _replay(database: Database, books: Path, chart: Chart, progress: Progress) -> Rebuilt:
    rebuilt = Rebuilt()
    unit = partial(unit_of_work, database, chart, _never, publish=False)
    recorded = ((line, _document(line, chart.currency)) for line in _recorded(books))
    loading = Loading(database, post_batch, unit, lambda: chart, _never, publish=False, prove=prove)
    with collector_between_batches():
        for piece in loading.post(in_batches(recorded, itemgetter(1))):
            rebuilt.add(piece)
            progress("documents", rebuilt.documents, None)
    return rebuilt


def _never() -> str:
    """Stand in for the clock: each document has the moment that it was recorded at."""
    raise AssertionError("a rebuild records nothing anew")


def post_batch(engine: Engine, batch: _Batch) -> Rebuilt:
    """Post recorded documents again; BooksProblem where one does not make what it made."""
    currency = engine.chart.currency
    rebuilt = Rebuilt(documents=batch[-1][0].seq)
    prefetch(engine.state, [document for _, document in batch])
    for line, document in batch:
        if line.seq != engine.state.head.seq + 1:
            raise BooksProblem(f"the documents files have a gap: number {engine.state.head.seq + 1} is missing before {document.key}")
        posted = _post_again(engine, line, document)
        if posted.row.kind in PERIOD_KINDS:
            rebuilt.events.append(event_of(posted.row, currency))
        rebuilt.entries += len(posted.entries)
    rebuilt.index.append(index_text(engine))
    return rebuilt


def _post_again(engine: Engine, line: Recorded, document: Document) -> Posted:
    try:
        posted = engine.post(document, line.recorded_at, line.rate, (line.text, line.digest))
    except LedgerError as error:
        raise BooksProblem(f"document {document.key} cannot be posted again: {error}") from error
    if posted.replay:
        raise BooksProblem(f"document {document.key} stands in the documents files twice")
    if tuple(entry.hash for entry in posted.entries) != line.hashes:
        raise BooksProblem(f"document {document.key} makes other entries than it made: the chain does not hold from here")
    return posted


def prove(engine: Engine, batch: _Batch) -> None:
    """Compare the lines that documents make now with those that they stand on; BooksProblem names the first one that is another.

    The store takes a document's text from its line, so this is what says that the text is canonical. Whoever writes the batch does it.
    """
    entries = engine.entries_by_document()
    for (line, document), row in zip(batch, engine.documents, strict=True):
        if canonical(document, engine.chart.currency) != row.body or document_line(row, entries.get(row.seq, ())) != line.line:
            raise BooksProblem(f"document {document.key} does not stand in the documents file of {row.date[:7]} as it was recorded")


def _document(line: Recorded, currency: str) -> Document:
    """Return the document that a line holds; BooksProblem where that is not the one which was recorded."""
    name = "/".join(str(line.body.get(part)) for part in ("source", "kind", "number"))
    if digest(line.text) != line.digest:
        raise BooksProblem(f"document {name} was changed in the books: it does not have its digest")
    try:
        return read(line.body, currency, internal=True)
    except LedgerError as error:
        raise BooksProblem(f"document {name} of the books cannot be read: {error}") from error


def _recorded(books: Path) -> Iterator[Recorded]:
    """Yield all recorded documents in order of their number: each file is in order, so the files are merged."""
    files = sorted((books / JOURNAL).glob("*/*.documents.ndjson"))
    return heapq.merge(*(_lines(path) for path in files), key=lambda line: line.seq)


def _lines(path: Path) -> Iterator[Recorded]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return  # a torn append: it was never complete, so it was never published
            try:
                yield read_line(line)
            except ValueError:
                raise BooksProblem(f"{path.name}:{number}: is not a document of ours") from None
