"""Where everything lies in a books directory."""

from __future__ import annotations

from pathlib import Path

MAIN = "main.beancount"
PEOPLES_FILES = (MAIN, "accounts.beancount", "manual.beancount", "prices.beancount")
JOURNAL = "journal"
INDEX = "journal/index.beancount"
CLOSINGS = "journal/closings.beancount"
VIEW = "view"
VIEW_MAIN = "view/main.beancount"
VIEW_INDEX = "view/index.beancount"
VIEW_STATE = "view/state.json"
PRIVATE = ".orderledger"
LOCK = ".orderledger/publish.lock"
PUBLISHED_SEQ = ".orderledger/published_seq"
STORE = ".orderledger/store.db"


def entries_path(month: str) -> str:
    """Return the file of a month's entries, relative to the books: `journal/2026/2026-03.beancount`."""
    return f"{JOURNAL}/{month[:4]}/{month}.beancount"


def closing_path(month: str) -> str:
    """Return the file of a month's closing vouchers, which `main.beancount` does not include: Fava's statements stay right."""
    return f"{JOURNAL}/{month[:4]}/{month}.closing.beancount"


def documents_path(month: str) -> str:
    """Return the file of a month's documents, relative to the books."""
    return f"{JOURNAL}/{month[:4]}/{month}.documents.ndjson"


def view_day_path(day: str) -> str:
    """Return the file of a day that Fava's view has in full, relative to the books."""
    return f"{VIEW}/days/{day}.beancount"


def default_store_url(books: Path) -> str:
    """Return the URL of the SQLite store beside the books."""
    return f"sqlite:///{(books / STORE).resolve()}"
