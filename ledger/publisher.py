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
from ledger.store.driver import fetch
from ledger.store.sql import mark
from ledger.view.keeper import ViewKeeper

LEASE_SECONDS = 15
LEASE_LEFT_SECONDS_MIN = 5.0
"""A lease that runs for less is extended before anything is written; each round that publishes extends it anyhow."""

POLL_SECONDS = 0.25
ROUND_SECONDS_MIN = 0.1
"""From the start of a round to the start of the next, in the background: three fsyncs and Python's lock are the posts' too, and a round
that takes what a few groups have committed costs hardly more than one for each of them. A post that comes alone is published at once."""

VIEW_SECONDS_MIN = 0.2
"""From one time that the view follows to the next, in the background: it costs as much as a round, and a page of Fava more than both."""

CHECKPOINT_SECONDS_MIN = 0.4
"""From one time that SQLite's log is brought into its file to the next: two fsyncs, which else some commit would make for all."""

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
        self._view_rests_until = 0.0
        self._view_waits = False
        self._log_rests_until = 0.0
        self.owner = owner_name()
        self.wake = threading.Event()
        self._stop = threading.Event()
        self._held_until = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Publish in a thread until `stop`; it looks after SQLite's log too."""
        self.database.leave_checkpoints()
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
        self.publish_text()
        seq = self.published_seq()
        self._keep_view(seq, at_once=True)
        return seq

    def publish_text(self) -> None:
        """Publish like `publish_all`, without Fava's view."""
        while self._waits() and self._lease() and self._publish_batch():
            pass

    def published_seq(self) -> int:
        """Return how far the books are."""
        with self.database.reading(anytime=True) as connection:
            return int(fetch(connection, "SELECT published_seq FROM publisher WHERE id = 1")[0][0])

    def _run(self) -> None:
        trouble = False
        while True:
            stopping = self._stop.is_set()
            try:
                self._round(stopping=stopping)
                trouble = False
            except (LedgerError, OSError) as error:
                if not trouble:
                    _log.error("publishing waits: %s", error)
                trouble = True
            if stopping:
                return
            self.wake.wait(self._pause())
            self.wake.clear()

    def _pause(self) -> float:
        """Return how long to wait where nobody calls, seconds: a view that rests is not left waiting once it has rested."""
        left = self._view_rests_until - time.monotonic()
        return max(min(POLL_SECONDS, left), 0.0) if self._view_waits else POLL_SECONDS

    def _round(self, *, stopping: bool) -> None:
        """Publish what waits, and what comes meanwhile."""
        while True:
            started = time.monotonic()
            published = self._waits() and self._lease() and self._publish_batch()
            self._keep_view(self.published_seq(), at_once=stopping and not published)
            if not published:
                return
            self._checkpoint()
            self._stop.wait(started + ROUND_SECONDS_MIN - time.monotonic())

    def _keep_view(self, seq: int, *, at_once: bool = False) -> None:
        """Let Fava's view follow, where this process may write. The books never wait for it: what hinders it is told once."""
        if self.view is None:
            return
        self._view_waits = not at_once and time.monotonic() < self._view_rests_until
        if self._view_waits:
            return
        try:
            if self.view.is_due(seq) and self._lease():
                self.view.keep(seq, at_once=at_once)
                self._view_rests_until = time.monotonic() + VIEW_SECONDS_MIN
            self._view_trouble = ""
        except (LedgerError, OSError) as error:
            self._view_rests_until = time.monotonic() + VIEW_RETRY_SECONDS
            if str(error) != self._view_trouble:
                _log.error("Fava's view waits: %s", error)
            self._view_trouble = str(error)

    def _checkpoint(self) -> None:
        if time.monotonic() >= self._log_rests_until:
            self.database.checkpoint()
            self._log_rests_until = time.monotonic() + CHECKPOINT_SECONDS_MIN

    def _waits(self) -> bool:
        with self.database.reading(anytime=True) as connection:
            return bool(fetch(connection, "SELECT 1 FROM outbox LIMIT 1"))

    def _lease(self) -> bool:
        """Tell whether this publisher is the one that writes, for some seconds at least; where nobody is, it becomes so."""
        started = time.monotonic()
        if self._held_until - started > LEASE_LEFT_SECONDS_MIN:
            return True
        with self.database.reading(anytime=True) as connection:
            holder = connection.exec_driver_sql("SELECT owner FROM publisher WHERE id = 1").scalar_one()
        gone = holder if is_gone(holder) else ""
        with self.database.writing() as connection:
            place, now = mark(connection), datetime.datetime.now(datetime.UTC)
            result = connection.exec_driver_sql(
                f"UPDATE publisher SET owner = {place}, expires = {place} "
                f"WHERE id = 1 AND (owner IN ({place}, {place}) OR owner = '' OR expires < {place})",
                (self.owner, _in_a_lease(now), self.owner, gone, now.isoformat()),
            )
        self._held_until = started + LEASE_SECONDS if result.rowcount == 1 else 0.0
        return result.rowcount == 1

    def _extend(self, connection: Connection) -> bool:
        """Extend the lease in the commit that says what was written; False where somebody else has it by now."""
        place = mark(connection)
        values = (_in_a_lease(datetime.datetime.now(datetime.UTC)), self.owner)
        result = connection.exec_driver_sql(f"UPDATE publisher SET expires = {place} WHERE id = 1 AND owner = {place}", values)
        return result.rowcount == 1

    def _release(self) -> None:
        self._held_until = 0.0
        try:
            with self.database.writing() as connection:
                place = mark(connection)
                connection.exec_driver_sql(f"UPDATE publisher SET owner = '' WHERE id = 1 AND owner = {place}", (self.owner,))
        except LedgerError as error:
            _log.warning("the publisher's lease runs out by itself: %s", error)

    def _publish_batch(self) -> bool:
        with books_lock(self.books, exclusive=True):
            with self.database.reading(anytime=True) as connection:
                rows = fetch(connection, f"SELECT id, seq, path, text FROM outbox ORDER BY id LIMIT {PUBLISH_BATCH}")
                sizes: dict[str, int] = dict(fetch(connection, "SELECT path, size FROM book_file"))
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
            started = time.monotonic()
            with self.database.writing() as connection:
                if not self._extend(connection):
                    self._held_until = 0.0
                    return False
                self._record(connection, grown, rows[-1][0], complete)
            self._held_until = started + LEASE_SECONDS
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


def _in_a_lease(now: datetime.datetime) -> str:
    return (now + datetime.timedelta(seconds=LEASE_SECONDS)).isoformat()
