"""Our side: books in a folder, the command line as people use it, the service, and orders to post into it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from ledger.books.layout import PRIVATE
from tests.bench.documents import live_order, stock_up
from tests.bench.load import get_request, post_request
from tests.bench.processes import Ran, Server, free_port, run, serving

API = "/api/v1"
SECONDS_MAX = 7_200.0
"""A command of ours that takes longer has hung."""
LIVE_DAY = "2026-02-01"
"""After everything that the made-up company did."""
LIVE_SKUS = tuple(f"LIVE-{i:02d}" for i in range(50))
"""Not those of the company: its lots, and what late freight on them reaches, stay as they are."""
STOCK_QUANTITY = 1_000_000


@dataclass(slots=True)
class Books:
    """Books, their store (None: SQLite beside them) and a token."""

    folder: Path
    store_url: str | None = None
    token: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def create(self) -> None:
        """Make empty books and a token."""
        self.run("init", str(self.folder))
        self.token = self.run("token", "create", "bench", "--scope", "post", "--scope", "read").output.strip()

    def run(self, *arguments: str) -> Ran:
        """Run one command to its end."""
        ran = run([_program(), *arguments], SECONDS_MAX, self._environment)
        if ran.timed_out:
            raise TimeoutError(f"orderledger {arguments[0]} took more than {SECONDS_MAX} s")
        return ran

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """Serve them until the end of the block."""
        port = free_port()
        with serving([_program(), "serve", "--port", str(port)], port, f"{API}/health", self._environment) as server:
            yield server

    def get(self, server: Server, path: str) -> Any:
        """Return the JSON of a GET that must succeed."""
        status, body = server.get(API + path, self.token)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {body[:500]!r}")
        return json.loads(body)

    def post(self, server: Server, body: bytes) -> Any:
        """Post one document that must be new; return its receipt."""
        status, answer = server.request("POST", f"{API}/documents", body, self.token)
        if status != 201:
            raise RuntimeError(f"POST: {status} {answer[:500]!r}")
        return json.loads(answer)

    def put_out_of_memory(self) -> None:
        """Have the system forget what it keeps in memory of an SQLite store; what the service itself keeps stays."""
        for path in (self.folder / PRIVATE).glob("store.db*"):
            with path.open("rb") as file:
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def stock_up(self, server: Server) -> None:
        """Buy plenty of each SKU that is sold live."""
        self.post(server, stock_up(LIVE_DAY, LIVE_SKUS, STOCK_QUANTITY))

    def reading(self, path: str) -> bytes:
        """Return the bytes of a GET."""
        return get_request(API + path, self.token)

    def posting(self, body: bytes) -> bytes:
        """Return the bytes of a post."""
        return post_request(f"{API}/documents", body, self.token)

    def live_bodies(self) -> tuple[str, list[bytes]]:
        """Return the number of a new order, and its three documents: order, payment, shipment."""
        i = next(self._numbers)
        number = f"LIVE{i:07d}"
        return number, live_order(number, LIVE_DAY, LIVE_SKUS[i % len(LIVE_SKUS)])

    def live_chains(self, orders: int) -> list[list[bytes]]:
        """Return so many new orders as requests; the documents of one stand in each other's way, those of two do not."""
        return [[self.posting(body) for body in self.live_bodies()[1]] for _ in range(orders)]

    @property
    def _environment(self) -> dict[str, str]:
        # Empty is SQLite beside the books, whatever the caller's environment says.
        return {"ORDERLEDGER_BOOKS": str(self.folder), "ORDERLEDGER_STORE": self.store_url or ""}


def _program() -> Path:
    return Path(sys.executable).with_name("orderledger")
