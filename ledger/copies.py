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


class Copy:
    """One copy at work."""

    def __init__(self, work: Callable[[], None]) -> None:
        """Start it. There may be no other threads that hold what `work` needs."""
        self._answer, theirs = os.pipe()
        original = os.getpid()
        self._process = os.fork()
        if not self._process:
            _work(work, theirs, original)
        os.close(theirs)
        self._ended = False
        self._error: Exception | None = None

    @property
    def at_work(self) -> bool:
        """Tell whether its work is not done yet."""
        return not self._ended and not select.select([self._answer], [], [], 0)[0]

    def wait(self) -> None:
        """Wait until its work is done, and raise what that raised; StoreUnavailable where it was killed."""
        self.end()
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        """Wait until it has ended, whatever came of it."""
        if self._ended:
            return
        with os.fdopen(self._answer, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(self._process, 0)
        self._ended = True
        self._error = pickle.loads(told) if told else StoreUnavailable(_how_it_ended(status))


def _work(work: Callable[[], None], answer: int, original: int) -> NoReturn:
    """Work, tell what came of it, and end without anything that the original does when it ends."""
    try:
        # Ctrl-C in a terminal reaches both: what has begun is finished, and the original ends.
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
        try:
            return pickle.dumps(error)
        except (pickle.PicklingError, TypeError, AttributeError):
            return pickle.dumps(RuntimeError("".join(traceback.format_exception(error))))
    return pickle.dumps(None)


def _how_it_ended(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    return f"the process that writes the store was ended {how}; what it had not committed is not there"
