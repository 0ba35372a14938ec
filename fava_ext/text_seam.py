"""The one module that touches how Beancount reads text while Fava loads; what it relies on is pinned with Beancount's version.

- `beancount.loader._parse_recursive`, the part of a load that reads text: the publisher goes on as soon as it has ended;
- `beancount.parser.parser.parse_file`, which says what a file includes: the view stands in the journal's place there, so that people's
  main file, its options and its paths are the same for the full books and for the view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.parser import parser

from fava_ext.books_files import BooksFiles, SharedLock


@dataclass(frozen=True, slots=True)
class Reading:
    """One load: the lock that it holds, the journal's index, and what is read instead of it (None: the journal itself)."""

    lock: SharedLock
    journal: Path
    view: Path | None


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading(books: BooksFiles, lock: SharedLock) -> Iterator[None]:
    """Read text for Fava: the view where there is one, and without the lock once all text is read."""
    token = _reading.set(Reading(lock, books.journal_index, books.view_index()))
    try:
        yield
    finally:
        _reading.reset(token)


_read_text = loader._parse_recursive
_parse_file: Any = parser.parse_file


def _read_text_and_release(*args: Any, **options: Any) -> Any:
    """Read all text, then let the publisher go on: booking and drawing take several times as long."""
    try:
        return _read_text(*args, **options)
    finally:
        if now := _reading.get():
            now.lock.release()


def _parse_with_view(file: Any, *args: Any, **options: Any) -> Any:
    """Parse a file; where it includes the journal, it includes the view."""
    entries, errors, found = _parse_file(file, *args, **options)
    now = _reading.get()
    if now is not None and now.view is not None:
        folder = Path(file).parent
        found["include"] = [str(now.view) if (folder / path).resolve() == now.journal else path for path in found["include"]]
    return entries, errors, found


loader._parse_recursive = _read_text_and_release
parser.parse_file = _parse_with_view
