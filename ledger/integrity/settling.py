"""The state of the books that a check looks at: one in which the text, and Fava's view of it, have all that the store has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.books.lock import books_lock
from ledger.books.people import People
from ledger.integrity.second import Second
from ledger.limits import SETTLING_SECONDS_MAX
from ledger.reports.context import Context
from ledger.reports.counting import open_context
from ledger.service import Ledger
from ledger.store.database import walking
from ledger.view.keeper import unread
from ledger.view.state import ViewState

_PAUSE_SECONDS = 0.02
"""Between two looks: the publisher of another process needs the lock to bring the text up to date."""


@contextmanager
def settled(ledger: Ledger, second: Second | None) -> Iterator[tuple[Context, People]]:
    """Open a snapshot, here and in the second process, with the text held as it is: nothing is published while the block runs.

    Where others post, the text is behind the store at most moments; so it is looked at again and again. Text that is still behind after
    SETTLING_SECONDS_MAX is not published by anybody, and the check tells so.
    """
    if second is not None:
        second.wait_until_ready()
    until = time.monotonic() + SETTLING_SECONDS_MAX
    while True:
        ledger.publish()
        people = ledger.people()
        with books_lock(ledger.books, exclusive=False), _snapshot(ledger, second, people) as context:
            if _is_settled(context, ledger.books) or time.monotonic() > until:
                yield context, people
                return
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def _snapshot(ledger: Ledger, second: Second | None, people: People) -> Iterator[Context]:
    database = ledger.database
    seen = database.reading() if second is None else database.reading_with(lambda snapshot: second.see(snapshot, people))
    with seen as connection, walking(connection):
        yield open_context(connection, people.chart, people.manual, people.categories, people.drivers)


def _is_settled(context: Context, books: Path) -> bool:
    """Tell whether no text waits, and whether Fava's view, where there is one, has read all of it."""
    if context.connection.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1").first() is not None:
        return False
    state = ViewState.load(books)
    return state is None or not unread(context.connection, state)
