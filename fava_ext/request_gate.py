"""Who may touch the loaded books at the same time: many readers, or one thread that reloads or writes.

Fava replaces what it has loaded piece by piece; a page drawn meanwhile would mix two states.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class RequestGate:
    """Let readers in together and a changer alone; whoever waits to change goes before new readers."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._changers_waiting = 0
        self._changing = False
        self._mine = threading.local()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the books still for one request."""
        self._enter_reading()
        try:
            yield
        finally:
            self._leave_reading()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Have the books alone; inside `reading` that hold is given up meanwhile, inside `changing` nothing happens."""
        held: str | None = getattr(self._mine, "hold", None)
        if held == "changing":
            yield
            return
        if held == "reading":
            self._leave_reading()
        self._enter_changing()
        try:
            yield
        finally:
            self._leave_changing()
            if held == "reading":
                self._enter_reading()

    def _enter_reading(self) -> None:
        with self._condition:
            self._condition.wait_for(lambda: not self._changing and not self._changers_waiting)
            self._readers += 1
        self._mine.hold = "reading"

    def _leave_reading(self) -> None:
        self._mine.hold = None
        with self._condition:
            self._readers -= 1
            self._condition.notify_all()

    def _enter_changing(self) -> None:
        with self._condition:
            self._changers_waiting += 1
            try:
                self._condition.wait_for(lambda: not self._changing and not self._readers)
                self._changing = True
            finally:
                self._changers_waiting -= 1
        self._mine.hold = "changing"

    def _leave_changing(self) -> None:
        self._mine.hold = None
        with self._condition:
            self._changing = False
            self._condition.notify_all()
