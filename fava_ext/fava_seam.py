"""The one module of the server that touches Fava's internals; everything it relies on is pinned with Fava's version.

Fava reloads where it always does (`FavaLedger.changed`), but what counts as a change, when text is read and which files
it may write to is ours:

- `FavaLedger`: `load_file`, `changed`, and the attributes `watcher` and `file` that its constructor fills;
- `WatcherBase` and `FileModule`, of which we put subclasses there;
- `create_app` and its `config["LEDGERS"]`, of which Fava calls `[slug]`, `first_slug` and `items`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import ItemsView, Iterable, Sequence
from http import HTTPStatus
from os import walk
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fava.application import create_app
from fava.beans.abc import Directive
from fava.beans.funcs import get_position
from fava.core import FavaLedger
from fava.core.file import FileModule, find_insert_position
from fava.core.watcher import WatcherBase
from fava.json_api import FavaJSONAPIError
from fava.util import slugify
from flask import has_request_context, request

from fava_ext.books_changes import BooksChanges
from fava_ext.books_files import BooksBusyError, BooksFiles
from fava_ext.request_gate import RequestGate
from fava_ext.text_seam import reading
from ledger.collector import without_collector

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLL_REST = 5
"""An open page asks every 5 s whether it is stale. Such a question starts a load only after this many times the length
of the last one, so that a page left open over busy books does not keep a processor to itself."""


class ServiceFileError(FavaJSONAPIError):
    """Only the service writes to this file."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is written by orderledger alone and was not changed: what is posted stays as it is. "
            "Correct it with a reversal or another document; entries by hand belong in manual.beancount."
        )


class BooksWatcher(WatcherBase):
    """Answer Fava's question for changes from `BooksChanges`, without a thread and without reading journal files."""

    def __init__(self, changes: BooksChanges) -> None:
        self.last_checked = 0
        self.last_notified = 0
        self._changes = changes

    def update(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Take the paths of the text that was just loaded; a document added to a folder changes that folder's time."""
        below = [Path(place) for folder in folders for place, _, _ in walk(folder)]
        self._changes.finished([*files, *folders, *below])
        # Fava's pages compare this number with the one they were drawn at.
        self.last_checked = max(self.last_checked + 1, time.time_ns())

    def check(self) -> bool:
        """Say whether the books have changed."""
        return self._changes.changed()

    def _get_latest_mtime(self) -> int:
        return self.last_checked


class BooksFileModule(FileModule):
    """Fava's reading and writing of source files, closed for the service's files."""

    def __init__(self, ledger: BooksLedger) -> None:
        super().__init__(ledger)
        self._books = ledger.books

    def refuse_service_file(self, path: Path) -> None:
        """Raise when only the service may write to `path`."""
        if self._books.is_service_file(path):
            raise ServiceFileError(path)

    def refuse_service_entry(self, entry_hash: str) -> None:
        """Raise when the entry stands in one of the service's files."""
        self.refuse_service_file(Path(get_position(self.ledger.get_entry(entry_hash))[0]))

    def get_source(self, path: Path) -> tuple[str, str]:
        """Return a file's text and digest, never with half an entry at its end."""
        with self._books.shared_lock():
            return super().get_source(path)

    def set_source(self, path: Path, source: str, sha256sum: str) -> str:
        """Replace a people's file."""
        self.refuse_service_file(path)
        return super().set_source(path, source, sha256sum)

    def insert_metadata(self, entry_hash: str, basekey: str, value: str) -> None:
        """Add metadata to an entry of a people's file."""
        self.refuse_service_entry(entry_hash)
        super().insert_metadata(entry_hash, basekey, value)

    def save_entry_slice(self, entry_hash: str, source_slice: str, sha256sum: str) -> str:
        """Replace an entry of a people's file."""
        self.refuse_service_entry(entry_hash)
        return super().save_entry_slice(entry_hash, source_slice, sha256sum)

    def delete_entry_slice(self, entry_hash: str, sha256sum: str) -> None:
        """Delete an entry of a people's file."""
        self.refuse_service_entry(entry_hash)
        super().delete_entry_slice(entry_hash, sha256sum)

    def insert_entries(self, entries: Sequence[Directive]) -> None:
        """Add entries to people's files: all of them or, when one would go to a service's file, none."""
        # Fava does the same first; the options must be those that it goes by.
        self.ledger.changed()
        options = self.ledger.fava_options
        default = options.default_file or self.ledger.beancount_file_path
        for entry in entries:
            self.refuse_service_file(Path(find_insert_position(entry, options.insert_entry, default)[0]))
        super().insert_entries(entries)


class BooksLedger(FavaLedger):
    """Fava's ledger over one books folder."""

    def __init__(self, books: BooksFiles) -> None:
        self.books = books
        self.gate = RequestGate()
        self.changes = BooksChanges(books)
        self._load_seconds = 0.0
        self._loaded_at = 0.0
        # The constructor loads the books. poll_watcher: it shall start no threads, the watcher is replaced anyway.
        super().__init__(str(books.main), poll_watcher=True)
        self.file = BooksFileModule(self)

    def load_file(self) -> None:
        """Load the books, and hold the publisher's lock while their text is read."""
        if not isinstance(self.watcher, BooksWatcher):
            self.watcher = BooksWatcher(self.changes)  # type: ignore[assignment] # Fava names its two, means their base
        start = time.monotonic()
        with self.books.shared_lock() as lock, reading(self.books, lock), without_collector():
            self.changes.started()
            try:
                super().load_file()
            except BaseException:
                # An extension may fail after the text was taken over; what is loaded is then neither old nor new.
                self.changes.forget()
                raise
        self._loaded_at = time.monotonic()
        self._load_seconds = self._loaded_at - start
        log.info("books loaded at %s in %.2f s", self.changes.version, self._load_seconds)

    def changed(self) -> bool:
        """Reload when the books have changed; say whether they had."""
        if not self.watcher.check() or self._is_early_poll():
            return False
        with self.gate.changing():
            # Another request may have loaded them while this one waited for its turn.
            if self.watcher.check():
                self.load_file()
        return True

    def _is_early_poll(self) -> bool:
        if not has_request_context() or request.endpoint != "json_api.get_changed":
            return False
        return time.monotonic() - self._loaded_at < POLL_REST * self._load_seconds


class OneLedger:
    """What Fava asks of its list of ledgers, for one that is loaded already."""

    def __init__(self, ledger: BooksLedger) -> None:
        self._ledger = ledger

    def __getitem__(self, slug: str) -> BooksLedger:
        return dict(self.items())[slug]

    def first_slug(self) -> str:
        """Return the word for these books in Fava's addresses; it comes from their title."""
        return slugify(self._ledger.options["title"]) or slugify(self._ledger.beancount_file_path)

    def items(self) -> ItemsView[str, BooksLedger]:
        """Return the one pair of slug and ledger."""
        return {self.first_slug(): self._ledger}.items()


def create_books_app(books: BooksFiles) -> WSGIApplication:
    """Load the books and return Fava for them."""
    ledger = BooksLedger(books)
    app = create_app([str(books.main)], poll_watcher=True)
    app.config["LEDGERS"] = OneLedger(ledger)
    app.before_request(lambda: _refuse_moving_service_files(ledger))
    app.register_error_handler(BooksBusyError, lambda error: ({"error": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE))
    inner: WSGIApplication = app.wsgi_app

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/static/"):
            return inner(environ, start_response)
        only_reads = environ["REQUEST_METHOD"] in READING_METHODS
        # Fava draws a page before it returns; what is left to send needs no gate.
        with ledger.gate.reading() if only_reads else ledger.gate.changing():
            return inner(environ, start_response)

    return application


def _refuse_moving_service_files(ledger: BooksLedger) -> None:
    """Raise when Fava's handling of attached files would write to the service's folders."""
    file = ledger.file
    assert isinstance(file, BooksFileModule)
    body: Any = request.get_json(silent=True) if request.is_json else None
    match request.endpoint:
        case "json_api.delete_document":
            file.refuse_service_file(Path(request.args.get("filename", "")))
        case "json_api.put_move" if isinstance(body, dict):
            file.refuse_service_file(Path(str(body.get("filename", ""))))
        case "json_api.put_add_document":
            file.refuse_service_file(ledger.join_path(request.form.get("folder", "")))
            # Fava stores the upload first and only then writes its name to the entry.
            if entry_hash := request.form.get("hash"):
                file.refuse_service_entry(entry_hash)
        case "json_api.put_upload_import_file":
            file.refuse_service_file(ledger.join_path(*ledger.fava_options.import_dirs[:1]))
