"""The lock between the publisher and readers of the books: readers never see half of an entry."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.books.layout import LOCK


@contextmanager
def books_lock(books: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold the lock: exclusive while the service's files grow, shared while they are read."""
    path = books / LOCK
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
