"""How far the view has read the journal, and how long its own files are: `view/state.json`, replaced in one step after every change.

Readers take another stamp of this file for a change of the view.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ledger.books.files import put
from ledger.books.layout import CLOSINGS, INDEX, VIEW_STATE, entries_path, view_day_path

VERSION = 1
"""Of the view's layout: another one is made anew."""


@dataclass(slots=True)
class ViewState:
    """`boundary` is the first day in full, `read` how far each file of the service was read, `days` how long each day's file is."""

    boundary: str
    read: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    version: int = VERSION

    @classmethod
    def load(cls, books: Path) -> ViewState | None:
        """Return the state on disk; None where there is none that this version can go on from."""
        try:
            found = cls(**json.loads((books / VIEW_STATE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.version == VERSION else None

    def save(self, books: Path) -> None:
        """Write it, durably."""
        put(books, VIEW_STATE, json.dumps(dataclasses.asdict(self), indent=1).encode())

    def goes_on(self, books: Path, sizes: Mapping[str, int], boundary: str) -> bool:
        """Tell whether files of these sizes and a view from `boundary` on can come of this one by appending."""
        if boundary < self.boundary or any(sizes.get(path, -1) < size for path, size in self.read.items() if path not in (INDEX, CLOSINGS)):
            return False
        return all(_size(books / view_day_path(day)) >= size for day, size in self.days.items() if day >= boundary)

    def unread(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the files that have changed since they were read."""
        return sorted(path for path, size in sizes.items() if self.read.get(path) != size)

    def start_of(self, path: str) -> int:
        """Return the offset from which a month's file is to be read."""
        return self.read.get(path, 0)

    def is_closed(self, path: str) -> bool:
        """Tell whether a month's file has closed days only."""
        return path < entries_path(self.boundary[:7])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1
