"""What time it is, as documents are recorded with it."""

from __future__ import annotations

import datetime


def now() -> str:
    """Return the moment: RFC 3339 in UTC, with milliseconds."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
