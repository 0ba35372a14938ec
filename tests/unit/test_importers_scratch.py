"""The scratch database of a reading: any thread may be the one that collects it."""

from __future__ import annotations

import gc
import sqlite3
import sys
import threading

import pytest

from importers.scratch import scratch_database


class Owner:
    def __init__(self) -> None:
        self.database = scratch_database(self)
        self.itself = self  # A cycle: only the collector ends it, in the thread that happens to run it.


def test_collected_in_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    owner = Owner()
    database = owner.database
    del owner
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join()
    assert not unraisable
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")
