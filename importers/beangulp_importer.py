"""The importer for beangulp and Fava's import page: shows what a file's documents would post, marks what is in the books.

It posts nothing, and what it shows is not for saving: `orderledger import` (or the API) posts, once. See `importers.preview`.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import beangulp
from beancount.core import data
from beangulp import testing

from importers.bounds import PREVIEW_DOCUMENTS_MAX
from importers.errors import BadFile
from importers.page_files import PageFiles
from importers.preview import DUPLICATE, dry_run
from importers.report import Refusal
from ledger.service import Ledger


class DocumentsImporter(beangulp.Importer):
    """Shows the documents of tables (by their mapping), NDJSON and JSON.

    `books` is the books' folder: by default ORDERLEDGER_BOOKS, else the folder around the file that holds books. `mapping` is for
    all tables. `account` is where beangulp files what was imported: by default the account of the role `receivable`. `store` is the
    store's URL: by default ORDERLEDGER_STORE, else the one beside the books.
    """

    def __init__(
        self,
        books: str | Path | None = None,
        *,
        mapping: str | Path | None = None,
        account: str | None = None,
        store: str | None = None,
    ) -> None:
        self._files = PageFiles(Path(books) if books else None, Path(mapping) if mapping else None)
        self._account = account
        self._store = store

    @property
    def name(self) -> str:
        """Return the name that people choose the importer by."""
        return "orderledger"

    def identify(self, filepath: str) -> bool:
        """Say whether the file holds documents: a table needs a mapping, other files at least one document that can be read."""
        return self._files.holds_documents(Path(filepath))

    def account(self, filepath: str) -> str:
        """Return the account to file it under."""
        return self._account or self._files.chart(Path(filepath)).account("receivable")

    def date(self, filepath: str) -> datetime.date | None:
        """Return the day of its last document."""
        return self._files.summary(Path(filepath)).date

    def filename(self, filepath: str) -> str | None:
        """Return its name with the source of its documents before it, where there is one source."""
        return self._files.summary(Path(filepath)).name

    def extract(self, filepath: str, existing: Sequence[Any]) -> list[Any]:
        """Return what the documents would post, and a note for each that is refused; those in the books are marked."""
        read = self._files.read(Path(filepath))
        if read.report.documents > PREVIEW_DOCUMENTS_MAX:
            count = f"{read.report.documents} documents, more than a preview shows ({PREVIEW_DOCUMENTS_MAX})"
            raise BadFile(f"{filepath}: makes {count}; post it with orderledger import")
        store = self._store or os.environ.get("ORDERLEDGER_STORE") or None
        ledger = Ledger.open(self._files.books(Path(filepath)), store)
        try:
            entries, refused = dry_run(ledger, read.documents)
        finally:
            ledger.close()
        return entries + [self._note(filepath, refusal) for refusal in [*read.report.refused, *refused]]

    def deduplicate(self, entries: Sequence[Any], existing: Sequence[Any]) -> None:
        """Mark entries whose own document is in the books, by its link and nothing else: equal orders of one day are no duplicates."""
        known: dict[str, Any] = {}
        for entry in existing:
            if isinstance(entry, data.Transaction) and "document" in entry.meta:
                known.update((link, entry) for link in entry.links if link not in known)
        for entry in entries:
            if isinstance(entry, data.Transaction):
                same = next((known[link] for link in sorted(entry.links) if link in known), None)
                if same is not None:
                    entry.meta[DUPLICATE] = same

    def _note(self, filepath: str, refusal: Refusal) -> Any:
        date = self.date(filepath) or datetime.date.today()
        meta = data.new_metadata(filepath, refusal.row or 0)
        return data.Note(meta, date, self.account(filepath), f"refused: {refusal}".replace('"', "'"), None, None)


if __name__ == "__main__":
    testing.main(DocumentsImporter())
