"""One set of books in service: chart, store, posting queue, publisher. The only door for importers, API and command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.books.layout import JOURNAL, PRIVATE, default_store_url
from ledger.books.people import People, read_people
from ledger.chart import Chart
from ledger.clock import now
from ledger.documents.base import Document
from ledger.documents.costing import CostingChange
from ledger.engine import Engine, Posted
from ledger.errors import BooksProblem, LedgerError, NotFound
from ledger.journal.result import entry_json
from ledger.loading import Loading, post_each
from ledger.posting_queue import Outcome, PostingQueue, Request
from ledger.preparing.asking import Preparing
from ledger.publisher import Publisher
from ledger.reports.context import Context
from ledger.reports.costing_effect import costing_effect
from ledger.reports.counting import open_context
from ledger.reports.entries import entries_of_document
from ledger.state.watch import Watch
from ledger.state.working import State
from ledger.store.database import Database
from ledger.store.ranks import ranks_later
from ledger.store.schema import upgrade
from ledger.store.sql import mark
from ledger.store.tokens import Tokens
from ledger.store.unit import unit_of_work
from ledger.view.keeper import ViewKeeper

SUMS_BEHIND = "sums-behind"
"""What a migration notes in the store where it adds sums that only the engine can make of what is in it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What posting a document answers: `replay` where it was in the books before; entries as JSON, `made` or written as text already."""

    document: str
    seq: int
    replay: bool
    made: tuple[dict[str, Any], ...] | bytes

    @property
    def entries(self) -> tuple[dict[str, Any], ...]:
        """Return the entries."""
        return tuple(json.loads(self.made)) if isinstance(self.made, bytes) else self.made


class Ledger:
    """Open books. Thread-safe."""

    def __init__(self, books: Path, database: Database, people: People) -> None:
        self.books = books
        self.database = database
        self.tokens = Tokens(database)
        self._people = people
        self._people_lock = threading.Lock()
        self.publisher = Publisher(database, books, ViewKeeper(database, books, self.people))
        self._watch = Watch()
        self._queue = PostingQueue(self._unit, self._committed)
        self._preparing: Preparing | None = None

    @classmethod
    def open(cls, books: Path, store_url: str | None = None) -> Ledger:
        """Open the books and their store; BooksProblem or StoreUnavailable where that cannot be."""
        people = read_people(books)
        (books / PRIVATE).mkdir(exist_ok=True, mode=0o700)
        database = Database(store_url or default_store_url(books))
        try:
            upgrade(database)
            database.move_rest()
            ledger = cls(books, database, people)
            ledger._refuse_lost_store()
        except LedgerError:
            database.close()
            raise
        return ledger

    @property
    def chart(self) -> Chart:
        """Return the chart as people's files have it now."""
        return self.people().chart

    @property
    def currency(self) -> str:
        """Return the books' currency."""
        return self._people.chart.currency

    def people(self) -> People:
        """Return what people's files say, read again when one of them changed."""
        with self._people_lock:
            if self._people.changed():
                self._people = read_people(self.books)
            return self._people

    def post(self, documents: Sequence[Document], *, dry_run: bool = False) -> list[Receipt]:
        """Post documents that stand or fall together; return when they are durable. Raises what refused them."""
        if len(documents) == 1 and not dry_run and self._preparing is not None and (done := self._preparing.post(documents[0])):
            self.publisher.wake.set()
            return [Receipt(done.document, done.seq, False, done.entries)]
        outcomes = self._queue.submit(Request(documents, together=True, keep=not dry_run))
        for outcome in outcomes:
            if isinstance(outcome, LedgerError):
                raise outcome
        return [self._receipt(outcome) for outcome in outcomes if isinstance(outcome, Posted)]

    def post_each(self, documents: Sequence[Document]) -> list[Receipt | LedgerError]:
        """Post documents of which each stands alone, in one commit."""
        outcomes = self._queue.submit(Request(documents, together=False, keep=True))
        return [outcome if isinstance(outcome, LedgerError) else self._receipt(outcome) for outcome in outcomes]

    def post_batches(self, batches: Iterable[Sequence[Document]]) -> Iterator[list[Outcome]]:
        """Post very many documents, each standing alone; yield what became of each batch, in order, once that is durable."""
        loading = Loading(self.database, post_each, self._unit, lambda: self.chart, now, publish=True, afterwards=self._publish_meanwhile)
        return loading.post(batches)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Post very many documents in the block; an empty store is filled without the indexes that rank by profit, which end it."""
        with ranks_later(self.database) if not self.health()["seq"] else nullcontext():
            yield

    @contextmanager
    def read(self) -> Iterator[Context]:
        """Open one snapshot of the store for reports, with the hand-written entries beside it."""
        people = self.people()
        with self.database.reading() as connection:
            yield open_context(connection, people.chart, people.manual, people.categories, people.drivers)

    def document(self, source: str, kind: str, number: str) -> dict[str, Any]:
        """Return a document in its present version with what that posted; a change of the cost formula with its effect on each SKU."""
        with self.read() as context:
            place = mark(context.connection)
            row = context.connection.exec_driver_sql(
                "SELECT seq, version, date, recorded_at, digest, body FROM document "
                f"WHERE source = {place} AND kind = {place} AND number = {place} ORDER BY version DESC LIMIT 1",
                (source, kind, number),
            ).first()
            if row is None:
                raise NotFound(f"no document {source}/{kind}/{number} is in the books")
            return {
                "document": f"{source}/{kind}/{number}",
                "seq": row.seq,
                "state": "posted",
                "version": row.version,
                "date": row.date,
                "recorded_at": row.recorded_at,
                "digest": f"sha256:{row.digest}",
                "body": json.loads(row.body),
                "entries": entries_of_document(context, row.seq),
                **(costing_effect(context, row.seq) if kind == CostingChange.kind else {}),
            }

    def health(self) -> dict[str, int]:
        """Return how far the journal and the books are."""
        with self.database.reading(anytime=True) as connection:
            seq = connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one()
            published = connection.exec_driver_sql("SELECT published_seq FROM publisher WHERE id = 1").scalar_one()
        return {"seq": seq, "published_seq": published}

    def publish(self) -> int:
        """Bring the books up to date; return the published seq."""
        return self.publisher.publish_all()

    def start_publisher(self) -> None:
        """Publish in the background from now on."""
        self.publisher.start()

    def start_preparing(self) -> None:
        """Prepare long documents in a process of their own from now on, so that others' posts do not wait for them."""
        self._preparing = Preparing(self.books, self.database, self._queue, self._watch)
        self._preparing.start()

    def close(self) -> None:
        """Finish what waits, publish, and let go of the store."""
        if self._preparing is not None:
            self._preparing.wait_until_moved()
        self._queue.close()
        if self._preparing is not None:
            self._preparing.stop()
        self.publisher.stop()
        self.database.close()

    def _publish_meanwhile(self) -> None:
        """Bring what was committed into the books, in a copy of this process; what hinders that is told at the end of the load."""
        with suppress(LedgerError, OSError):
            self.publisher.publish_text()

    def _unit(self) -> AbstractContextManager[Engine]:
        return unit_of_work(self.database, self.chart, now, beside=self._preparing.beside if self._preparing is not None else None)

    def _committed(self, state: State) -> None:
        self._watch.tell(state)
        self.publisher.wake.set()

    def _receipt(self, posted: Posted) -> Receipt:
        row = posted.row
        if posted.replay:
            with self.read() as context:
                return Receipt(row.name, row.seq, True, tuple(entries_of_document(context, row.seq)))
        chart = self._people.chart
        return Receipt(row.name, row.seq, False, tuple(entry_json(e, row.recorded_at, chart) for e in posted.entries))

    def _refuse_lost_store(self) -> None:
        if self.health()["seq"] == 0 and any((self.books / JOURNAL).glob("*/*.documents.ndjson")):
            raise BooksProblem("the store is empty but the books hold documents: run `orderledger rebuild`")
        with self.database.reading(anytime=True) as connection:
            behind = connection.exec_driver_sql(f"SELECT COUNT(*) FROM meta WHERE key = '{SUMS_BEHIND}'").scalar_one()
        if behind:
            raise BooksProblem("the store is of an earlier version and lacks sums that reports need now: run `orderledger rebuild`")
