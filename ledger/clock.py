"""What time it is, as documents are recorded with it."""

from __future__ import annotations

import datetime
import time

_said: tuple[int | None, str] = (None, "")
"""The last millisecond that was asked for, and how it is written: a load records several documents in one."""


def now() -> str:
    """Return the moment: RFC 3339 in UTC, with milliseconds."""
    global _said  # noqa: PLW0603  # one tuple takes the place of another: threads see either
    moment = time.time_ns() // 1_000_000
    said, text = _said
    if said != moment:
        whole, milliseconds = divmod(moment, 1_000)
        text = f"{datetime.datetime.fromtimestamp(whole, datetime.UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
        _said = (moment, text)
    return text
