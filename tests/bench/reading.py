"""Questions over HTTP, one client: cold (once each, the store out of memory) and warm (medians); beside bean-query on the same orders,
and Fava for a statement.
"""

from __future__ import annotations

import time

from tests.bench.books import Books
from tests.bench.fava_pages import LIVE_MONTH, repeated, show, timed, until_shown
from tests.bench.limits import bare_look_up, bare_post
from tests.bench.load import run, run_chains
from tests.bench.plain_side import PlainSide
from tests.bench.processes import Server
from tests.bench.results import Figure, Results, of_load, of_times

REPEATS = 30
JUST_POSTED = 100
PAGE = 500
ALL_SECONDS_MAX = 300.0
FAVA_SECONDS_MAX = 3_600.0
PREFIX = "/books/orderledger"
LOOK_SECONDS = 0.02

QUESTIONS = {
    "profit of one order": ("/orders/SO0000042/profit", None),
    "profit by sku": ("/profit?by=sku", "by sku"),
    "profit by channel": ("/profit?by=channel", "by channel"),
    "profit by customer": ("/profit?by=customer", "by customer"),
    "profit by month": ("/profit?by=month", "by month"),
    "a month's profit by customer": ("/profit?by=customer&period=2025-06&limit=50", None),
    "a month's profit by order": ("/profit?by=order&period=2025-06&limit=50", None),
    "a page of orders by margin": ("/orders?sort=-margin&limit=50", "orders page"),
    "a channel's orders by margin": ("/orders?channel=jd&sort=-margin&limit=50", None),
    "a month's orders by margin": ("/orders?period=2025-06&sort=margin&limit=50", None),
    "a month's income statement": ("/statements/income?period=2025-06", "statement"),
    "a month's balance sheet": ("/statements/balance-sheet?period=2025-06", None),
    "a month's trial balance": ("/statements/trial-balance?period=2025-06", None),
    "income statement of some weeks": ("/statements/income?from=2025-06-10&to=2025-07-12", None),
    "a page of an account's ledger": ("/statements/general-ledger?account=payable:carrier&period=2025-06&limit=50", None),
    "a page of a month's entries": ("/entries?period=2025-06&limit=50", None),
    "a page of stock": ("/inventory?limit=50", None),
}


def measure_cold(results: Results, books: Books, server: Server) -> None:
    """Ask each question once after a start, with the store's pages put out of the system's memory before it."""
    for work, (path, _) in QUESTIONS.items():
        books.put_out_of_memory()
        load = run(server.port, [books.reading(path)], 1).require(200)
        results.add(f"{work}, cold", of_load(load))


def measure_questions(results: Results, plain: PlainSide, books: Books, server: Server) -> None:
    """Ask each question some times."""
    for work, (path, other) in QUESTIONS.items():
        load = run(server.port, [books.reading(path)] * REPEATS, 1).require(200)
        results.add(work, of_load(load), plain.figures.get(other or ""))
    seconds = _all_orders(books, server)
    results.add("profit of every order, all pages", seconds, plain.figures["all orders"], hledger=plain.figures.get("all orders, hledger"))


def measure_just_posted(results: Results, plain: PlainSide, books: Books, server: Server) -> None:
    """Ask for an order's profit right after its shipment is posted."""
    chains = []
    for _ in range(JUST_POSTED):
        number, bodies = books.live_bodies()
        chains.append([*map(books.posting, bodies), books.reading(f"/orders/{number}/profit")])
    load = run_chains(server.port, chains, 1).require(200, 201)
    looked_up = bare_look_up(books.folder)
    results.add("profit of one order, just posted", of_load(load.of_step(3)), plain.figures["one order"], limit=looked_up)
    written = bare_post(books.folder)
    results.add("one post, one client (shipment)", of_load(load.of_step(2)), plain.figures["post"].inverse, limit=written)


def measure_first_page(results: Results, plain: PlainSide, server: Server) -> None:
    """Wait for the first page of the books, counted from the start of the service."""
    while show(server, PREFIX) is None:
        if time.perf_counter() - server.started > FAVA_SECONDS_MAX:
            raise TimeoutError("Fava does not come up")
        time.sleep(LOOK_SECONDS)
    results.add("Fava: first page after a start", Figure(time.perf_counter() - server.started, "s"), plain.figures["first page"])


def measure_page_after_entry(results: Results, plain: PlainSide, books: Books, server: Server) -> None:
    """Post a shipment and open the page until it is in there."""

    def once(_number: int) -> float:
        _, (order, payment, shipment) = books.live_bodies()
        books.post(server, order)
        books.post(server, payment)
        before = show(server, PREFIX, LIVE_MONTH)
        books.post(server, shipment)
        return until_shown(server, PREFIX, LIVE_MONTH, before, time.perf_counter())

    figure = of_times(repeated(once), "s")
    results.add("Fava: a page after one more entry", figure, plain.figures["page after entry"])


def measure_order_profit_page(results: Results, server: Server) -> None:
    """Open our page in Fava: the newest orders, then those of a month by margin."""

    def open_page(query: str) -> None:
        status, _ = server.get(f"{PREFIX}/extension/OrderProfit/{query}")
        assert status == 200, f"the page Order profit answers {status}"

    def once(number: int) -> float:
        return timed(lambda: open_page("?time=2025-06&sort=-margin" if number % 2 else ""))

    results.add("Fava: the page Order profit", of_times(repeated(once), "s"))


def _all_orders(books: Books, server: Server) -> Figure:
    started = time.perf_counter()
    after = ""
    while time.perf_counter() - started < ALL_SECONDS_MAX:
        following = books.get(server, f"/profit?by=order&limit={PAGE}{after}")["next"]
        if following is None:
            return Figure(time.perf_counter() - started, "s")
        after = f"&after={following}"
    return Figure(time.perf_counter() - started, "s", timed_out=True)
