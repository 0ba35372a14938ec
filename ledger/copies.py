"""Work that a copy of this process does while this one goes on: whatever is in memory is there, and nothing has to be sent.

A copy must not touch what belongs to its original: connections to the store above all. It ends when its work is done, and with its
original, however that ends.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import select
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from ledger.errors import StoreUnavailable

POSSIBLE = sys.platform == "linux"
"""Elsewhere a copy cannot be tied to its original."""

_PR_SET_PDEATHSIG = 1
_PIECE_BYTES = 64 * 1024


class Copy:
    """One copy at work."""

    def __init__(self, work: Callable[[], None]) -> None:
        """Start it; OSError where the system gives no process. There may be no other threads that hold what `work` needs."""
        self._pipe, theirs = os.pipe()
        self._told = b""
        self._ended = False
        self._error: Exception | None = None
        original = os.getpid()
        # Ctrl-C in a terminal reaches both: the copy must not meet it before it ignores it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            self._process = os.fork()
            if not self._process:
                _work(work, theirs, original)
        except OSError:
            os.close(self._pipe)
            raise
        finally:
            os.close(theirs)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    @property
    def at_work(self) -> bool:
        """Tell whether its work is not done yet."""
        if self._pipe < 0:
            return False
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        return not poll.poll(0)

    def wait(self) -> None:
        """Wait until its work is done, and raise what that raised; StoreUnavailable where it was killed."""
        self.end()
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        """Wait until it has ended, whatever came of it; may be interrupted and called again."""
        if self._ended:
            return
        while self._pipe >= 0:
            if piece := os.read(self._pipe, _PIECE_BYTES):
                self._told += piece
            else:
                pipe, self._pipe = self._pipe, -1
                os.close(pipe)
        try:
            _, status = os.waitpid(self._process, 0)
        except ChildProcessError:  # somebody else has waited for it: what it told counts
            status = 0
        self._error = _what_it_told(self._told) if self._told else StoreUnavailable(_how_it_ended(status))
        self._ended = True


def _work(work: Callable[[], None], answer: int, original: int) -> NoReturn:
    """Work, tell what came of it, and end without anything that the original does when it ends."""
    try:
        # What has begun is finished, whoever presses Ctrl-C; the original ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == original:
            gc.disable()
            error = _error_of(work)
            with os.fdopen(answer, "wb") as pipe:
                pipe.write(error)
    finally:
        os._exit(0)


def _error_of(work: Callable[[], None]) -> bytes:
    try:
        work()
    except Exception as error:  # the original raises it
        told = pickle.dumps(RuntimeError("".join(traceback.format_exception(error))))
        try:
            sent = pickle.dumps(error)
            pickle.loads(sent)
        except Exception:  # not every exception can be sent: then its text is
            return told
        return sent
    return pickle.dumps(None)


def _what_it_told(told: bytes) -> Exception | None:
    try:
        error: Exception | None = pickle.loads(told)
    except Exception as unreadable:
        return RuntimeError(f"what a copy told cannot be read: {unreadable!r}")
    return error


def _how_it_ended(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    return f"the process that writes the store was ended {how}; what it had not committed is not there"
