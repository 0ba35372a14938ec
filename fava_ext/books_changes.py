"""Whether the books have changed since they were loaded: by the publisher's counter and the state of people's files.

The service's files are not looked at: their text changes before the counter does, and only the counter (of the view: its state)
says that it is whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from fava_ext.books_files import BooksFiles

Stamp = tuple[int, int, int]
"""When a file was written (ns), its size in bytes and its inode: an editor that replaces the file changes the last."""

UNSETTLED: Stamp = (-1, -1, -1)
"""Equals no stamp, so that the next look finds a change."""

CLOCK_SLACK_NS = 20_000_000
"""File times lag the clock by up to one tick of the kernel (4 or 10 ms)."""


class BooksChanges:
    """Remember what was loaded; call `started` before the text is read and `finished` after it was."""

    def __init__(self, books: BooksFiles) -> None:
        self._books = books
        self._version: str | None = None
        self._stamps: dict[Path, Stamp | None] = {}
        self._next_version: str | None = None
        self._next_stamps: dict[Path, Stamp | None] = {}
        self._started_ns = 0

    @property
    def version(self) -> str | None:
        """What the loaded text is of: the publisher's counter, or a stamp of the view; None before the first load."""
        return self._version

    def changed(self) -> bool:
        """Say whether a load would read anything new."""
        if self._version != self._books.version():
            return True
        return any(_stamp(path) != known for path, known in self._stamps.items())

    def started(self) -> None:
        """Note what there is before the text is read, so that a write during the load is seen afterwards."""
        self._started_ns = time.time_ns()
        self._next_version = self._books.version()
        self._next_stamps = {path: _stamp(path) for path in self._stamps}

    def finished(self, paths: Iterable[Path]) -> None:
        """Take over what `started` noted; `paths` are the files and folders that the loaded text depends on."""
        watched = [path for path in paths if not self._books.is_service_file(path)]
        self._stamps = {path: self._stamp_before(path) for path in watched}
        self._version = self._next_version

    def forget(self) -> None:
        """Take the books for changed until the next load has finished."""
        self._version = None

    def _stamp_before(self, path: Path) -> Stamp | None:
        if path in self._next_stamps:
            return self._next_stamps[path]
        # First seen by this load: written while it ran, it may have been read before or after.
        now = _stamp(path)
        return UNSETTLED if now is not None and now[0] >= self._started_ns - CLOCK_SLACK_NS else now


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
