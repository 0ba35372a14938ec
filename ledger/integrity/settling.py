"""The state of the books that a check looks at: one in which the text, and Fava's view of it, have all that the store has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Settled:
    """A snapshot of the store, and people's files as they were read by then.

    `moving`: documents come so quickly that Fava's view, which follows the text, was behind at every look, and is so here.
    """

    context: Context
    people: People
    moving: bool


@contextmanager
def settled(ledger: Ledger, second: Second | None) -> Iterator[Settled]:
    """Open a snapshot, here and in the second process, with the text held as it is: nothing is published while the block runs.

    Where others post, the text is behind the store at most moments; so it is looked at again and again. After SETTLING_SECONDS_MAX a
    moment is taken in which the text has everything, and the view, a third of a second behind, not yet. Where nobody posts by then, what
    is behind is not published by anybody, and the check tells so.
    """
    if second is not None:
        second.wait_until_ready()
    began, first = time.monotonic(), ledger.health()["seq"]
    while True:
        ledger.publish()
        people = ledger.people()
        with books_lock(ledger.books, exclusive=False), _snapshot(ledger, second, people) as context:
            waits, behind = _waits(context), _is_behind(context, ledger.books)
            moving = _seq(context) != first
            tries = (time.monotonic() - began) / SETTLING_SECONDS_MAX
            if not (waits or behind) or (tries > 1 and not (waits and moving)) or tries > 2:
                yield Settled(context, people, moving and behind and not waits)
                return
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def _snapshot(ledger: Ledger, second: Second | None, people: People) -> Iterator[Context]:
    database = ledger.database
    seen = database.reading() if second is None else database.reading_with(lambda snapshot: second.see(snapshot, people))
    with seen as connection, walking(connection):
        yield open_context(connection, people.chart, people.manual, people.categories, people.drivers)


def _waits(context: Context) -> bool:
    """Tell whether text waits to be published."""
    return context.connection.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1").first() is not None


def _is_behind(context: Context, books: Path) -> bool:
    """Tell whether Fava's view, where there is one, has not read all of the text."""
    state = ViewState.load(books)
    return state is not None and bool(unread(context.connection, state))


def _seq(context: Context) -> int:
    return int(context.connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one())
