"""`python -m tests.bench.slope`: what ten times the orders cost. Fails where an import costs more than twelve times, a post or a read 1.5.

Ratios of processor time, the least of some rounds each: how busy or how fast the machine is does not count. Reads are
held to it together: a small shop has not sold each SKU in each month yet, so single ones have a little less to add up there. What each
may visit is counted exactly in tests/integration/test_reads.py.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from api.app import create_app
from importers.run import import_paths
from ledger.creation import create_books
from ledger.documents import read
from ledger.service import Ledger
from tests.api_client import ApiClient
from tests.bench.documents import live_order, stock_up, write_tables
from tests.bench.orders import SKUS, make_company

FEW, MANY = 1_000, 10_000
IMPORT_MAX, ONE_MAX = 12.0, 1.5
POSTS, POST_ROUNDS, READ_ROUNDS = 40, 4, 9
DAY = "2026-01-05"

READS = (
    "/orders/SO0000042/profit",
    "/orders?sort=-margin&limit=20",
    "/orders?channel=jd&sort=-margin&limit=20",
    "/profit?by=channel",
    "/profit?by=month",
    "/profit?by=sku&period=2025",
    "/statements/income?period=2025-06",
    "/statements/balance-sheet?period=2025-06",
    "/customers?limit=20",
    "/inventory?limit=20",
    "/entries?limit=20",
)


@dataclass(slots=True)
class Costs:
    """Processor seconds by what was done, in books of one size."""

    imported: float = 0.0
    post: float = 0.0
    reads: dict[str, float] = field(default_factory=dict)


def main() -> int:
    """Measure both sizes, print the ratios; return 1 where one is above its bound."""
    few, many = (_measure(orders) for orders in (FEW, MANY))
    table = Table("work", f"{FEW} orders", f"{MANY} orders", "ratio", "at most")
    steep = [_row(table, "import", few.imported, many.imported, IMPORT_MAX)]
    steep.append(_row(table, "an order, its payment and its shipment", few.post, many.post, ONE_MAX))
    for path, cost in few.reads.items():
        _row(table, f"GET {path}", cost, many.reads[path], None)
    steep.append(_row(table, "these reads together", sum(few.reads.values()), sum(many.reads.values()), ONE_MAX))
    Console(width=110).print(table)
    names = [name for name in steep if name is not None]
    if names:
        print(f"costs grow with the orders: {', '.join(names)}", file=sys.stderr)
    return int(bool(names))


def _row(table: Table, name: str, few: float, many: float, most: float | None) -> str | None:
    bound = "" if most is None else f"{most:g}"
    table.add_row(name, f"{few * 1000:.2f} ms", f"{many * 1000:.2f} ms", f"{many / few:.2f}", bound)
    return name if most is not None and many / few > most else None


def _measure(orders: int) -> Costs:
    costs = Costs()
    with _books(orders) as (ledger, tables):
        costs.imported = _seconds(lambda: import_paths(ledger, [tables]))
        ledger.post([read(json.loads(stock_up(DAY, [f"SKU{i:03d}" for i in range(SKUS)], 1_000)), ledger.currency)])
        costs.post = _posts(ledger)
        client = ApiClient(create_app(ledger), ledger.tokens.create("slope", ("read",)))
        for path in READS:
            costs.reads[path] = min(_seconds(lambda path=path: _get(client, path)) for _ in range(READ_ROUNDS))  # type: ignore[misc]
    return costs


def _posts(ledger: Ledger) -> float:
    """Return what the posts of one order cost, the least of some rounds."""
    rounds = []
    for turn in range(POST_ROUNDS):
        bodies = [live_order(f"LIVE-{turn}-{i}", DAY, f"SKU{i % SKUS:03d}") for i in range(POSTS)]
        documents = [read(json.loads(body), ledger.currency) for chain in bodies for body in chain]
        rounds.append(_seconds(lambda documents=documents: [ledger.post([one]) for one in documents]) / POSTS)  # type: ignore[misc]
    return min(rounds)


def _get(client: ApiClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text)


def _seconds(work: Callable[[], Any]) -> float:
    started = _processor_seconds()
    work()
    return _processor_seconds() - started


def _processor_seconds() -> float:
    """Return what this process and those that it waited for have computed: an import has its batches written by others."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime


@contextmanager
def _books(orders: int) -> Iterator[tuple[Ledger, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="orderledger-slope-"))
    try:
        write_tables(make_company(orders), folder / "tables")
        create_books(folder / "books", chart="ifrs", currency="CNY", costing="fifo")
        ledger = Ledger.open(folder / "books")
        try:
            yield ledger, folder / "tables"
        finally:
            ledger.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
