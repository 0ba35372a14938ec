"""The first half of an import: every file is read, every document made and sorted, before anything is posted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from importers.bounds import DOCUMENTS_KEPT, PROGRESS_EVERY
from importers.discovery import Source, Stamp, stamp
from importers.division import Division, divide
from importers.errors import BadFile
from importers.found import Found
from importers.part_reading import PartReading, Record, document_sorter
from importers.parts import WHOLE
from importers.reader_messages import Named, Work
from importers.readers import can_start_processes, read_together
from importers.report import FileReport, ImportReport
from importers.source_part import SourcePart, put_together
from importers.spill import Runs, Sorter
from ledger.progress import Progress

_Read = tuple[Sorter[Record] | Runs[Record], list[list[SourcePart]]]
"""All documents, and for each source what its parts told."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All documents of an import, sorted; on the disk where they are many."""

    count: int
    _sources: list[tuple[Source, FileReport]]
    _records: Sorter[Record] | Runs[Record]

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

    Large files are read by several processes where there is a folder for what they make; the outcome is the same, whoever reads.
    Who keeps Python's cycle collector away gives `collect`, which is called now and then where something is refused.
    """
    listed = list(sources)
    division = divide(listed) if folder and can_start_processes() else None
    read = _read_together(listed, division, base_currency, progress, folder) if division else None
    records, told = read or _read_alone(listed, base_currency, progress, folder, collect)
    files = [put_together(parts, report) for parts in told]
    return Prepared(report.documents, list(zip(listed, files, strict=True)), records)


def _read_alone(
    sources: Sequence[Source], base_currency: str, progress: Progress, folder: Path | None, collect: Callable[[], None] | None
) -> _Read:
    def tell(_source: int, documents: int) -> None:
        if documents:
            progress("documents read", documents, None)

    records = document_sorter(DOCUMENTS_KEPT, folder)
    told = PartReading(base_currency, records, folder, PROGRESS_EVERY, tell, collect).read(sources, [WHOLE] * len(sources))
    return records, [[part] for part in told if part]


def _read_together(
    sources: Sequence[Source], division: Division, base_currency: str, progress: Progress, folder: Path | None
) -> _Read | None:
    named = tuple(Named(source.path, source.mapping.path if source.mapping else None, source.joined) for source in sources)
    sharers = len(division)
    kept_max = max(1, DOCUMENTS_KEPT // sharers)
    works = [Work(named, parts, sharers, base_currency, folder, -1, kept_max, PROGRESS_EVERY) for parts in division]
    before = _stamp(sources)
    read = read_together(works, progress)
    # Each process reads by itself: of a file that is written meanwhile they may see different rows.
    for was, now in zip(before, _stamp(sources), strict=True):
        if was != now:
            raise BadFile(f"{was[0]}: changed while it was read; import it again")
    return read


def _stamp(sources: Sequence[Source]) -> Stamp:
    try:
        return stamp(sources)
    except OSError as error:
        raise BadFile(f"{error.filename}: cannot be read: {error.strerror}") from None
