"""The posting queue: one writer thread a process takes what waits, posts it in one unit of work, and answers after the commit.

Each request stands alone (an array stands or falls together): one that is refused is rolled back in the working set, the others go on.
A long document that was prepared beside the queue (`ledger.preparing`) gets a turn of the writer for itself, between two groups.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import LedgerError, StoreUnavailable
from ledger.limits import BATCH_DOCUMENTS_MAX, QUEUE_MAX
from ledger.prefetch import prefetch
from ledger.state.working import State
from ledger.waiting_room import Answer, WaitingRoom

Outcome = Posted | LedgerError
T = TypeVar("T")


@dataclass(slots=True)
class Request:
    """Documents that were sent together. `together`: all or nothing; otherwise each stands alone. `keep` false is a dry run."""

    documents: Sequence[Document]
    together: bool
    keep: bool
    answer: Answer[list[Outcome]] = field(default_factory=Answer)


@dataclass(slots=True)
class Turn(Generic[T]):
    """Work that has the writer for itself."""

    work: Callable[[], T]
    answer: Answer[T] = field(default_factory=Answer)


class _End:
    """The last that the writer takes."""


class PostingQueue:
    """Feeds a writer thread; `unit` opens a unit of work, `committed` is called with the working set of each that was committed."""

    def __init__(self, unit: Callable[[], AbstractContextManager[Engine]], committed: Callable[[State], None]) -> None:
        self._unit = unit
        self._committed = committed
        self._waiting: WaitingRoom[Request | Turn[Any] | _End] = WaitingRoom(QUEUE_MAX)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._started = False
        self._starting = threading.Lock()
        self._closed = False

    def submit(self, request: Request) -> list[Outcome]:
        """Queue a request and wait until it is durable; QueueFull where too many wait already."""
        self._put(request)
        return request.answer.get()

    def alone(self, work: Callable[[], T]) -> T:
        """Let the writer do some work between two groups, wait for it and return what it returns; QueueFull as for a request."""
        turn = Turn(work)
        self._put(turn)
        return turn.answer.get()

    def _put(self, item: Request | Turn[Any]) -> None:
        with self._starting:
            if self._closed:
                raise StoreUnavailable("the service is stopping")
            if not self._started:
                self._thread.start()
                self._started = True
            self._waiting.put(item, urgent=isinstance(item, Turn))

    def close(self) -> None:
        """Post what waits, then end the thread."""
        with self._starting:
            self._closed = True
            started = self._started
        if started:
            self._waiting.put_last(_End())
            self._thread.join()

    def _run(self) -> None:
        company = 1
        item = self._waiting.take()
        while not isinstance(item, _End):
            if isinstance(item, Turn):
                _take(item)
                item = self._waiting.take()
                continue
            batch, following = self._gather(item, company)
            self._post(batch)
            company = len(batch) + len(self._waiting)
            del item, batch  # whoever asked has the answers: they are not kept until somebody asks again
            item = following or self._waiting.take()

    def _gather(self, first: Request, company: int) -> tuple[list[Request], Turn[Any] | _End | None]:
        """Take what waits; where that is less than `company` (the last group and who came meanwhile), also what comes in a moment.

        A lone client never waits for nobody. Also return what came after and does not belong to the group.
        """
        if company > 1:
            self._waiting.gather(company - 1)
        batch, size = [first], len(first.documents)
        while size < BATCH_DOCUMENTS_MAX and (item := self._waiting.take_another()) is not None:
            if not isinstance(item, Request):
                return batch, item
            batch.append(item)
            size += len(item.documents)
        return batch, None

    def _post(self, batch: list[Request]) -> None:
        try:
            outcomes = self._attempt(batch)
        except LedgerError as error:
            for request in batch:
                request.answer.fail(error)
            return
        except Exception as error:  # a defect of ours: find the request that causes it, let the others through
            if len(batch) == 1:
                batch[0].answer.fail(error)
                return
            for request in batch:
                self._post([request])
            return
        for request, outcome in zip(batch, outcomes, strict=True):
            request.answer.give(outcome)

    def _attempt(self, batch: list[Request]) -> list[list[Outcome]]:
        with self._unit() as engine:
            prefetch(engine.state, [document for request in batch for document in request.documents])
            outcomes = [_post_request(engine, request) for request in batch]
        self._committed(engine.state)
        return outcomes


def _take(turn: Turn[Any]) -> None:
    try:
        turn.answer.give(turn.work())
    except Exception as error:  # whoever asked is told
        turn.answer.fail(error)


def _post_request(engine: Engine, request: Request) -> list[Outcome]:
    place = engine.checkpoint()
    outcomes: list[Outcome] = []
    for i, document in enumerate(request.documents):
        try:
            outcomes.append(engine.post(document))
        except LedgerError as error:
            if request.together:
                engine.undo(place)
                return [error.under(f"/{i}", document.key) if len(request.documents) > 1 else error]
            outcomes.append(error)
    if not request.keep:
        engine.undo(place)
    return outcomes
