"""Files of an import page: which books they are for, what their documents are, read again only when something changed."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from importers.bounds import PREVIEW_DOCUMENTS_MAX
from importers.discovery import SUFFIXES, Mappings, Source, Stamp, list_sources, stamp
from importers.errors import BadFile
from importers.found import Found
from importers.reading import read_sources
from importers.report import ImportReport
from ledger.books.layout import MAIN, PRIVATE
from ledger.books.people import read_people
from ledger.chart import Chart
from ledger.errors import LedgerError
from ledger.progress import silent


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of files shows of one: the day of its last document, its name for filing."""

    date: datetime.date | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was read: its documents in the order of posting (no more than a preview may have), and what was refused."""

    documents: list[Found]
    report: ImportReport

    def summary(self, name: str) -> Summary:
        """Return what a list of files shows of it."""
        last = max((found.document.date for found in self.documents), default=None)
        sources = {found.document.source for found in self.documents}
        return Summary(datetime.date.fromisoformat(last) if last else None, f"{sources.pop()}.{name}" if len(sources) == 1 else None)


class PageFiles:
    """Reads files for one import page. Keeps the last one whole, of the others what a list of files shows."""

    def __init__(self, books: Path | None, mapping: Path | None) -> None:
        self._books = books
        self._mapping = mapping
        self._last: tuple[Stamp, FileRead] | None = None
        self._summaries: dict[str, tuple[Stamp, Summary]] = {}

    def holds_documents(self, path: Path) -> bool:
        """Say whether a file is for import: a table with a mapping, or another file with a document that can be read."""
        try:
            if path.suffix.lower() not in SUFFIXES:
                return False
            return any(source.mapping or self.read(path).report.documents for source in self._sources(path))
        except LedgerError:
            return False

    def summary(self, path: Path) -> Summary:
        """Summarise a file; one that cannot be read says why when it is extracted, and does not take the list of files with it."""
        try:
            now = stamp(self._sources(path))
            known = self._summaries.get(str(path))
            if known is None or known[0] != now:
                known = (now, self.read(path).summary(path.name))
                self._summaries[str(path)] = known
        except LedgerError:
            return Summary()
        return known[1]

    def read(self, path: Path) -> FileRead:
        """Read a file whole; BadFile or BadMapping where that cannot be."""
        sources = self._sources(path)
        now = stamp(sources)
        if self._last is None or self._last[0] != now:
            report = ImportReport()
            prepared = read_sources(sources, self.chart(path).currency, report, silent)
            self._last = (now, FileRead(list(islice(prepared.documents(), PREVIEW_DOCUMENTS_MAX)), report))
        return self._last[1]

    def chart(self, path: Path) -> Chart:
        """Return the chart of the books that a file is for."""
        return read_people(self.books(path)).chart

    def books(self, path: Path) -> Path:
        """Return the books that a file is for: those given, those of the environment, or those that it lies in."""
        if self._books is not None:
            return self._books
        if named := os.environ.get("ORDERLEDGER_BOOKS"):
            return Path(named)
        for folder in path.resolve().parents:
            if (folder / MAIN).is_file() and (folder / PRIVATE).is_dir():
                return folder
        raise BadFile(f"{path}: lies in no books; name them with ORDERLEDGER_BOOKS")

    def _sources(self, path: Path) -> list[Source]:
        return list_sources([path], Mappings(self.chart(path).currency, self._mapping, self.books(path) / "mappings"))
