"""What nothing could do without: bare loops that only read the rows, bring bytes to the disk, or look a row up in an index."""

from __future__ import annotations

import csv
import os
import sqlite3
import time
from pathlib import Path

from ledger.books.layout import PRIVATE
from ledger.limits import IMPORT_BATCH
from tests.bench.results import Figure, of_times

POST_BYTES = 2_000
"""What one post adds to the store's log, about."""
TIMES = 300


def bare_import(tables: Path, books: Path, orders: int) -> Figure:
    """Read each row of the tables, and write as many bytes as books and store have, brought to the disk batch by batch."""
    size = sum(path.stat().st_size for path in books.rglob("*") if path.is_file())
    started = time.perf_counter()
    rows = 0
    for path in sorted(tables.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += sum(1 for _ in csv.reader(file))
    batches = rows // IMPORT_BATCH + 1
    target = books.parent / "bare-import"
    with target.open("wb") as out:
        for _ in range(batches):
            out.write(b"x" * (size // batches))
            out.flush()
            os.fsync(out.fileno())
    seconds = time.perf_counter() - started
    target.unlink()
    return Figure(orders / seconds, "orders/s", what=f"csv, {size / 1e6:,.0f} MB to disk")


def bare_post(folder: Path) -> Figure:
    """Append what a post adds, and bring it to the disk."""
    target = folder / "bare-post"
    with target.open("wb") as out:
        times = [_appended(out.fileno()) for _ in range(TIMES)]
    target.unlink()
    return of_times(times, what="one fsync")


def bare_look_up(books: Path) -> Figure:
    """Look an order up in the store by its number."""
    connection = sqlite3.connect(f"file:{books / PRIVATE / 'store.db'}?mode=ro", uri=True)
    try:
        numbers = [row[0] for row in connection.execute("SELECT number FROM document WHERE kind = 'order' ORDER BY seq LIMIT ?", (TIMES,))]
        return of_times([_found(connection, number) for number in numbers], what="two index look-ups")
    finally:
        connection.close()


def _appended(descriptor: int) -> float:
    started = time.perf_counter()
    os.write(descriptor, b"x" * POST_BYTES)
    os.fsync(descriptor)
    return time.perf_counter() - started


def _found(connection: sqlite3.Connection, number: str) -> float:
    started = time.perf_counter()
    (seq,) = connection.execute("SELECT seq FROM document WHERE kind = 'order' AND number = ?", (number,)).fetchone()
    assert connection.execute("SELECT * FROM orders WHERE id = ?", (seq,)).fetchone() is not None
    return time.perf_counter() - started
