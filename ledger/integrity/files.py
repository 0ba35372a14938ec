"""The books against the store: every block of text and every document line is the one that was committed, in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ledger.books.layout import CLOSINGS, INDEX, closing_path, entries_path
from ledger.integrity.document_lines import problems_by_month
from ledger.journal.closings_file import closings_text
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.store.driver import stream
from ledger.store.period_events import period_events
from ledger.store.sql import mark

_HASH = '  hash: "'
_CHUNK = 1024 * 1024
"""Bytes of a file that are read at once."""


def problems(context: Context, books: Path, progress: Progress) -> Iterator[str]:
    """Read every file of the service once and compare it with the store; names file and line of what differs."""
    waiting = context.connection.exec_driver_sql("SELECT COUNT(*) FROM outbox").scalar_one()
    if waiting:
        yield f"{waiting} pieces of text are not published yet; the books are behind the store"
        return
    sizes: dict[str, int] = dict(context.connection.exec_driver_sql("SELECT path, size FROM book_file").all())
    for path, size in sorted(sizes.items()):
        actual = (books / path).stat().st_size if (books / path).exists() else None
        if actual is None:
            yield f"{path} is missing"
        elif actual != size:
            yield f"{path} has {actual} bytes, {size} were written: it was changed behind our back"
    known = set(sizes) | {INDEX, CLOSINGS}
    for found in sorted((books / "journal").rglob("*")):
        relative = found.relative_to(books).as_posix()
        if found.is_file() and relative not in known:
            yield f"{relative} is not a file of ours"
    yield from _closings(context, books)
    named = {path.rpartition("/")[2].partition(".")[0] for path in sizes if path.endswith((".beancount", ".ndjson"))}
    months = sorted(named - {"index", "closings"})
    documents = problems_by_month(context, books, months, progress)
    for month in months:
        yield from _entries(context, books, month, entries_path(month), "NOT ", progress)
        yield from _entries(context, books, month, closing_path(month), "", progress)
        if month in documents:
            yield documents[month]


def _closings(context: Context, books: Path) -> Iterator[str]:
    """Compare the closings file with what the closings and reopenings of the store come to."""
    expected = closings_text(period_events(context.connection, context.chart.currency), context.chart.currency).splitlines()
    path = books / CLOSINGS
    found = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    if found != expected:
        same = next((place for place, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), None)
        line = 1 + (same if same is not None else min(len(found), len(expected)))
        yield f"{CLOSINGS}:{line}: is not what the closings come to; run `orderledger rebuild`"


def _entries(context: Context, books: Path, month: str, path: str, unless: str, progress: Progress) -> Iterator[str]:
    """Compare a month's file with its entries: closing vouchers, or (`unless` NOT) all others."""
    closing = f"{unless}EXISTS (SELECT 1 FROM closing_posting p WHERE p.entry_id = entry.id)"
    query = f"SELECT voucher, text_digest, hash FROM entry WHERE date >= {{0}} AND date <= {{0}} AND {closing} ORDER BY id"
    blocks = _blocks(books / path)
    line = 1
    rows = stream(context.connection, query.format(mark(context.connection)), (f"{month}-01", f"{month}-31"))
    for seen, row in enumerate(rows, 1):
        block = next(blocks, None)
        if block is None:
            yield f"{path}: entry {row[0]} is not in the file"
            return
        problem = _differs(block, *row)
        if problem:
            yield f"{path}:{line}: {problem}"
        line += block.count(b"\n") + 1
        if seen % STEP == 0:
            progress(path, seen, None)
    if next(blocks, None) is not None:
        yield f"{path}:{line}: text that no document of ours posted"


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the entries of a file: what stands between empty lines."""
    if not path.exists():
        return
    with path.open("rb") as file:
        text, start = file.read(_CHUNK), 0
        while text:
            if text.startswith(b"\n", start):  # an empty line where an entry would begin
                yield b""
                start += 1
                continue
            end = text.find(b"\n\n", start)
            if end >= 0:
                yield text[start : end + 1]
                start = end + 2
                continue
            more = file.read(_CHUNK)
            if not more:
                break
            text, start = text[start:] + more, 0
        if text[start:]:
            yield text[start:]


def _differs(block: bytes, voucher: str, text_digest: str, entry_hash: str) -> str | None:
    head, _, rest = block.partition(b"\n")
    stated, _, rest = rest.partition(b"\n")
    if stated != f'{_HASH}{entry_hash}"'.encode():
        return f"entry {voucher} does not stand here with the hash it was posted with"
    if hashlib.sha256(b"%b\n%b" % (head, rest)).hexdigest() != text_digest:
        return f"the text of entry {voucher} was changed after it was posted"
    return None
