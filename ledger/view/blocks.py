"""What has come to a month's file of entries since it was read last: the blocks of entries from a day on, by day."""

from __future__ import annotations

import mmap
from pathlib import Path

from ledger.errors import BooksProblem

_DAY = len("2026-03-02")
_END = b"\n\n"


def new_blocks(path: Path, start: int, end: int, boundary: str) -> tuple[dict[str, bytes], bool]:
    """Return the entries between two byte offsets dated from `boundary` on, in their order, and whether there were earlier ones."""
    found: dict[str, list[bytes]] = {}
    first, earlier = boundary.encode(), False
    if path.stat().st_size < end:
        raise BooksProblem(f"{path.name} has {path.stat().st_size} bytes where {end} were written: run `orderledger rebuild`")
    with path.open("rb") as file, mmap.mmap(file.fileno(), end, access=mmap.ACCESS_READ) as text:
        while start < end:
            stop = text.find(_END, start, end)
            stop = end if stop < 0 else stop + len(_END)
            day = text[start : start + _DAY]
            if day >= first:
                found.setdefault(day.decode("ascii"), []).append(text[start:stop])
            else:
                earlier = True
            start = stop
    return {day: b"".join(blocks) for day, blocks in sorted(found.items())}, earlier
