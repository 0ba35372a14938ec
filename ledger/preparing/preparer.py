"""The steps of a long document: its rule runs on a snapshot, its rows are staged, and in the writer's turn it is numbered and moved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from ledger.books.people import read_people
from ledger.clock import now
from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import StoreUnavailable
from ledger.journal.json_text import write_json
from ledger.journal.result import entry_json
from ledger.prefetch import prefetch
from ledger.preparing.messages import Ready
from ledger.state.watch import Commit
from ledger.state.working import State
from ledger.store.database import Database
from ledger.store.reader import SqlReader
from ledger.store.staged import Prepared, Staged, staged
from ledger.store.unmoved import Beside


@dataclass(frozen=True, slots=True)
class Done:
    """What a document that was posted answers. `entries` is JSON: a hundred thousand objects would hold up all of the other process."""

    document: str
    seq: int
    entries: bytes


class Preparer:
    """Prepares one document at a time."""

    def __init__(self, books: Path, database: Database) -> None:
        self._books = books
        self._database = database
        self._people = read_people(books)
        self._staging = ExitStack()
        self._staged: Staged | None = None
        self._posted: Posted | None = None

    def prepare(self, document: Document) -> Ready | None:
        """Prepare a document in place of the last one; None where the queue has to take it. LedgerError where its rule refuses it."""
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
            return None
        prepared = Prepared(engine.state, chart, worked, next_id, closed_through)
        if not prepared.movable:
            return None
        self._staged = self._staging.enter_context(staged(self._database, prepared))
        return Ready(turns=bool(self._staged.texts))

    def write_ahead(self) -> bool:
        """Write some of its rows ahead; tell whether there are more."""
        return self._staged is not None and bool(self._staged.texts) and self._staged.write_ahead(now)

    def commit(self, commits: Sequence[Commit]) -> Beside | None:
        """Post what was prepared; None, and nothing written, where it does not hold any more after the commits that came in between.

        Returns what others must not load until `move` has said that no rows are left.
        """
        if self._staged is None or self._people.changed():
            return None
        found = self._staged.commit(now, commits)
        if found is None:
            return None
        self._posted, beside = found
        return beside

    def move(self) -> bool:
        """Move some of its rows; tell whether there are more."""
        return self._staged is not None and self._staged.move()

    def done(self) -> Done:
        """Return what the document that was posted answers."""
        posted, self._posted = self._posted, None
        assert posted is not None, "nothing was posted"
        entries = write_json([entry_json(entry, posted.row.recorded_at, self._people.chart) for entry in posted.entries])
        return Done(posted.row.name, posted.row.seq, entries)

    def drop(self) -> None:
        """Let go of what was prepared."""
        self._staged = None
        # What is committed is durable by now; a store that goes away at this moment is told by what comes next.
        with suppress(StoreUnavailable):
            self._staging.close()
