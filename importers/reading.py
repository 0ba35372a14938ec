"""The first half of an import: every file is read, every document made and sorted, before anything is posted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from importers.bounds import DOCUMENTS_KEPT, PROGRESS_EVERY
from importers.discovery import Source
from importers.errors import BadFile
from importers.found import Found
from importers.joins import Joined
from importers.plain import plain_documents
from importers.posting_order import PostingKey, posting_key
from importers.report import FileReport, ImportReport, Refusal
from importers.spill import Sorter
from importers.tables import table_documents
from ledger.documents.base import Document
from ledger.documents.packing import reducers
from ledger.progress import Progress

_Record = tuple[PostingKey, list[int], Document]


@dataclass(frozen=True, slots=True)
class Prepared:
    """All documents of an import, sorted; on the disk where they are many."""

    count: int
    _sources: list[tuple[Source, FileReport]]
    _records: Sorter[_Record]

    def documents(self) -> Iterator[Found]:
        """Yield the documents in the order of posting; each call starts anew."""
        for key, rows, document in self._records.sorted():
            source, file = self._sources[key[2]]
            plan = source.mapping.documents[key[4]] if source.mapping else None
            yield Found(document, file, rows, (key[3], key[4]), plan)


def read_sources(
    sources: Iterable[Source],
    base_currency: str,
    report: ImportReport,
    progress: Progress,
    folder: Path | None = None,
    collect: Callable[[], None] | None = None,
) -> Prepared:
    """Read every file; what cannot be made goes to `report`. `folder` is for what memory does not hold.

    Who keeps Python's cycle collector away gives `collect`, which is called now and then: what a refusal leaves behind refers to itself.
    """
    records: Sorter[_Record] = Sorter(itemgetter(0), kept_max=DOCUMENTS_KEPT, folder=folder, reducers=reducers())
    read: list[tuple[Source, FileReport]] = []
    for number, source in enumerate(sources):
        file = FileReport(str(source.path))
        read.append((source, file))
        report.files.append(file)
        for items, item in enumerate(_documents(source, base_currency, report, file, folder), start=1):
            if collect and items % PROGRESS_EVERY == 0:
                collect()
            if isinstance(item, Refusal):
                report.refuse(item, file)
                continue
            kind = item.document.kind
            file.documents[kind] = file.documents.get(kind, 0) + 1
            records.add((posting_key(item, number), item.rows, item.document))
            report.documents += 1
            if report.documents % PROGRESS_EVERY == 0:
                progress("documents read", report.documents, None)
    return Prepared(report.documents, read, records)


def _documents(
    source: Source, base_currency: str, report: ImportReport, file: FileReport, folder: Path | None
) -> Iterator[Found | Refusal]:
    try:
        if source.mapping is None:
            yield from plain_documents(source.path, base_currency, file)
            return
        joined = [_joined(source, i, report) for i in range(len(source.joined))]
        yield from table_documents(source.path, source.mapping, base_currency, file, joined, folder)
    except OSError as error:
        raise BadFile(f"{source.path}: cannot be read: {error.strerror}") from None


def _joined(source: Source, i: int, report: ImportReport) -> Joined:
    assert source.mapping is not None
    path = source.joined[i]
    file = FileReport(str(path), mapping=str(source.mapping.path), joined_by=source.path.name)
    report.files.append(file)
    return Joined(source.mapping.joins[i], path, file)
