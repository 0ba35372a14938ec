"""Reads files, or one part of each, in one process: documents go to a sorter, what else is found is told by file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from importers.bounds import REFUSALS_KEPT
from importers.discovery import Source
from importers.errors import BadFile
from importers.found import Found
from importers.joins import Joined
from importers.parts import Part, Place
from importers.plain import plain_documents
from importers.posting_order import PostingKey, posting_key
from importers.report import FileReport, Refusal, Sums
from importers.source_part import SourcePart
from importers.spill import Sorter
from importers.tables import table_documents
from ledger.documents.base import Document
from ledger.documents.packing import reducers
from ledger.prefetch import weight

Record = tuple[PostingKey, list[int], Document]
"""A document with its place in the order of posting, and its rows."""

PLACE = itemgetter(0)
"""What records are sorted by."""

Tell = Callable[[int, int], None]
"""Called as each source begins, and then after so many documents and refusals: the number of the source, the documents so far."""

Collect = Callable[[], None]
"""Lets the cycle collector look at what was made since the last time."""


def document_sorter(kept_max: int, folder: Path | None, *, sharers: int = 1, file: BinaryIO | None = None) -> Sorter[Record]:
    """Return what sorts the documents of an import, or of one of `sharers` parts of it: a carrier's bill counts by what it names."""
    return Sorter(
        PLACE, kept_max=kept_max, weight=lambda record: weight(record[2]), folder=folder, reducers=reducers(), sharers=sharers, file=file
    )


class PartReading:
    """One process's part of an import. `tell` and `collect` are called after every `every` documents and refusals."""

    def __init__(
        self, base_currency: str, records: Sorter[Record], folder: Path | None, every: int, tell: Tell, collect: Collect | None
    ) -> None:
        self._base_currency = base_currency
        self._records = records
        self._folder = folder
        self._every = every
        self._tell = tell
        self._collect = collect
        self._documents = 0
        self._refused = 0
        self._collected = 0

    def read(self, sources: Sequence[Source], parts: Sequence[Part | None]) -> list[SourcePart | None]:
        """Read the part of each source that is ours, None where it is not; LedgerError where that cannot be."""
        both = enumerate(zip(sources, parts, strict=True))
        return [self._read(number, source, part) if part else None for number, (source, part) in both]

    def _read(self, number: int, source: Source, part: Part) -> SourcePart:
        told = SourcePart(FileReport(str(source.path)), Sums(source.mapping.totals if source.mapping else ()))
        self._tell(number, self._documents)
        for items, (place, item) in enumerate(self._items(source, told, part), start=1):
            if isinstance(item, Refusal):
                self._refused += 1
                told.refuse(place, item, name=self._refused <= REFUSALS_KEPT)
            else:
                told.count(item.document.kind, place)
                self._records.add((posting_key(item, number), item.rows, item.document))
                self._documents += 1
            if items % self._every == 0:
                self._tell(number, self._documents)
                self._collect_refused()
        return told

    def _collect_refused(self) -> None:
        """Let the collector look only where something was refused: what that leaves behind refers to itself, documents do not."""
        if self._collect and self._refused > self._collected:
            self._collected = self._refused
            self._collect()

    def _items(self, source: Source, told: SourcePart, part: Part) -> Iterator[tuple[Place, Found | Refusal]]:
        try:
            if source.mapping is None:
                yield from plain_documents(source.path, self._base_currency, told.file, part)
                return
            joined = [_joined(source, i, told) for i in range(len(source.joined))]
            yield from table_documents(source.path, source.mapping, self._base_currency, told, joined, self._folder, part)
        except OSError as error:
            raise BadFile(f"{source.path}: cannot be read: {error.strerror}") from None


def _joined(source: Source, i: int, told: SourcePart) -> Joined:
    assert source.mapping is not None
    path = source.joined[i]
    file = FileReport(str(path), mapping=str(source.mapping.path), joined_by=source.path.name)
    told.joined.append(file)
    return Joined(source.mapping.joins[i], path, file)
