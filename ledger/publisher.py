"""The publisher: carries what was committed from the store's outbox into the books, in commit order, exactly once.

One process holds the lease; posting never waits for it. Order of steps: append (or replace) and fsync the text, then record the new
sizes and drop the outbox rows in one commit. A kill in between leaves text beyond the recorded size, which the next append cuts off
and writes again, or a file that is replaced once more by the same text.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from pathlib import Path

from sqlalchemy import Connection

from ledger.books.files import REPLACED, append, replace, write_published_seq
from ledger.books.layout import INDEX, documents_path
from ledger.books.lock import books_lock
from ledger.errors import LedgerError
from ledger.limits import PUBLISH_BATCH
from ledger.owner import is_gone, owner_name
from ledger.store.database import Database
from ledger.store.sql import mark
from ledger.view.keeper import ViewKeeper

LEASE_SECONDS = 15
POLL_SECONDS = 0.25
VIEW_RETRY_SECONDS = 2.0
"""Pause after the view could not follow: people's files that cannot be read are read again each time."""

_DOCUMENTS_SUFFIX = documents_path("0000-00").rpartition(".")[2]
_log = logging.getLogger(__name__)


class Publisher:
    """Publishes the outbox of one store into one books directory."""

    def __init__(self, database: Database, books: Path, view: ViewKeeper | None = None) -> None:
        self.database = database
        self.books = books
        self.view = view
        self._view_trouble = ""
        self._view_tries_again = 0.0
        self.owner = owner_name()
        self.wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Publish in a thread until `stop`."""
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its last round."""
        self._stop.set()
        self.wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._release()

    def publish_all(self) -> int:
        """Publish until nothing is left, or another process has the lease; return the published seq. Fava's view is up to date then."""
        while self._waits() and self._lease():
            if not self._publish_batch():
                break
        seq = self.published_seq()
        self._keep_view(seq, at_once=True)
        return seq

    def published_seq(self) -> int:
        """Return how far the books are."""
        with self.database.reading(anytime=True) as connection:
            return int(connection.exec_driver_sql("SELECT published_seq FROM publisher WHERE id = 1").scalar_one())

    def _run(self) -> None:
        trouble = False
        while True:
            stopping = self._stop.is_set()
            try:
                while self._waits() and self._lease() and self._publish_batch():
                    self._keep_view(self.published_seq())
                self._keep_view(self.published_seq(), at_once=stopping)
                trouble = False
            except (LedgerError, OSError) as error:
                if not trouble:
                    _log.error("publishing waits: %s", error)
                trouble = True
            if stopping:
                return
            self.wake.wait(POLL_SECONDS)
            self.wake.clear()

    def _keep_view(self, seq: int, *, at_once: bool = False) -> None:
        """Let Fava's view follow, where this process may write. The books never wait for it: what hinders it is told once."""
        if self.view is None or (not at_once and time.monotonic() < self._view_tries_again):
            return
        try:
            if self.view.is_due(seq) and self._lease():
                self.view.keep(seq, at_once=at_once)
            self._view_trouble = ""
        except (LedgerError, OSError) as error:
            self._view_tries_again = time.monotonic() + VIEW_RETRY_SECONDS
            if str(error) != self._view_trouble:
                _log.error("Fava's view waits: %s", error)
            self._view_trouble = str(error)

    def _waits(self) -> bool:
        with self.database.reading(anytime=True) as connection:
            return connection.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1").first() is not None

    def _lease(self) -> bool:
        now = datetime.datetime.now(datetime.UTC)
        until = (now + datetime.timedelta(seconds=LEASE_SECONDS)).isoformat()
        with self.database.reading(anytime=True) as connection:
            holder = connection.exec_driver_sql("SELECT owner FROM publisher WHERE id = 1").scalar_one()
        gone = holder if is_gone(holder) else ""
        with self.database.writing() as connection:
            place = mark(connection)
            result = connection.exec_driver_sql(
                f"UPDATE publisher SET owner = {place}, expires = {place} "
                f"WHERE id = 1 AND (owner IN ({place}, {place}) OR owner = '' OR expires < {place})",
                (self.owner, until, self.owner, gone, now.isoformat()),
            )
            return result.rowcount == 1

    def _release(self) -> None:
        try:
            with self.database.writing() as connection:
                place = mark(connection)
                connection.exec_driver_sql(f"UPDATE publisher SET owner = '' WHERE id = 1 AND owner = {place}", (self.owner,))
        except LedgerError as error:
            _log.warning("the publisher's lease runs out by itself: %s", error)

    def _publish_batch(self) -> bool:
        with books_lock(self.books, exclusive=True):
            with self.database.reading(anytime=True) as connection:
                rows = connection.exec_driver_sql(f"SELECT id, seq, path, text FROM outbox ORDER BY id LIMIT {PUBLISH_BATCH}").fetchall()
                sizes: dict[str, int] = dict(connection.exec_driver_sql("SELECT path, size FROM book_file").all())
            if not rows:
                return False
            texts: dict[str, list[str]] = {}
            complete: int | None = None
            for _, seq, path, text in rows:
                texts.setdefault(path, []).append(text)
                if path.endswith(_DOCUMENTS_SUFFIX):
                    complete = seq
            grown = {}
            for path, pieces in sorted(texts.items(), key=lambda item: item[0] == INDEX):
                if path in REPLACED:
                    grown[path] = replace(self.books, path, sizes.get(path, 0), pieces[-1].encode())
                else:
                    grown[path] = append(self.books, path, sizes.get(path, 0), "".join(pieces).encode())
            with self.database.writing() as connection:
                self._record(connection, grown, rows[-1].id, complete)
            if complete is not None:
                write_published_seq(self.books, complete)
        return True

    def _record(self, connection: Connection, grown: dict[str, int], last_row: int, seq: int | None) -> None:
        place = mark(connection)
        for path, size in grown.items():
            connection.exec_driver_sql(
                f"INSERT INTO book_file (path, size) VALUES ({place}, {place}) ON CONFLICT (path) DO UPDATE SET size = excluded.size",
                (path, size),
            )
        connection.exec_driver_sql(f"DELETE FROM outbox WHERE id <= {place}", (last_row,))
        if seq is not None:
            connection.exec_driver_sql(f"UPDATE publisher SET published_seq = {place} WHERE id = 1", (seq,))
