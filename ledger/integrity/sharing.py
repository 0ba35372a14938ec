"""Who judges which part of a check, and what all of them found together, in the order of the parts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import islice

from ledger.integrity.parts import PARTS, Judged

PROBLEMS_MAX = 100
"""Problems told at most: a broken file breaks every entry after it, and a hundred lines say so as well as a million."""


class Sharing:
    """The parts that nobody has taken yet, and what was found in the others. Thread-safe."""

    def __init__(self) -> None:
        self._left = sorted(range(len(PARTS)), key=lambda number: PARTS[number].seconds)
        self._found: dict[int, list[str]] = {}
        self._failure: Exception | None = None
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """Take the longest part that is left; None where none is, or the first ones have found all that is told."""
        with self._lock:
            return self._left.pop() if self._left and len(self._first()) < PROBLEMS_MAX else None

    def tell(self, number: int, problems: list[str]) -> None:
        """Note what was found in a part."""
        with self._lock:
            self._found[number] = problems

    def fail(self, error: Exception) -> None:
        """Note that another process cannot go on: what it found, or did not find, proves nothing."""
        self._failure = error

    def look(self) -> None:
        """Raise what another process failed with."""
        if self._failure is not None:
            raise self._failure

    def problems(self) -> list[str]:
        """Return what was found, in the order of the parts, and at most PROBLEMS_MAX of it."""
        self.look()
        with self._lock:
            found = self._first()
        assert len(self._found) == len(PARTS) or len(found) >= PROBLEMS_MAX, "parts were left out"
        if len(found) >= PROBLEMS_MAX:
            return [*found[:PROBLEMS_MAX], f"and more: only the first {PROBLEMS_MAX} are told"]
        return found

    def _first(self) -> list[str]:
        """Return what is known from the first part on, up to one that is not done yet."""
        found: list[str] = []
        for number in range(len(PARTS)):
            if number not in self._found:
                break
            found += self._found[number]
        return found


def judge(number: int, judged: Judged) -> list[str]:
    """Return what is found in a part, at most PROBLEMS_MAX problems."""
    return list(islice(PARTS[number].problems(judged), PROBLEMS_MAX))


def judge_here(sharing: Sharing, judged: Judged, collect: Callable[[], None]) -> None:
    """Judge one part after the other, until none is left."""
    while (number := sharing.take()) is not None:
        sharing.look()
        sharing.tell(number, judge(number, judged))
        collect()
