"""Writing the service's files so that a kill at any instruction loses and doubles nothing.

Entries and documents are appended; the index and the closings, which are derived and short, are replaced in one piece. The store
knows how long each file is. What lies beyond that length is a torn append of ours, which is cut off and written again, or somebody
else's text, which is moved aside and never thrown away.
"""

from __future__ import annotations

import os
from pathlib import Path

from ledger.books.layout import CLOSINGS, INDEX, PRIVATE, PUBLISHED_SEQ
from ledger.errors import BooksProblem
from ledger.journal.closings_file import HEAD

INDEX_HEAD = (
    '; Written by orderledger: what the journal includes, and the accounts and commodities it opened.\ninclude "closings.beancount"\n'
)
WITH_HEAD = {INDEX: INDEX_HEAD, CLOSINGS: HEAD}
"""Files that exist from the start, with a first line of their own."""

REPLACED = frozenset([CLOSINGS])
"""Files whose text in the outbox is the whole file."""


def append(books: Path, relative: str, known_size: int, data: bytes) -> int:
    """Append `data` to a file that should be `known_size` bytes long; return its new size. Durable when it returns."""
    path = books / relative
    new = not path.exists()
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if relative in WITH_HEAD and known_size == 0:
            known_size = len(WITH_HEAD[relative].encode())
        if size < known_size:
            raise BooksProblem(f"{relative} has {size} bytes where {known_size} were written: run `orderledger rebuild`")
        if size > known_size:
            _cut(books, descriptor, relative, known_size, size, data)
        os.pwrite(descriptor, data, known_size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        sync_folder(path.parent)
    return known_size + len(data)


def replace_index(books: Path, text: str) -> int:
    """Write the index anew, in one piece; return its size in bytes."""
    return put(books, INDEX, (INDEX_HEAD + text).encode())


def replace(books: Path, relative: str, known_size: int, data: bytes) -> int:
    """Put `data` in the place of a file that should be `known_size` bytes long; return its new size. Doing it again changes nothing.

    What is not as long as it should be, and not `data` of a try before, is somebody else's: it is kept aside.
    """
    path = books / relative
    if known_size == 0:
        known_size = len(WITH_HEAD[relative].encode())
    found = path.read_bytes() if path.exists() else b""
    if found not in (b"", data) and len(found) != known_size:
        _set_aside(books, relative, known_size, found)
    return put(books, relative, data)


def put(books: Path, relative: str, data: bytes) -> int:
    """Write a whole file in one step, durably; return its size in bytes."""
    target = books / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = books / PRIVATE / f"{target.name}.new"
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)
    return len(data)


def write_published_seq(books: Path, seq: int) -> None:
    """Tell readers how far the books are; replaced in one piece."""
    target = books / PUBLISHED_SEQ
    temporary = target.with_suffix(".new")
    temporary.write_text(f"{seq}\n", encoding="ascii")
    temporary.replace(target)


def _cut(books: Path, descriptor: int, relative: str, known_size: int, size: int, data: bytes) -> None:
    tail = os.pread(descriptor, size - known_size, known_size)
    if not data.startswith(tail):
        _set_aside(books, relative, known_size, tail)
    os.ftruncate(descriptor, known_size)


def _set_aside(books: Path, relative: str, known_size: int, text: bytes) -> None:
    aside = books / PRIVATE / "set-aside" / f"{relative.replace('/', '_')}.{known_size}"
    aside.parent.mkdir(parents=True, exist_ok=True)
    if not aside.exists():
        aside.write_bytes(text)
        sync_folder(aside.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new files of a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
