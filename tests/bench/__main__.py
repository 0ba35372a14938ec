"""`python -m tests.bench`: the whole way of many orders through orderledger, beside plain Beancount + Fava, in one run.

docs/BENCH.md says what each row means.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tests.bench.books import Books
from tests.bench.documents import write_tables
from tests.bench.importing import compare, measure_import, measure_upkeep
from tests.bench.late_freight import measure_late_freight
from tests.bench.machine import describe, load_average
from tests.bench.orders import SKUS, Company, make_company
from tests.bench.plain_side import PlainSide
from tests.bench.posting import measure_lag, measure_posts
from tests.bench.processes import ROOT
from tests.bench.reading import (
    measure_cold,
    measure_first_page,
    measure_just_posted,
    measure_order_profit_page,
    measure_page_after_entry,
    measure_questions,
)
from tests.bench.results import Figure, Results
from tests.postgres import running_server, stop_left_over

ORDERS = 10_000
ORDERS_MIN = 100
KEPT = ROOT / ".run" / "bench"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""The tests' server does without; here its commits must last."""


def main() -> int:
    """Measure, print, keep; return the exit code."""
    orders, skus = _arguments()
    # So that everything that was started is also ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = Results(orders, Console(width=None if sys.stdout.isatty() else 190))
    results.details["machine"] = describe()
    results.details["skus"] = skus
    with _work_folder() as folder, _postgres_url(folder) as url:
        _measure(results, make_company(orders, skus), folder, url)
    results.details["machine"]["load_average_at_the_end"] = load_average()
    results.print(*_remarks(results))
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H%M")
    path = KEPT / f"{stamp}-{orders}.json"
    results.write(path)
    results.console.print(f"kept in {path.relative_to(ROOT)}; docs/BENCH.md explains the rows", highlight=False)
    return 0


def _measure(results: Results, company: Company, folder: Path, postgres_url: str) -> None:
    console = results.console
    tables = folder / "tables"
    write_tables(company, tables)
    console.print(f"plain Beancount + Fava, {results.orders:,} orders ...")
    plain = PlainSide(company, folder / "plain", results.say)
    plain.measure()
    console.print("orderledger ...")
    sqlite, postgres = Books(folder / "sqlite"), Books(folder / "postgres", postgres_url)
    measure_import(results, plain, sqlite, postgres, tables)
    measure_upkeep(results, plain, sqlite)
    with sqlite.serve() as server:
        measure_first_page(results, plain, server)
        measure_cold(results, sqlite, server)
        compare(results, company, plain, sqlite, server)
        sqlite.stock_up(server)
        measure_questions(results, plain, sqlite, server)
        measure_page_after_entry(results, plain, sqlite, server)
        measure_order_profit_page(results, server)
        with postgres.serve() as second:
            postgres.stock_up(second)
            measure_posts(results, plain, {"SQLite": (sqlite, server), "PostgreSQL": (postgres, second)})
        measure_just_posted(results, plain, sqlite, server)
        measure_lag(results, sqlite, server)
        measure_late_freight(results, company, sqlite, server)
        peaks = server.peaks_mb()
        if peaks:
            results.add("peak memory: the serving process", Figure(peaks.get("serving", 0.0), "MB"))
            results.add("peak memory: the process that prepares long bills", Figure(peaks.get("preparing", 0.0), "MB"))
            results.add("peak memory: Fava", Figure(peaks.get("fava", 0.0), "MB"), plain.figures.get("memory"))


def _remarks(results: Results) -> list[str]:
    shares = ", ".join(f"{share:.0%} on {store}" for store, share in results.details["share_of_empty_post"].items())
    busy = " to ".join(str(results.details["machine"][name][0]) for name in ("load_average", "load_average_at_the_end"))
    return [
        f"posting reaches {shares} of what an empty route does",
        "revenue, product cost, freight and fees agree to the cent: ours, the other side's, and the maker's of the orders",
        f"load average {busy} on {results.details['machine']['cores']} cores, this run's own work included",
    ]


def _arguments() -> tuple[int, int]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, metavar="N", help=f"orders (default {ORDERS})")
    parser.add_argument("--skus", type=int, default=SKUS, metavar="N", help=f"SKUs that they are for (default {SKUS})")
    chosen = parser.parse_args()
    if chosen.orders < ORDERS_MIN:
        parser.error(f"fewer than {ORDERS_MIN} orders say nothing")
    if chosen.skus < 1:
        parser.error("without a SKU there is nothing to order")
    return chosen.orders, chosen.skus


@contextmanager
def _work_folder() -> Iterator[Path]:
    """Lend a folder on the checkout's disk: a temporary folder may lie in memory, where durable means nothing."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="work-", dir=KEPT))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres_url(folder: Path) -> Iterator[str]:
    data = folder / "pg"
    data.mkdir()
    try:
        with running_server(data) as server:
            for name, value in DURABLE.items():
                server.execute(f"ALTER SYSTEM SET {name} = {value}")
            server.execute("SELECT pg_reload_conf()")
            with server.new_database() as url:
                yield url.render_as_string()
    finally:
        stop_left_over(data)


if __name__ == "__main__":
    sys.exit(main())
