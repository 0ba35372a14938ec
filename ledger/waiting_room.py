"""Where requests wait for the writer, and their senders for its answer.

Wake-ups are few, for each takes Python's lock from somebody at work.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

from ledger.errors import QueueFull
from ledger.limits import GATHER_SECONDS, GATHER_SECONDS_MAX

T = TypeVar("T")


class Answer(Generic[T]):
    """What somebody waits for: given once, by another thread. A lock is all that it needs, where a Future has a condition."""

    __slots__ = ("_error", "_given", "_value")

    def __init__(self) -> None:
        self._given = threading.Lock()
        self._given.acquire()
        self._error: Exception | None = None

    def give(self, value: T) -> None:
        """Let who waits go on with a value."""
        self._value = value
        self._given.release()

    def fail(self, error: Exception) -> None:
        """Let who waits go on with an error."""
        self._error = error
        self._given.release()

    def get(self) -> T:
        """Wait; return what was given, or raise it."""
        self._given.acquire()
        self._given.release()
        if self._error is not None:
            raise self._error
        return self._value


class WaitingRoom(Generic[T]):
    """Items in the order of their coming, for one thread that takes them."""

    def __init__(self, items_max: int) -> None:
        self._items_max = items_max
        self._items: deque[T] = deque()
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._wanted = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T, *, urgent: bool = False) -> None:
        """Add an item; QueueFull where too many wait. An urgent one ends the taker's wait for more."""
        with self._lock:
            if len(self._items) >= self._items_max:
                raise QueueFull(f"{self._items_max} requests wait to be posted; try again in a moment")
            self._add(item, urgent=urgent)

    def put_last(self, item: T) -> None:
        """Add an item, however many wait."""
        with self._lock:
            self._add(item, urgent=True)

    def _add(self, item: T, *, urgent: bool) -> None:
        self._items.append(item)
        if self._wanted and (urgent or len(self._items) >= self._wanted):
            self._wanted = 0
            self._arrived.notify()

    def take(self) -> T:
        """Return the first item; wait for it where there is none."""
        with self._lock:
            while not self._items:
                self._wanted = 1
                self._arrived.wait()
            return self._items.popleft()

    def take_another(self) -> T | None:
        """Return the next item, or None where nobody waits."""
        return self._items.popleft() if self._items else None

    def gather(self, wanted: int) -> None:
        """Wait until so many items are here, as long as they come within a moment of one another, or until an urgent one comes."""
        until = time.monotonic() + GATHER_SECONDS_MAX
        with self._lock:
            before = -1
            while before < (here := len(self._items)) < wanted and (left := until - time.monotonic()) > 0:
                before, self._wanted = here, wanted
                self._arrived.wait(min(GATHER_SECONDS, left))
                if not self._wanted:
                    return
            self._wanted = 0
