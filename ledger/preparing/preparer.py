"""The steps of a long document: its rule runs on a snapshot, its rows are staged, and in the writer's turn it is numbered and moved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.books.people import read_people
from ledger.clock import now
from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import StoreUnavailable
from ledger.journal.result import entry_json
from ledger.prefetch import prefetch
from ledger.state.watch import Commit
from ledger.state.working import State
from ledger.store.database import Database
from ledger.store.staged import Prepared, Staged, staged
from ledger.store.unit import SqlReader


@dataclass(frozen=True, slots=True)
class Done:
    """What a document that was committed answers."""

    document: str
    seq: int
    entries: tuple[dict[str, Any], ...]


class Preparer:
    """Prepares one document at a time."""

    def __init__(self, books: Path, database: Database) -> None:
        self._books = books
        self._database = database
        self._people = read_people(books)
        self._staging = ExitStack()
        self._staged: Staged | None = None

    def prepare(self, document: Document) -> bool:
        """Prepare a document in place of the last one; False where the queue has to take it. LedgerError where its rule refuses it."""
        self.drop()
        if self._people.changed():
            self._people = read_people(self._books)
        chart = self._people.chart
        with self._database.reading() as connection:
            engine = Engine(chart, State(SqlReader(connection)), now)
            head = engine.state.head
            next_id, closed_through = head.next_id, head.closed_through
            prefetch(engine.state, [document])
            worked = engine.prepare(document)
        if isinstance(worked, Posted):
            return False
        prepared = Prepared(engine.state, chart, worked, next_id, closed_through)
        if prepared.movable:
            self._staged = self._staging.enter_context(staged(self._database, prepared))
        return prepared.movable

    def commit(self, commits: Sequence[Commit]) -> Posted | None:
        """Commit what was prepared; None, and nothing written, where it does not hold any more after the commits that came in between."""
        one, self._staged = self._staged, None
        return one.commit(now, commits) if one is not None and not self._people.changed() else None

    def done(self, posted: Posted) -> Done:
        """Return what a document that was committed answers."""
        entries = tuple(entry_json(entry, posted.row.recorded_at, self._people.chart) for entry in posted.entries)
        return Done(posted.row.name, posted.row.seq, entries)

    def drop(self) -> None:
        """Let go of what was prepared."""
        self._staged = None
        # What is committed is durable by now; a store that goes away at this moment is told by what comes next.
        with suppress(StoreUnavailable):
            self._staging.close()
