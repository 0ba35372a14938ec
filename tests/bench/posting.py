"""Posting over HTTP: 32 clients beside an empty Flask route under the same server, and how soon the books show what was posted."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ledger.books.layout import PUBLISHED_SEQ
from tests.bench.books import LIVE_DAY, LIVE_SKUS, Books
from tests.bench.documents import live_order
from tests.bench.load import Load, post_request, run_chains
from tests.bench.plain_side import PlainSide
from tests.bench.processes import Server, free_port, serving
from tests.bench.results import Results, median_load, of_times

CLIENTS = 32
ROUNDS = 3
ORDERS_WARM = 100
ORDERS_A_ROUND = 1_000
"""Three documents each: a round takes some seconds."""
KINDS = ("order", "payment", "shipment")
ORDERS_OF_LAG = 20_000
"""More than are posted while the lag is watched."""
LAGS_MIN, LAGS_MAX = 10, 300
LAG_SECONDS_MAX = 20.0
LAG_LOOK_SECONDS = 0.001


@dataclass(slots=True)
class Posters:
    """A server to post to, and what posting to it came to."""

    server: Server
    chains: Callable[[int], list[list[bytes]]]
    loads: list[Load] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def post(self, orders: int) -> Load:
        """Post the three documents of so many orders."""
        return run_chains(self.server.port, self.chains(orders), CLIENTS).require(201)

    def round(self) -> None:
        """Post a round and keep what it took."""
        before = self.server.cpu_seconds()
        self.loads.append(self.post(ORDERS_A_ROUND))
        self.cpu_seconds += self.server.cpu_seconds() - before

    def details(self) -> dict[str, Any]:
        """Return what does not fit the table."""
        documents = sum(load.requests for load in self.loads)
        return {
            "rounds_per_second": [round(load.per_second) for load in self.loads],
            "cpu_ms_per_document": round(1000 * self.cpu_seconds / documents, 3),
            "p50_ms": [round(load.percentile(0.5), 2) for load in self.loads],
            "p99_ms": [round(load.percentile(0.99), 2) for load in self.loads],
            "p99_ms_by_kind": {kind: round(self.loads[-1].of_step(step).percentile(0.99), 2) for step, kind in enumerate(KINDS)},
        }


def measure_posts(results: Results, plain: PlainSide, served: Mapping[str, tuple[Books, Server]]) -> None:
    """Post on each store and to the empty route by turns: a busy moment of the machine hits all of them."""
    with _empty_route() as empty:
        posters = {"empty": Posters(empty, _empty_chains)}
        for name, (books, server) in served.items():
            posters[name] = Posters(server, books.live_chains)
        for poster in posters.values():
            poster.post(ORDERS_WARM)
        for _ in range(ROUNDS):
            for poster in posters.values():
                poster.round()
    ceiling = median_load(posters["empty"].loads, "posts/s")
    results.add(f"empty Flask POST, {CLIENTS} clients: the ceiling here", ceiling, orders=0)
    for name in served:
        ours = median_load(posters[name].loads, "posts/s")
        results.add(f"durable posts, {CLIENTS} clients, {name}", ours, plain.figures["post"], limit=ceiling)
        results.details.setdefault("share_of_empty_post", {})[name] = round(ours.value / ceiling.value, 3)
    results.details["posts"] = {name: poster.details() for name, poster in posters.items()}


def measure_lag(results: Results, books: Books, server: Server) -> None:
    """Under the same load, post one order's documents after another and watch the counter that says what the books hold."""
    stop = threading.Event()
    chains = books.live_chains(ORDERS_OF_LAG)
    loads: list[Load] = []
    load = threading.Thread(target=lambda: loads.append(run_chains(server.port, chains, CLIENTS, stop)))
    load.start()
    try:
        lags = list(_lags(books, server))
    finally:
        stop.set()
        load.join()
    loads[0].require(201)
    results.add(f"from acknowledged to in the books, {CLIENTS} clients posting", of_times(lags))


def _lags(books: Books, server: Server) -> Iterator[float]:
    counter = books.folder / PUBLISHED_SEQ
    started = time.perf_counter()
    for number in range(LAGS_MAX):
        if time.perf_counter() - started > LAG_SECONDS_MAX and number >= LAGS_MIN:
            return
        # An order alone is a whole document too, and the quickest to post.
        seq = books.post(server, books.live_bodies()[1][0])["seq"]
        acknowledged = time.perf_counter()
        while int(counter.read_text() or 0) < seq:
            if time.perf_counter() - acknowledged > LAG_SECONDS_MAX:
                raise TimeoutError("the publisher does not keep up")
            time.sleep(LAG_LOOK_SECONDS)
        yield time.perf_counter() - acknowledged


def _empty_chains(orders: int) -> list[list[bytes]]:
    return [[post_request("/documents", body, "none") for body in live_order("LIVE0000000", LIVE_DAY, LIVE_SKUS[0])]] * orders


@contextmanager
def _empty_route() -> Iterator[Server]:
    port = free_port()
    with serving([sys.executable, "-m", "tests.bench.empty_post", str(port)], port, "/health") as server:
        yield server
