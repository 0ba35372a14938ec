"""What an address of the page asks for, and the addresses that lead on from it.

A list goes forward by the report's cursors. The address keeps those of the pages before, so that there is a way back, and what they
belong to: another filter or sort starts at the first page again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

PAGES_MAX = 100
"""Cursors kept in an address: some 4 kB. Beyond that the way back starts later."""

DEFAULT_SORT = "-date"
FAVA_FILTERS = ("time", "account", "filter")

Link = dict[str, str | None]
"""Arguments of the page's address; None leaves one out."""


@dataclass(frozen=True, slots=True)
class Question:
    """One order, or a page of the list: `trail` are the cursors of the pages up to this one."""

    order: str | None
    sort: str
    state: str | None
    trail: tuple[str, ...]
    mark: str

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Question:
        """Read an address; cursors that belong to another list are dropped."""
        sort = arguments.get("sort") or DEFAULT_SORT
        state = arguments.get("state") or None
        mark = _mark(sort, state, *(arguments.get(name, "") for name in FAVA_FILTERS))
        given, *trail = arguments.get("after", "").split(".")
        return cls(arguments.get("order") or None, sort, state, tuple(trail[-PAGES_MAX:]) if given == mark else (), mark)

    @property
    def after(self) -> str | None:
        """Return the cursor of this page, None for the first."""
        return self.trail[-1] if self.trail else None

    @property
    def page(self) -> int | None:
        """Return the page's number, None where the pages before are not all known."""
        return len(self.trail) + 1 if len(self.trail) < PAGES_MAX else None

    def sorted_by(self, name: str) -> Link:
        """Lead to the list sorted by a column: high values first, and on the second click low ones."""
        sort = name if self.sort == f"-{name}" else f"-{name}"
        return {"sort": sort, "state": self.state}

    def in_state(self, state: str | None) -> Link:
        """Lead to the orders of one state, or of all."""
        return {"sort": self.sort, "state": state}

    def to_page(self, *trail: str) -> Link:
        """Lead to the page behind these cursors."""
        return {"sort": self.sort, "state": self.state, "after": ".".join((self.mark, *trail)) if trail else None}

    def to_order(self, reference: str) -> Link:
        """Lead to one order, from where there is a way back to this page."""
        return self.to_page(*self.trail) | {"order": reference}


def _mark(*parts: str | None) -> str:
    return hashlib.sha256("\0".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:8]
