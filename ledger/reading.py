"""Books opened only to look at: for a process beside the service that shows reports. It posts, migrates and publishes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ledger.books.layout import default_store_url
from ledger.books.people import People, read_people
from ledger.errors import StoreUnavailable
from ledger.reports.context import Context
from ledger.reports.counting import open_context
from ledger.store.database import Database

CONNECT_SECONDS_MAX = 5
"""How long a PostgreSQL server that does not answer may keep a reader waiting."""


class Reading:
    """The books of one folder, for reports. Thread-safe.

    The store is opened anew for each report and let go after it: a rebuild puts another file in its place, and a database server may
    come and go, without this process noticing.
    """

    def __init__(self, books: Path, store_url: str | None = None) -> None:
        self._books = books
        self._store_url = store_url or default_store_url(books)
        self._people: People | None = None
        self._lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Context]:
        """Open one snapshot of the store; BooksProblem or StoreUnavailable where that cannot be."""
        people = self._people_now()
        database = Database(_bounded(self._store_url))
        try:
            with database.reading() as connection:
                yield open_context(connection, people.chart, people.manual, people.categories)
        finally:
            database.close()

    def _people_now(self) -> People:
        with self._lock:
            if self._people is None or self._people.changed():
                self._people = read_people(self._books)
            return self._people


def _bounded(url: str) -> str:
    """Return the URL with a bound on connecting; StoreUnavailable where SQLite would make an empty file."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable(f"the store's URL cannot be used: {error}") from error
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise StoreUnavailable("there is no store yet")
    if parsed.get_backend_name() == "postgresql" and "connect_timeout" not in parsed.query:
        parsed = parsed.update_query_dict({"connect_timeout": str(CONNECT_SECONDS_MAX)})
    return parsed.render_as_string(hide_password=False)
