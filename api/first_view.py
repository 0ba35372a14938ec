"""Fava's view of books that are large already when the service starts and have none: made before Fava, which would open all of them."""

from __future__ import annotations

import logging
from pathlib import Path

from ledger.books.layout import JOURNAL, VIEW_INDEX
from ledger.errors import LedgerError
from ledger.service import Ledger

FULL_BYTES = 8 * 1024 * 1024
"""Text of entries below which no books are large: 20,000 entries of 400 bytes."""

log = logging.getLogger(__name__)


def make_first_view(books: Path, store_url: str | None) -> None:
    """Publish, and so make the view, where it could be missing; the service itself says what is wrong with books or store."""
    if (books / VIEW_INDEX).exists() or _entries_bytes(books) < FULL_BYTES:
        return
    try:
        ledger = Ledger.open(books, store_url)
        try:
            ledger.publish()
        finally:
            ledger.close()
    except LedgerError as error:
        log.warning("Fava starts without a view: %s", error)


def _entries_bytes(books: Path) -> int:
    return sum(path.stat().st_size for path in (books / JOURNAL).glob("*/*.beancount"))
