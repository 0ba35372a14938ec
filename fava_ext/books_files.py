"""The books on disk as a reader sees them: whose a file is, the publisher's lock and counter. Knows nothing of Fava."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

SERVICE_FOLDERS = ("journal", "view", ".orderledger")
"""What the service writes, below the books folder; every other file belongs to people."""

LOCK_SECONDS_MAX = 30.0
"""How long a reader waits for the publisher, which holds its lock for one append and one fsync."""

LOCK_RETRY_SECONDS = 0.002
"""Pause between two tries: short beside an append, and 500 tries a second cost nothing."""


class BooksBusyError(Exception):
    """The publisher has kept its lock for longer than a reader waits."""


class SharedLock:
    """Keep the publisher from appending while text is read; may be let go before the `with` block ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> SharedLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Every reader opens the file for itself: flock belongs to the open file, so readers do not share one hold.
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._take(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + LOCK_SECONDS_MAX
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BooksBusyError("the books are being written, try again in a moment") from None
                time.sleep(LOCK_RETRY_SECONDS)

    def release(self) -> None:
        """Let the publisher go on; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class BooksFiles:
    """The files of one books folder; `root` is absolute, without symbolic links."""

    root: Path

    @classmethod
    def at(cls, folder: Path) -> BooksFiles:
        """Return the books in `folder`."""
        return cls(folder.resolve())

    @property
    def main(self) -> Path:
        """The file that includes all others."""
        return self.root / "main.beancount"

    def is_service_file(self, path: Path) -> bool:
        """Say whether only the service may write to `path`, however it is spelled."""
        target = (self.root / path).resolve()
        return any(target.is_relative_to((self.root / folder).resolve()) for folder in SERVICE_FOLDERS)

    def published_seq(self) -> str:
        """Return the number of the last published document as text, "0" before the first.

        The publisher replaces the file in one step, so that reading it needs no lock.
        """
        try:
            return (self.root / ".orderledger" / "published_seq").read_text(encoding="ascii").strip() or "0"
        except FileNotFoundError:
            return "0"

    @property
    def journal_index(self) -> Path:
        """The file by which people's main file includes the journal."""
        return self.root / "journal" / "index.beancount"

    def view_index(self) -> Path | None:
        """Return the file that stands for the journal while Fava shows the view, None where it shows the full books."""
        index = self.root / "view" / "index.beancount"
        return index if index.is_file() and self._view_state.is_file() else None

    def version(self) -> str:
        """Return a text that is another one whenever the service's files that Fava shows are: the view's, or the counter."""
        if self.view_index() is None:
            return self.published_seq()
        try:
            found = self._view_state.stat()
        except FileNotFoundError:
            return self.published_seq()
        return f"view {found.st_mtime_ns} {found.st_size} {found.st_ino}"

    @property
    def _view_state(self) -> Path:
        return self.root / "view" / "state.json"

    def shared_lock(self) -> SharedLock:
        """Return the lock under which the service's files are whole."""
        return SharedLock(self.root / ".orderledger" / "publish.lock")
