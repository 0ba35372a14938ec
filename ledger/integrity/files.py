"""The books against the store: every block of text and every document line is the one that was committed, in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, Row

from ledger.books.layout import CLOSINGS, INDEX, closing_path, documents_path, entries_path
from ledger.documents import digest
from ledger.journal.closings_file import closings_text
from ledger.journal.entry import digest_text
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.store.period_events import period_events
from ledger.store.sql import mark

_HASH = '  hash: "'
_DOCUMENT = ',"document":'


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
    months = [path.rpartition("/")[2].partition(".")[0] for path in sizes if path.endswith((".beancount", ".ndjson"))]
    for month in sorted(set(months) - {"index", "closings"}):
        yield from _entries(context, books, month, entries_path(month), "NOT ", progress)
        yield from _entries(context, books, month, closing_path(month), "", progress)
        yield from _documents(context, books, month, progress)


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
    with _of_month(context, query, month) as rows:
        for seen, row in enumerate(rows, 1):
            block = next(blocks, None)
            if block is None:
                yield f"{path}: entry {row.voucher} is not in the file"
                return
            problem = _differs(block, row)
            if problem:
                yield f"{path}:{line}: {problem}"
            line += block.count("\n") + 1
            if seen % STEP == 0:
                progress(path, seen, None)
    if next(blocks, None) is not None:
        yield f"{path}:{line}: text that no document of ours posted"


def _of_month(context: Context, query: str, month: str) -> CursorResult[Any]:
    """Ask for the rows of a month as a stream, to be used with `with`."""
    streaming = context.connection.execution_options(stream_results=True)
    return streaming.exec_driver_sql(query.format(mark(context.connection)), (f"{month}-01", f"{month}-31"))


def _blocks(path: Path) -> Iterator[str]:
    """Yield the entries of a file: runs of lines that end at an empty one."""
    if not path.exists():
        return
    lines: list[str] = []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for line in file:
            if line == "\n":
                yield "".join(lines)
                lines = []
            else:
                lines.append(line)
    if lines:
        yield "".join(lines)


def _differs(block: str, row: Row[Any]) -> str | None:
    head, _, rest = block.partition("\n")
    stated, _, rest = rest.partition("\n")
    if stated != f'{_HASH}{row.hash}"':
        return f"entry {row.voucher} does not stand here with the hash it was posted with"
    if digest_text(f"{head}\n{rest}") != row.text_digest:
        return f"the text of entry {row.voucher} was changed after it was posted"
    return None


def _documents(context: Context, books: Path, month: str, progress: Progress) -> Iterator[str]:
    query = "SELECT seq, source, kind, number, digest FROM document WHERE date >= {0} AND date <= {0} ORDER BY seq"
    path = documents_path(month)
    if not (books / path).exists():
        return
    with (books / path).open(encoding="utf-8", errors="replace", newline="") as file, _of_month(context, query, month) as rows:
        for number, row in enumerate(rows, 1):
            line = file.readline()
            if not _is_document(line, row):
                yield f"{path}:{number}: document {row.source}/{row.kind}/{row.number} does not stand here as it was recorded"
                return
            if number % STEP == 0:
                progress(path, number, None)
        if file.readline():
            yield f"{path}: lines beyond the last document of the month"


def _is_document(line: str, row: Row[Any]) -> bool:
    head, _, text = line.partition(_DOCUMENT)  # quotes inside of text are escaped, so nothing before the document can look like this
    try:
        value = json.loads(f"{head}}}")
        text = text.removesuffix("}\n")
        return bool(value["seq"] == row.seq and digest(text) == row.digest == value["digest"].removeprefix("sha256:"))
    except (ValueError, KeyError, TypeError):
        return False
