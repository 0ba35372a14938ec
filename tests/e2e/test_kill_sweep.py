"""kill -9 at random moments under eight posters who sell the same SKU: what was acknowledged is there, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.creation import create_books
from ledger.integrity import check
from ledger.limits import AT_ONCE_ROWS_MAX, PREPARED_TARGETS_MIN
from ledger.service import Ledger

POSTERS = 8
START_SECONDS_MAX = 60


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A service in a process group of its own."""

    books: Path
    store_url: str
    token: str
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.port = free_port()
        command = [str(Path(sys.executable).with_name("orderledger")), "serve", "--port", str(self.port), "--books", str(self.books)]
        environment = os.environ | {"ORDERLEDGER_STORE": str(self.store_url), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/health").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the service did not start")

    @property
    def url(self) -> str:
        """Return the API's address."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def client(self) -> httpx.Client:
        """Return a client with the token."""
        return httpx.Client(headers={"Authorization": f"Bearer {self.token}"}, timeout=30)

    def kill(self) -> None:
        """Kill the whole group at once, Fava too."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@dataclass
class Poster:
    """Posts orders and shipments of one shared SKU, now and then a purchase, late freight or a long bill, until the service is gone."""

    served: Served
    name: str
    stop: threading.Event
    sent: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Post until told to stop or the connection breaks."""
        with self.served.client() as client:
            for number in range(10_000):
                for body in self._documents(f"{self.name}-{number}", number):
                    if self.stop.is_set():
                        return
                    self.sent.append(body)
                    try:
                        answer = client.post(f"{self.served.url}/documents", json=body)
                    except httpx.HTTPError:
                        return
                    if answer.status_code in (200, 201):
                        self.acknowledged.append(body)
                    else:
                        self.refused.append(answer.text)

    def _documents(self, number: str, i: int) -> list[dict[str, Any]]:
        day = f"2026-{3 + i % 3:02d}-{1 + i % 28:02d}"
        base = {"source": "kill", "date": day}
        line = {"sku": "SHARED", "quantity": "2"}
        order = {**base, "kind": "order", "number": number, "customer": "C", "lines": [{**line, "unit_price": "9.99"}]}
        shipment = {**base, "kind": "shipment", "number": number, "order": number, "estimated_freight": "0.70"}
        bought = {"sku": "SHARED", "quantity": "3", "amount": "10.00"}
        purchase = {**base, "kind": "purchase", "number": number, "supplier": "S", "lines": [bought]}
        freight = {"amount": "1.01", "direction": "inbound", "purchases": [number]}
        bill = {**base, "kind": "freight_bill", "number": number, "carrier": "F", "lines": [freight]}
        # By turns one whose rows are posted with it, and one whose rows are moved afterwards.
        parcels = [f"{number}-{parcel}" for parcel in range(PREPARED_TARGETS_MIN if i % 4 == 0 else 2 * AT_ONCE_ROWS_MAX)]
        long_line = {"amount": "50.00", "direction": "outbound", "basis": "equal", "tracking": parcels}
        long_bill = {**base, "kind": "freight_bill", "number": f"LONG-{number}", "carrier": "F", "lines": [long_line]}
        return [order, shipment] + ([purchase, bill, long_bill] if i % 2 == 0 else [])


def one_round(served: Served, seed: int) -> int:
    """Post, kill, start again; everything acknowledged answers as a replay, the rest can be sent again. Returns how many were."""
    stop = threading.Event()
    posters = [Poster(served, f"r{seed}p{i}", stop) for i in range(POSTERS)]
    threads = [threading.Thread(target=poster.run) for poster in posters]
    for thread in threads:
        thread.start()
    time.sleep(random.Random(seed).uniform(0.1, 1.2))
    served.kill()
    stop.set()
    for thread in threads:
        thread.join()
    assert not [text for poster in posters for text in poster.refused]
    served.start()
    with served.client() as client:
        for poster in posters:
            for body in poster.acknowledged:
                answer = client.post(f"{served.url}/documents", json=body)
                assert answer.status_code == 200, answer.text
                assert answer.headers["Idempotent-Replay"] == "true"
            for body in poster.sent[len(poster.acknowledged) :]:
                assert client.post(f"{served.url}/documents", json=body).status_code in (200, 201)
    return sum(len(poster.acknowledged) for poster in posters)


def sweep(tmp_path: Path, store_url: str, rounds: int) -> None:
    """Kill `rounds` times, then check every promise."""
    books = tmp_path / "books"
    create_books(books)
    ledger = Ledger.open(books, store_url)
    served = Served(books, store_url, ledger.tokens.create("sweep", ["post", "read"]))
    ledger.close()
    served.start()
    acknowledged = sum(one_round(served, seed) for seed in range(rounds))
    assert acknowledged
    assert served.stop() == 0
    ledger = Ledger.open(books, store_url)
    health = ledger.health()
    assert check(ledger) == []
    ledger.close()
    texts = [path.read_text(encoding="utf-8") for path in books.glob("journal/*/*.ndjson")]
    seqs = [json.loads(line)["seq"] for text in texts for line in text.splitlines()]
    assert sorted(seqs) == list(range(1, health["seq"] + 1)), "every document stands in the books once"


def test_two_kills(tmp_path: Path, store_url: str) -> None:
    """The short form that runs every time."""
    sweep(tmp_path, store_url, 2)


@pytest.mark.slow
def test_twenty_kills(tmp_path: Path, store_url: str) -> None:
    """The sweep."""
    sweep(tmp_path, store_url, 20)
