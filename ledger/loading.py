"""Very many documents, batch after batch: one batch is worked out while a copy of the process writes the one before.

The same engine posts them and the same statements write them as for a single document. Look-ups take no lock: they see what is committed,
and over it what the batch before has changed. Each batch is committed only where the journal's head is still the one that it was worked
out on; where others have posted meanwhile it is worked out anew, under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection

from ledger.chart import Chart
from ledger.copies import POSSIBLE, Copy
from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import LedgerError
from ledger.limits import ALONE_BATCHES
from ledger.prefetch import prefetch
from ledger.state.working import State
from ledger.store.database import Database
from ledger.store.reader import BehindReader
from ledger.store.rows import Step, steps_of
from ledger.store.unit import HeadMoved, write_on

B = TypeVar("B")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Written(Generic[B, T]):
    """A batch that a copy writes: what it came to, and the engine, whose working set knows what is not in the store yet."""

    batch: B
    result: T
    engine: Engine
    copy: Copy


class Loading(Generic[B, T]):
    """Posts batches. `work` posts one on an engine and returns what is to be known of it.

    `unit` opens a unit of work under the store's lock. `publish` is whether text goes to the outbox. Who writes a batch calls `prove`
    before, which raises where it must not be written; a copy does what `afterwards` says after its commit, on connections of its own.
    """

    def __init__(
        self,
        database: Database,
        work: Callable[[Engine, B], T],
        unit: Callable[[], AbstractContextManager[Engine]],
        chart: Callable[[], Chart],
        now: Callable[[], str],
        *,
        publish: bool,
        prove: Callable[[Engine, B], None] | None = None,
        afterwards: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._work = work
        self._unit = unit
        self._chart = chart
        self._now = now
        self._publish = publish
        self._prove = prove or _nothing_to_prove
        self._afterwards = afterwards
        self._before: _Written[B, T] | None = None
        self._alone = 0 if POSSIBLE else -1
        """How many batches to post under the lock, because others post too; below zero: all."""

    def post(self, batches: Iterable[B]) -> Iterator[T]:
        """Yield what each batch came to, in order, once it is committed; LedgerError as the store or `work` raises it."""
        waiting = iter(batches)
        batch = next(waiting, None)
        try:
            while batch is not None:
                following = next(waiting, None)
                if self._before is None and (following is None or self._alone):
                    yield self._under_lock(batch)
                    self._alone -= self._alone > 0
                else:
                    yield from self._ahead(batch, last=following is None)
                batch = following
        finally:
            if self._before is not None:
                self._before.copy.end()

    def _under_lock(self, batch: B) -> T:
        with self._unit() as engine:
            result = self._work(engine, batch)
            self._prove(engine, batch)
            return result

    def _ahead(self, batch: B, *, last: bool) -> Iterator[T]:
        """Work a batch out, wait for the one before it, and have this one written; yield those that are committed by then."""
        with ExitStack() as looking:
            engine = self._engine(looking.enter_context(self._database.looking()))
            if engine.state.head.unmoved:
                looking.close()
                yield self._under_lock(batch)
                return
            try:
                result = self._work(engine, batch)
            except Exception:  # where others post, look-ups see now this, now that; under the lock what fails fails for good
                steps, failed = None, True
            else:
                # Who would wait makes the rows meanwhile; else the copy makes them.
                steps, failed = steps_of(engine) if self._before is not None and self._before.copy.at_work else None, False
        committed: list[T] = []
        if self._before is not None:
            try:
                self._before.copy.wait()
            except HeadMoved:
                before, self._before = self._before, None
                yield from self._anew(before.batch, batch)
                return
            committed.append(self._before.result)
            self._before = None
        if failed:
            yield from committed
            yield self._under_lock(batch)
            return
        # From here on the working set before is gone: nothing of it is in a copy, where what is freed is copied first.
        engine.state.let_go()
        copy = None if last else self._copy(engine, batch, steps)
        if copy is not None:
            self._before = _Written(batch, result, engine, copy)
            yield from committed
            return
        yield from committed
        self._prove(engine, batch)
        try:
            write_on(self._database, engine, publish=self._publish, steps=steps)
        except HeadMoved:
            yield from self._anew(batch)
        else:
            yield result

    def _engine(self, connection: Connection) -> Engine:
        if self._before is None:
            return Engine(self._chart(), State(BehindReader(connection, lambda: None)), self._now)
        return Engine(self._chart(), State(BehindReader(connection, self._before.copy.end), self._before.engine.state), self._now)

    def _anew(self, *batches: B) -> Iterator[T]:
        """Post batches under the lock: somebody else has posted since they were worked out, and may go on to."""
        self._alone = ALONE_BATCHES
        for batch in batches:
            yield self._under_lock(batch)

    def _copy(self, engine: Engine, batch: B, steps: Sequence[Step] | None) -> Copy | None:
        """Have a copy write a batch; None where there can be none, and this process has to.

        Connections are closed before: a copy that opens SQLite's file anew must find none. Somebody may have one still.
        """
        if self._database.in_use:
            return None
        if self._database.sqlite:
            self._database.close()
        try:
            return Copy(lambda: self._write(engine, batch, steps))
        except OSError:  # the system has no process to give
            return None

    def _write(self, engine: Engine, batch: B, steps: Sequence[Step] | None) -> None:
        self._database.forget()
        self._prove(engine, batch)
        write_on(self._database, engine, publish=self._publish, steps=steps)
        if self._afterwards is not None:
            self._afterwards()


def _nothing_to_prove(_engine: Engine, _batch: object) -> None:
    """Stand in for `prove`."""


def post_each(engine: Engine, documents: Sequence[Document]) -> list[Posted | LedgerError]:
    """Post documents of which each stands alone; return what each came to, without the entries: they are as much as all the rest."""
    prefetch(engine.state, documents)
    outcomes: list[Posted | LedgerError] = []
    for document in documents:
        try:
            posted = engine.post(document)
            outcomes.append(Posted(posted.row, replay=posted.replay))
        except LedgerError as error:
            outcomes.append(error)
    return outcomes
