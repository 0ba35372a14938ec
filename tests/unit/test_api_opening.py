"""A served ledger whose store is away: 503 until it answers, then at work without a restart."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from api.limits import STORE_RETRY_SECONDS
from api.opening import Service
from api.worker import Settings
from ledger.errors import BooksProblem, StoreUnavailable
from ledger.service import Ledger
from tests.api_client import PretendLedger

SETTINGS = Settings(Path("nowhere"), None, None, open_docs=True)


class Opened(PretendLedger):
    """A ledger that counts what is done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def start_publisher(self) -> None:
        """Count it."""
        self.done.append("publisher")

    def start_preparing(self) -> None:
        """Count it."""
        self.done.append("preparing")

    def close(self) -> None:
        """Count it."""
        self.done.append("close")


def test_the_store_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again after a pause, not at every request; once open it stays open, and is closed at the end."""
    tries: list[int] = []
    ledger = Opened()

    def open_it(*_: Any) -> Opened:
        tries.append(1)
        if len(tries) < 3:
            raise StoreUnavailable("away")
        return ledger

    now = [100.0]
    monkeypatch.setattr(Ledger, "open", open_it)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    service = Service(SETTINGS)
    client = Client(service)
    assert [client.get("/api/v1/health").status_code for _ in range(3)] == [503] * 3 and len(tries) == 1
    now[0] += STORE_RETRY_SECONDS
    assert client.get("/api/v1/health").status_code == 503 and len(tries) == 2
    now[0] += STORE_RETRY_SECONDS
    assert client.get("/api/v1/health").json == {"status": "ok", "seq": 0, "published_seq": 0}
    assert client.get("/docs").status_code == 200 and len(tries) == 3
    service.close()
    assert ledger.done == ["publisher", "preparing", "close"]


def test_damaged_books_are_no_passing_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """They end the start."""

    def refuse(*_: Any) -> None:
        raise BooksProblem("damaged")

    monkeypatch.setattr(Ledger, "open", refuse)
    with pytest.raises(BooksProblem):
        Service(SETTINGS)
