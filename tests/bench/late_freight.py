"""A late freight bill over many sold orders, and how long others wait for their posts meanwhile."""

from __future__ import annotations

import threading
import time

from tests.bench.books import LIVE_DAY, Books
from tests.bench.documents import inbound_bill, outbound_bill
from tests.bench.load import Load, run_chains
from tests.bench.orders import Company
from tests.bench.processes import Server
from tests.bench.results import Figure, Results

TARGETS_MAX = 10_000
CLIENTS = 8
CHAINS = 5_000
"""More than are posted before the bill is in."""
CALM_SECONDS = 1.0


def measure_late_freight(results: Results, company: Company, books: Books, server: Server) -> None:
    """Bill outbound freight by order, then inbound freight by purchase, each over as many orders as there are, at most 10,000."""
    orders = [sale.number for sale in company.sales[:TARGETS_MAX]]
    _measure(results, books, server, "outbound, by order", outbound_bill("LATE-OUT", LIVE_DAY, orders), len(orders))
    books.get(server, "/profit?by=month")  # who reads waits until the rows of the bill are moved
    purchases, covered = _purchases_behind(company)
    _measure(results, books, server, "inbound, by purchase", inbound_bill("LATE-IN", LIVE_DAY, purchases), covered)


def _purchases_behind(company: Company) -> tuple[list[str], int]:
    numbers: list[str] = []
    covered = 0
    for number, orders in company.sold_from.items():
        if covered + orders > TARGETS_MAX:
            break
        numbers.append(number)
        covered += orders
    return numbers, covered


def _measure(results: Results, books: Books, server: Server, name: str, bill: bytes, orders: int) -> None:
    stop = threading.Event()
    chains = books.live_chains(CHAINS)
    loads: list[Load] = []
    others = threading.Thread(target=lambda: loads.append(run_chains(server.port, chains, CLIENTS, stop)))
    others.start()
    try:
        time.sleep(CALM_SECONDS)
        started = time.perf_counter()
        books.post(server, bill)
        ended = time.perf_counter()
    finally:
        stop.set()
        others.join()
    load = loads[0].require(201)
    results.add(f"late freight bill, {name}", Figure(ended - started, "s"), orders=orders)
    meanwhile, calm = load.during(started, ended), load.before(started)
    results.add(f"others' posts meanwhile, {CLIENTS} clients: p99", Figure(meanwhile.percentile(0.99), "ms"), orders=orders)
    results.details.setdefault("p99_ms_before_the_bill", {})[name] = calm.percentile(0.99)
    results.details.setdefault("longest_ms_meanwhile", {})[name] = meanwhile.percentile(1.0)
