"""The books' text as one zip file: what `/export` and `orderledger export` give."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from ledger.books.layout import VIEW
from ledger.books.lock import books_lock

SUFFIXES = (".beancount", ".ndjson", ".toml")
"""Entries and chart, documents, and the mappings of imports."""


def book_files(books: Path) -> list[Path]:
    """Return the files of the books, relative to the directory; hidden folders (the store's), Fava's view and links are not."""
    found = []
    for path in books.rglob("*"):
        relative = path.relative_to(books)
        hidden = any(part.startswith(".") for part in relative.parts) or relative.parts[0] == VIEW
        if not hidden and path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
            found.append(relative)
    return sorted(found)


def write_zip(books: Path, target: IO[bytes]) -> int:
    """Write the books into `target` as they are between two appends of the publisher; return how many files."""
    with books_lock(books, exclusive=False), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        files = book_files(books)
        for relative in files:
            archive.write(books / relative, relative.as_posix())
    return len(files)


def copy_into(books: Path, directory: Path) -> int:
    """Copy the books into `directory`; return how many files."""
    with books_lock(books, exclusive=False):
        files = book_files(books)
        for relative in files:
            target = directory / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((books / relative).read_bytes())
    return len(files)
