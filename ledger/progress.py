"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called now and then with (what is done, how many so far, how many in all or None)."""

STEP = 1_000
"""Rows between two calls."""


def silent(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""
    del what, done, total
