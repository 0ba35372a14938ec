"""The serving side: long documents go to the process that prepares them, and get a turn of the writer when they are ready."""

from __future__ import annotations

import logging
import multiprocessing
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ledger.clock import now
from ledger.documents.base import Document
from ledger.documents.purchasing import FreightBill
from ledger.errors import LedgerError
from ledger.limits import PREPARE_ROUNDS_MAX, PREPARED_TARGETS_MIN, PREPARING_SECONDS_MAX
from ledger.posting_queue import PostingQueue
from ledger.preparing.messages import CommitIt, Finish, Move, Open, Prepare, Ready, Since, Tell, WriteAhead
from ledger.preparing.preparer import Done
from ledger.state.watch import Commit, Watch
from ledger.store.database import Database
from ledger.store.unmoved import Beside, forget, left_over

_log = logging.getLogger(__name__)


class Preparing:
    """The process that prepares long documents, from the serving side. Thread-safe; one document at a time."""

    def __init__(self, books: Path, database: Database, queue: PostingQueue, watch: Watch) -> None:
        self._opening = Open(books, database.url)
        self._database = database
        self._queue = queue
        self._watch = watch
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._moving: threading.Thread | None = None
        self._interrupted = False
        self.beside: Beside | None = None
        """What a unit of work must not load, while rows of a document are on their way."""

    def start(self) -> None:
        """Start the process and return at once; without it, long documents are posted in the queue."""
        ours, its = multiprocessing.Pipe()
        command = [sys.executable, "-P", "-m", "ledger.preparing.process", str(its.fileno())]
        try:
            self._forget_left_over()
            with its:
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(its.fileno(),))
            ours.send(self._opening)
        except (OSError, LedgerError) as error:
            _log.error("long documents are posted in the queue, for no process prepares them: %s", error)
            return
        self._pipe = ours

    def _forget_left_over(self) -> None:
        with self._database.writing() as connection:
            for batch in left_over(connection, now()):
                forget(connection, batch)

    def stop(self) -> None:
        """End the process once the last document is moved: what it has not committed is nowhere, so that it may end at any moment."""
        self.wait_until_moved()
        self._interrupted = False
        pipe, process = self._pipe, self._process
        self._pipe = self._process = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.wait()

    def post(self, document: Document) -> Done | None:
        """Post a long document; None where the queue has to take it: what it touches does not come to rest, or there is no process.

        LedgerError where its rule refuses it. Where the process ends in the middle, the document is in the books or not at all, and the
        queue finds out which.
        """
        if not is_long(document):
            return None
        with self._one_at_a_time:
            try:
                self.wait_until_moved()
                if self._interrupted:
                    raise BrokenPipeError("interrupted")
                return self._post(document)
            except (EOFError, OSError) as error:
                if self._pipe is not None:
                    _log.error("the process that prepares long documents is gone (%r); it is started again", error)
                    self.stop()
                    self.start()
                return None

    def _post(self, document: Document) -> Done | None:
        for _ in range(PREPARE_ROUNDS_MAX):
            with self._watch.watching() as commits:
                ready: Ready | None = self._ask(Prepare(document))
                if ready is None:
                    return None
                if ready.turns:
                    self._take_turns(WriteAhead())
                ahead = len(commits)
                self._send(Since(tuple(commits[:ahead])))
                held = self._queue.alone(lambda commits=commits, ahead=ahead: self._commit(commits[ahead:]))  # type: ignore[misc]
            if held:
                return self._finish(turns=ready.turns)
        return None

    def _commit(self, commits: list[Commit]) -> bool:
        self._send(CommitIt(tuple(commits)))
        self.beside = self._answer()
        return self.beside is not None

    def _finish(self, *, turns: bool) -> Done:
        """Return what the document that is posted answers; many rows are moved while whoever sent it goes on."""
        try:
            done: Done = self._ask(Tell())
        except BaseException:
            self._moved()
            raise
        if turns:
            self._moving = threading.Thread(target=self._move, name="mover")
            self._moving.start()
        else:
            self._moved()
            self._ask(Finish())
        return done

    def _move(self) -> None:
        """Move the rows of the document that is posted; whatever happens, they are moved."""
        try:
            try:
                self._take_turns(Move())
            finally:
                self._moved()
            self._ask(Finish())
        except (EOFError, OSError, LedgerError) as error:
            _log.error("moving the rows of a long document was interrupted: %r", error)
            self._interrupted = True

    def _moved(self) -> None:
        """See to it that no rows are left."""
        self._database.move_rest()
        self.beside = None

    def wait_until_moved(self) -> None:
        """Wait until the rows of the last document are moved."""
        if self._moving is not None:
            self._moving.join()
            self._moving = None

    def _take_turns(self, message: WriteAhead | Move) -> None:
        """Ask for the same again and again, each time in a turn of the writer, until there is no more."""
        while self._queue.alone(lambda: self._ask(message)):
            pass

    def _ask(self, message: object) -> Any:
        self._send(message)
        return self._answer()

    def _send(self, message: object) -> None:
        if self._pipe is None:
            raise BrokenPipeError("stopped")
        self._pipe.send(message)

    def _answer(self) -> Any:
        if self._pipe is None or not self._pipe.poll(PREPARING_SECONDS_MAX):
            raise TimeoutError("no answer")
        answer = self._pipe.recv()
        if isinstance(answer, LedgerError):
            raise answer
        return answer


def is_long(document: Document) -> bool:
    """Tell whether a document is worth preparing: a new freight bill that names much, or purchases, behind which many orders may stand."""
    if not isinstance(document, FreightBill) or document.corrects:
        return False
    if any(line.direction == "inbound" for line in document.lines):
        return True
    return (
        sum(len(line.orders) + len(line.shipments) + len(line.tracking) + len(line.shares) for line in document.lines)
        >= PREPARED_TARGETS_MIN
    )
