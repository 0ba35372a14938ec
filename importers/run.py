"""The use case: read files, sort their documents by date, post them, report.

A file that cannot be read stops it before anything is posted; a document that cannot be made stops only itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from importers.discovery import Mappings, list_sources
from importers.found import Found
from importers.reading import Prepared, read_sources
from importers.report import ImportReport
from importers.resume import Done, Resume, resume_of
from ledger.books.layout import PRIVATE
from ledger.collector import collector_between_batches
from ledger.documents.base import Document
from ledger.errors import LedgerError
from ledger.prefetch import in_batches
from ledger.progress import Progress, silent


class Row(Protocol):
    """A document's place in the journal."""

    @property
    def seq(self) -> int:
        """Return its number there."""


class Posted(Protocol):
    """The ledger's answer to a document that stands in the books."""

    @property
    def row(self) -> Row:
        """Return its place in the journal."""

    @property
    def replay(self) -> bool:
        """Say whether it stood there before."""


class Ledger(Protocol):
    """What an import needs of the ledger."""

    @property
    def currency(self) -> str:
        """Return the base currency."""

    @property
    def books(self) -> Path:
        """Return the books' folder; mappings of its own are in `mappings`."""

    def post_batches(self, batches: Iterable[Sequence[Document]]) -> Iterator[Sequence[Posted | LedgerError]]:
        """Post batches of documents, each document standing alone; yield the answers to each batch, in order, once it is durable."""

    def document(self, source: str, kind: str, number: str) -> dict[str, Any]:
        """Return what the books hold of a document; NotFound where they hold none."""


def import_paths(ledger: Ledger, paths: Sequence[Path], *, mapping: Path | None = None, progress: Progress = silent) -> ImportReport:
    """Import files or folders of files into the books and report.

    `mapping` is for all tables among `paths`. BadFile and BadMapping are raised before anything is posted. Importing the
    same files again changes nothing; an import that was stopped goes on where it was. Memory does not grow with the files.
    """
    started = time.monotonic()
    report = ImportReport()
    sources = list_sources(paths, Mappings(ledger.currency, mapping, ledger.books / "mappings"))
    resume = resume_of(ledger.books, sources, ledger.currency)
    with collector_between_batches() as collect:
        prepared = read_sources(sources, ledger.currency, report, progress, ledger.books / PRIVATE, collect)
    _Posting(ledger, report, resume, resume.start(prepared.documents(), ledger.document)).run(prepared, progress)
    resume.finish()
    report.refused.sort(key=lambda refusal: (refusal.file, refusal.row or 0))
    report.seconds = time.monotonic() - started
    return report


_Batch = list[tuple[int, Found]]
"""Documents with their places among all."""


class _Posting:
    """The second half of an import: documents go to the ledger in batches, each of which is acknowledged."""

    def __init__(self, ledger: Ledger, report: ImportReport, resume: Resume, before: Done) -> None:
        self._ledger = ledger
        self._report = report
        self._resume = resume
        self._before = before

    def run(self, prepared: Prepared, progress: Progress) -> None:
        """Post what is not known to be in the books."""
        with collector_between_batches() as collect:
            under_way: deque[_Batch] = deque()
            for answers in self._ledger.post_batches(self._sent(prepared, under_way)):
                batch = under_way.popleft()
                if self._note(batch, answers):
                    collect()
                if (done := batch[-1][0] + 1) < prepared.count:
                    progress("documents posted", done, prepared.count)
        progress("documents posted", prepared.count, prepared.count)

    def _sent(self, prepared: Prepared, under_way: deque[_Batch]) -> Iterator[list[Document]]:
        """Yield batches of documents; `under_way` has those that were not answered yet."""
        for batch in in_batches(self._left(prepared), lambda item: item[1].document):
            under_way.append(batch)
            yield [found.document for _, found in batch]

    def _left(self, prepared: Prepared) -> Iterator[tuple[int, Found]]:
        """Yield what is not known to be in the books, with its place among all."""
        for place, found in enumerate(prepared.documents()):
            if place < self._before.count and place not in self._before.refused:
                self._report.replayed += 1
                self._report.skipped += 1
                found.file.replayed += 1
                continue
            yield place, found

    def _note(self, batch: _Batch, answers: Sequence[Posted | LedgerError]) -> bool:
        """Report the answers and remember how far the import is; return whether some were refused: errors refer to themselves."""
        fresh = [found.document for place, found in batch if place >= self._before.count]
        refused: list[int] = []
        last: tuple[Document, int] | None = None
        for (place, found), answer in zip(batch, answers, strict=True):
            if isinstance(answer, LedgerError):
                self._report.refuse(found.refusal(answer), found.file)
                refused += [place] if place >= self._before.count else []
                continue
            if last is None or answer.row.seq > last[1]:
                last = (found.document, answer.row.seq)
            self._count(place, found, answer)
        self._resume.acknowledge(fresh, refused, last)
        return any(isinstance(answer, LedgerError) for answer in answers)

    def _count(self, place: int, found: Found, answer: Posted) -> None:
        if answer.replay:
            self._report.replayed += 1
            found.file.replayed += 1
        else:
            self._report.new += 1
            found.file.new += 1
        if place < self._before.count:
            self._resume.retried(place)
