"""How the files of an import are divided among processes: which read a part of each, which a file as a whole."""

from __future__ import annotations

import os
from collections.abc import Sequence

from importers.bounds import READERS_BYTES_MIN, READERS_MAX
from importers.discovery import Source
from importers.opening import DUMP_SUFFIXES
from importers.parts import WHOLE, Part
from importers.sheets import SHEET_SUFFIXES

_WHOLE_SUFFIXES = (*SHEET_SUFFIXES, *DUMP_SUFFIXES, ".json")
"""Files that lie in memory as a whole, or whose rows cost more than their documents: each process would pay for all of it."""

Division = list[tuple[Part | None, ...]]
"""For each process, which part of each source is its own; None where it has none."""


def divide(sources: Sequence[Source]) -> Division | None:
    """Divide the sources among as many processes as there are processors to use; None where one process does as well."""
    readers = min(_processors(), READERS_MAX)
    sizes = [_size(source) for source in sources]
    whole = [_is_whole(source) for source in sources]
    if readers < 2 or sum(sizes) < READERS_BYTES_MIN or (sum(whole) == len(sources) == 1):
        return None
    busy = [0] * readers
    parts: list[list[Part | None]] = [[Part(reader, readers) for _ in sources] for reader in range(readers)]
    for i in sorted((i for i in range(len(sources)) if whole[i]), key=lambda i: -sizes[i]):
        least = busy.index(min(busy))
        busy[least] += sizes[i]
        for reader in range(readers):
            parts[reader][i] = WHOLE if reader == least else None
    return [tuple(own) for own in parts]


def _is_whole(source: Source) -> bool:
    return any(path.suffix.lower() in _WHOLE_SUFFIXES for path in (source.path, *source.joined))


def _size(source: Source) -> int:
    """Return the bytes to read, 0 of what is not there: who opens it says so."""
    return sum(path.stat().st_size for path in (source.path, *source.joined) if path.is_file())


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
