"""Keeps Fava's view beside the books: adds what was published to the days in full, and writes the index anew where closed days moved.

Everything happens under the publisher's lock. Order of steps: days in full (their text beyond the known length is cut off by the next
try), the index in one step, the state in one step, then the files of days that are closed now go. A kill in between leaves a view that
the next try, which works from the state on disk, brings to the same end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from sqlalchemy import Connection

from ledger.books.files import append, put
from ledger.books.layout import CLOSINGS, INDEX, VIEW, VIEW_INDEX, VIEW_MAIN, VIEW_STATE, entries_path, view_day_path
from ledger.books.lock import books_lock
from ledger.books.people import People
from ledger.chart import Chart
from ledger.store.database import Database
from ledger.view.blocks import new_blocks
from ledger.view.index_text import index_text
from ledger.view.main_text import view_main
from ledger.view.plan import detail_from
from ledger.view.state import ViewState

REST = 20
"""After the index was written it rests for so many times as long: entries on closed days, one after the other, cost a twentieth.

What needs the index is held back meanwhile as a whole, so that no open day takes from a lot that the view does not have yet.
"""

_ENTRIES = ".beancount"


class Done(Enum):
    """What was done: `INDEX` where it was written, `DAYS` where at most days in full grew, `NOT_YET` where the view rests."""

    INDEX = auto()
    DAYS = auto()
    NOT_YET = auto()


class ViewKeeper:
    """Keeps the view of one books directory."""

    def __init__(self, database: Database, books: Path, people: Callable[[], People]) -> None:
        self._database = database
        self._books = books
        self._people = people
        self._seen: tuple[int, People] | None = None
        self._shown = False
        self._rests_until = 0.0

    def is_due(self, published_seq: int) -> bool:
        """Tell whether `keep` could change anything: more is published, people's files are others, or somebody removed the view."""
        seen = self._seen
        gone = self._shown and not (self._books / VIEW_STATE).exists()
        return gone or seen is None or seen[0] != published_seq or seen[1] is not self._people()

    def keep(self, published_seq: int, *, at_once: bool = False) -> None:
        """Bring the view to what is published; while it rests only with what comes to the days in full, unless `at_once`."""
        started = time.thread_time()
        resting = not at_once and time.monotonic() < self._rests_until
        people = self._people()
        with books_lock(self._books, exclusive=True), self._database.reading() as connection:
            done = self._bring_up(connection, people.chart, resting=resting)
        if done == Done.INDEX:
            self._rests_until = time.monotonic() + REST * (time.thread_time() - started)
        if done != Done.NOT_YET:
            self._seen = (published_seq, people)

    def _bring_up(self, connection: Connection, chart: Chart, *, resting: bool) -> Done:
        """Make the view what it has to be."""
        boundary = detail_from(connection, chart.options)
        self._shown = boundary is not None
        if boundary is None:
            drop(self._books)
            return Done.DAYS
        sizes = _sizes(connection)
        old = ViewState.load(self._books)
        goes_on = old is not None and (self._books / VIEW_INDEX).exists() and old.goes_on(self._books, sizes, boundary)
        state = old if goes_on and old is not None else ViewState("")
        if not self._main_is_right():
            put(self._books, VIEW_MAIN, view_main(self._books))
        unread = state.unread(sizes)
        if state.boundary == boundary and not unread:
            return Done.DAYS
        days = {day: size for day, size in state.days.items() if day >= boundary}
        now = ViewState(boundary, dict(sizes), days)
        found, closed = self._read(state, now, unread)
        index = closed or state.boundary != boundary or not found.keys() <= days.keys()
        if index and resting:
            return Done.NOT_YET
        for day, text in found.items():
            days[day] = append(self._books, view_day_path(day), days.get(day, 0), text)
        if index:
            put(self._books, VIEW_INDEX, index_text(connection, chart, boundary, days).encode())
        now.save(self._books)
        self._clear(now)
        return Done.INDEX if index else Done.DAYS

    def _read(self, old: ViewState, now: ViewState, unread: list[str]) -> tuple[dict[str, bytes], bool]:
        """Return the new entries of each day in full, and whether any was of a closed day, or an account was opened."""
        days: dict[str, bytes] = {}
        closed = False
        for path in unread:
            if path in (INDEX, CLOSINGS):
                closed = closed or path == INDEX
            elif now.is_closed(path):
                closed = True
            else:
                found, earlier = new_blocks(self._books / path, old.start_of(path), now.read[path], now.boundary)
                closed = closed or earlier
                days |= found
        return days, closed

    def _main_is_right(self) -> bool:
        path = self._books / VIEW_MAIN
        return path.exists() and path.read_bytes() == view_main(self._books)

    def _clear(self, state: ViewState) -> None:
        """Remove the files of days that are closed now."""
        kept = {self._books / view_day_path(day) for day in state.days}
        for path in _day_files(self._books):
            if path not in kept:
                path.unlink()


def drop(books: Path) -> None:
    """Remove the view, if there is one: Fava opens the full books from then on. What is not of the view stays."""
    if not (books / VIEW).exists():
        return
    for name in (VIEW_INDEX, VIEW_STATE, VIEW_MAIN):
        (books / name).unlink(missing_ok=True)
    for path in _day_files(books):
        path.unlink()
    for folder in ((books / view_day_path("")).parent, books / VIEW):
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()


def _day_files(books: Path) -> list[Path]:
    return sorted((books / view_day_path("")).parent.glob(f"????-??-??{_ENTRIES}"))


def unread(connection: Connection, state: ViewState) -> list[str]:
    """Return the files whose text the view does not have yet."""
    return state.unread(_sizes(connection))


def _sizes(connection: Connection) -> dict[str, int]:
    sizes: dict[str, int] = dict(connection.exec_driver_sql("SELECT path, size FROM book_file").all())
    return {path: size for path, size in sizes.items() if _shows(path)}


def _shows(path: str) -> bool:
    """Tell whether a file of the service is one whose text the view shows: neither documents nor closing vouchers."""
    return path in (INDEX, CLOSINGS) or (path.endswith(_ENTRIES) and path == entries_path(path.rpartition("/")[2].removesuffix(_ENTRIES)))
