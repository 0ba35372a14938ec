"""The documents files against the store: every line is the document that was recorded, in its place."""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.books.layout import documents_path
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.store.driver import stream

OPEN_FILES_MAX = 100
"""Files of months that are open at once: documents come nearly in order of their months, and systems allow some 1,000."""

_DOCUMENT = b',"document":'
_PLAIN = rb'"[^"\\\x00-\x1f]*"'
_ENTRY = rb'\{"voucher":%b,"hash":%b\}' % (_PLAIN, _PLAIN)
_HEAD = re.compile(
    rb'\{"seq":([1-9][0-9]*),"recorded_at":%b,(?:"rate":%b,)?"digest":"sha256:([0-9a-f]{64})","entries":\[(?:%b(?:,%b)*)?\]'
    % (_PLAIN, _PLAIN, _ENTRY, _ENTRY)
)
"""What nearly all lines have before their document: JSON, as `document_line` writes it, without escapes in it."""

Problems = dict[str, str]
"""Month -> what is wrong first in its file."""


def problems_by_month(context: Context, books: Path, months: Iterable[str], progress: Progress) -> Problems:
    """Walk the documents once and read the files of these months beside; a file that is missing is not told here."""
    found: Problems = {}
    read: dict[str, int] = {}
    with _files(books) as files:
        rows = stream(context.connection, "SELECT seq, SUBSTR(date, 1, 7), digest, source, kind, number FROM document ORDER BY seq")
        for seq, month, recorded, *name in rows:
            place = read[month] = read.get(month, 0) + 1
            if place == 1 and not files.exists(month):
                found[month] = ""
            if month in found:
                continue
            if not _is_document(files.line(month), seq, recorded):
                found[month] = f"{documents_path(month)}:{place}: document {'/'.join(name)} does not stand here as it was recorded"
            if place % STEP == 0:
                progress(documents_path(month), place, None)
        for month in months:
            if month not in found and files.exists(month) and files.line(month):
                found[month] = f"{documents_path(month)}: lines beyond the last document of the month"
    return {month: problem for month, problem in found.items() if problem}


class _Files:
    """The files of months, each read on from where it was left."""

    def __init__(self, books: Path) -> None:
        self._books = books
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()
        self._left: dict[str, int] = {}

    def exists(self, month: str) -> bool:
        """Tell whether a month has a file."""
        return (self._books / documents_path(month)).exists()

    def line(self, month: str) -> bytes:
        """Return the next line of a month's file, nothing at its end."""
        file = self._open.get(month)
        if file is None:
            if len(self._open) >= OPEN_FILES_MAX:
                other, oldest = self._open.popitem(last=False)
                self._left[other] = oldest.tell()
                oldest.close()
            file = self._open[month] = (self._books / documents_path(month)).open("rb")
            file.seek(self._left.get(month, 0))
        return file.readline()

    def close(self) -> None:
        """Close all of them."""
        for file in self._open.values():
            file.close()


@contextmanager
def _files(books: Path) -> Iterator[_Files]:
    files = _Files(books)
    try:
        yield files
    finally:
        files.close()


def _is_document(line: bytes, seq: int, recorded: str) -> bool:
    head, _, text = line.partition(_DOCUMENT)  # quotes inside of text are escaped, so nothing before the document can look like this
    if hashlib.sha256(text.removesuffix(b"}\n")).hexdigest() != recorded:
        return False
    usual = _HEAD.fullmatch(head)
    if usual is not None:
        return int(usual[1]) == seq and usual[2].decode() == recorded
    try:
        value = json.loads(head.decode("utf-8", "replace") + "}")
        return bool(value["seq"] == seq and value["digest"].removeprefix("sha256:") == recorded)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
