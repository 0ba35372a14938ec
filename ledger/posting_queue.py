"""The posting queue: one writer thread a process takes what waits, posts it in one unit of work, and answers after the commit.

Each request stands alone (an array stands or falls together): one that is refused is rolled back in the working set, the others go on.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import LedgerError, QueueFull, StoreUnavailable
from ledger.limits import BATCH_DOCUMENTS_MAX, GATHER_SECONDS, QUEUE_MAX
from ledger.prefetch import prefetch

Outcome = Posted | LedgerError


@dataclass(slots=True)
class Request:
    """Documents that were sent together. `together`: all or nothing; otherwise each stands alone. `keep` false is a dry run."""

    documents: Sequence[Document]
    together: bool
    keep: bool
    future: Future[list[Outcome]] = field(default_factory=Future)


class PostingQueue:
    """Feeds a writer thread; `unit` opens a unit of work."""

    def __init__(self, unit: Callable[[], AbstractContextManager[Engine]], committed: Callable[[], None]) -> None:
        self._unit = unit
        self._committed = committed
        self._waiting: queue.Queue[Request | None] = queue.Queue(QUEUE_MAX)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._started = False
        self._starting = threading.Lock()
        self._closed = False

    def submit(self, request: Request) -> list[Outcome]:
        """Queue a request and wait until it is durable; QueueFull where too many wait already."""
        with self._starting:
            if self._closed:
                raise StoreUnavailable("the service is stopping")
            if not self._started:
                self._thread.start()
                self._started = True
            try:
                self._waiting.put_nowait(request)
            except queue.Full:
                raise QueueFull(f"{QUEUE_MAX} requests wait to be posted; try again in a moment") from None
        return request.future.result()

    def close(self) -> None:
        """Post what waits, then end the thread."""
        with self._starting:
            self._closed = True
            started = self._started
        if started:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        company = False
        while True:
            first = self._waiting.get()
            if first is None:
                return
            batch, last = self._gather(first, company=company)
            company = len(batch) > 1
            self._post(batch)
            if last:
                return

    def _gather(self, first: Request, *, company: bool) -> tuple[list[Request], bool]:
        """Take what waits, and a moment longer where the last round had company: a lone client never waits for nobody."""
        batch, size = [first], len(first.documents)
        until = time.monotonic() + (GATHER_SECONDS if company else 0)
        while size < BATCH_DOCUMENTS_MAX:
            try:
                request = self._waiting.get(timeout=max(0.0, until - time.monotonic())) if company else self._waiting.get_nowait()
            except queue.Empty:
                break
            if request is None:
                return batch, True
            batch.append(request)
            size += len(request.documents)
        return batch, False

    def _post(self, batch: list[Request]) -> None:
        try:
            outcomes = self._attempt(batch)
        except LedgerError as error:
            for request in batch:
                request.future.set_exception(error)
            return
        except Exception as error:  # a defect of ours: find the request that causes it, let the others through
            if len(batch) == 1:
                batch[0].future.set_exception(error)
                return
            for request in batch:
                self._post([request])
            return
        self._committed()
        for request, outcome in zip(batch, outcomes, strict=True):
            request.future.set_result(outcome)

    def _attempt(self, batch: list[Request]) -> list[list[Outcome]]:
        with self._unit() as engine:
            prefetch(engine.state, [document for request in batch for document in request.documents])
            return [_post_request(engine, request) for request in batch]


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
