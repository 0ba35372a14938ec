"""The use case: read files, sort their documents by date, post them, report.

A file that cannot be read stops it before anything is posted; a document that cannot be made stops only itself.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from importers.bounds import PROGRESS_EVERY
from importers.discovery import Mappings, list_files
from importers.errors import BadFile
from importers.found import Found
from importers.plain import PLAIN_SUFFIXES, plain_documents
from importers.report import FileReport, ImportReport, Refusal
from importers.tables import table_documents
from ledger import limits
from ledger.documents.base import Document
from ledger.errors import LedgerError

Progress = Callable[[int, int | None], None]
"""Called with the documents done and their number: None while files are still read, then once per batch posted."""

KIND_ORDER = (
    "purchase",
    "order",
    "payment",
    "shipment",
    "delivery",
    "event",
    "freight_bill",
    "return",
    "refund",
    "entry",
)
"""Order within a day: goods come in before they go out, what is referred to comes before what refers to it."""


class Posted(Protocol):
    """The ledger's answer to a document that stands in the books."""

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

    def post_outcomes(self, documents: Sequence[Document]) -> Sequence[Posted | LedgerError]:
        """Post documents in one commit, each standing alone; answer each in its place."""


def import_paths(
    ledger: Ledger,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import files or folders of files into the books and report.

    `mapping` is for all tables among `paths`. BadFile and BadMapping are raised before anything is posted. Importing the
    same files again changes nothing.
    """
    started = time.monotonic()
    report = ImportReport()
    with _young_garbage_only():
        mappings = Mappings(ledger.currency, mapping, ledger.books / "mappings")
        found = _read_all(ledger.currency, paths, mappings, report, progress)
        rank = {kind: i for i, kind in enumerate(KIND_ORDER)}
        found.sort(key=lambda item: (item.document.date, rank.get(item.document.kind, len(rank))))
        report.documents = len(found)
        _post_all(ledger, found, report, progress)
    report.refused.sort(key=lambda refusal: (refusal.file, refusal.row or 0))
    report.seconds = time.monotonic() - started
    return report


def _read_all(currency: str, paths: Iterable[Path], mappings: Mappings, report: ImportReport, progress: Progress | None) -> list[Found]:
    found: list[Found] = []
    for path in list_files(paths):
        file = FileReport(str(path))
        report.files.append(file)
        for item in _documents(path, currency, mappings, file):
            if isinstance(item, Refusal):
                report.refused.append(item)
                file.refused += 1
                continue
            file.documents[item.document.kind] = file.documents.get(item.document.kind, 0) + 1
            found.append(item)
            if progress and len(found) % PROGRESS_EVERY == 0:
                progress(len(found), None)
    return found


def _documents(path: Path, currency: str, mappings: Mappings, file: FileReport) -> Iterator[Found | Refusal]:
    try:
        if path.suffix.lower() in PLAIN_SUFFIXES:
            yield from plain_documents(path, currency, file)
        else:
            yield from table_documents(path, mappings.of(path), currency, file)
    except OSError as error:
        raise BadFile(f"{path}: cannot be read: {error.strerror}") from None


def _post_all(ledger: Ledger, found: Sequence[Found], report: ImportReport, progress: Progress | None) -> None:
    for start in range(0, len(found), limits.IMPORT_BATCH):
        batch = found[start : start + limits.IMPORT_BATCH]
        answers = ledger.post_outcomes([item.document for item in batch])
        for item, answer in zip(batch, answers, strict=True):
            _count(item, answer, report)
        if progress:
            progress(start + len(batch), len(found))


def _count(item: Found, answer: Posted | LedgerError, report: ImportReport) -> None:
    if isinstance(answer, LedgerError):
        report.refused.append(item.refusal(answer))
        item.file.refused += 1
    elif answer.replay:
        report.replayed += 1
        item.file.replayed += 1
    else:
        report.new += 1
        item.file.new += 1


@contextmanager
def _young_garbage_only() -> Iterator[None]:
    """Keep the collector from walking all documents again and again: they are many, and none is in a cycle."""
    thresholds = gc.get_threshold()
    gc.set_threshold(thresholds[0], thresholds[1], 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
