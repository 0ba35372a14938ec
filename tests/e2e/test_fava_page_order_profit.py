"""The page *Order profit* in a real browser, from the list of orders to the postings of one step."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ledger.reports.orders import list_orders
from tests.company import Company

START_SECONDS_MAX = 30.0
COUNT = 70
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NUMBER = "SO-7"


def chromium() -> str:
    """Return the browser's path; without one there is no test, except on CI, which installs one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if (path := shutil.which(name)) is not None:
            return path
    why = "no chromium: `apt-get install chromium` (.ci/run does it as root)"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's browser; it fetches nothing but the pages asked for."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Post orders over two months, late freight on them, one carrier's bill over several orders, and a loss."""
    folder = tmp_path_factory.mktemp("company") / "books"
    company = Company(folder, f"sqlite:///{folder}/.orderledger/store.db")
    company.buy("PO-1", "2026-01-05", 200, "40.00")
    for number in range(COUNT):
        date = f"2026-{1 + number % 2:02}-{10 + number % 15:02}"
        lines = [{"sku": "X", "quantity": "2", "unit_price": "25.00" if number == 0 else f"{60 + number}.00"}]
        company.post("order", f"SO-{number}", date, customer="林悦" if number % 2 else "Lin & Co", channel="tmall", lines=lines)
        company.post("shipment", f"S-{number}", date, order=f"SO-{number}", carrier="SF", estimated_freight="8.00")
    company.charge("F-1", "2026-03-10", "150.00", ["PO-1"], basis="quantity")
    shares = {f"SO-{number}": f"{9 + number}.00" for number in range(5, 15)}
    line = {"direction": "outbound", "amount": f"{sum(Decimal(share) for share in shares.values())}", "shares": shares}
    company.post("freight_bill", "SF-3", "2026-03-31", carrier="SF", lines=[line])
    company.ledger.publish()
    yield company
    company.ledger.close()


@dataclass(frozen=True)
class Site:
    """Fava's address for the books, and the browser that looks at it."""

    url: str
    browser: Browser

    @contextmanager
    def open(self, query: str = "", *, locale: str = "en-GB", dark: bool = False) -> Iterator[Page]:
        """Open the page as a reader of that language; nothing may go wrong in the browser."""
        wrong: list[str] = []
        scheme = "dark" if dark else "light"
        context = self.browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": 1380, "height": 900})  # type: ignore[arg-type] # the two words
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{self.url}/extension/OrderProfit/{query}")
        page.wait_for_selector("aside a.selected, aside .selected")
        yield page
        assert wrong == []
        context.close()


@pytest.fixture(scope="module")
def site(company: Company, browser: Browser) -> Iterator[Site]:
    """Run Fava as its own process for the books."""
    with served(company.books) as url:
        yield Site(url, browser)


@contextmanager
def served(books: Path) -> Iterator[str]:
    """Run Fava as its own process; yield the address of the books in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fava_ext.server", "--books", str(books), "--port", str(port)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        wait_for_port(process, port)
        yield f"http://127.0.0.1:{port}/books/orderledger"
    finally:
        process.terminate()
        process.wait(10)


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once the server listens."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        assert process.poll() is None and time.monotonic() < deadline, "Fava did not start"
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)


def orders(page: Page) -> list[str]:
    """Return the orders that the list shows."""
    return page.locator(".op-list tbody th").all_inner_texts()


def listed(company: Company, sort: str) -> list[str]:
    """Return all orders as the report sorts them."""
    with company.ledger.read() as ctx:
        return [item["order"] for item in list_orders(ctx, sort=sort, limit=500)["items"]]


def test_the_list_is_sorted_and_paged_by_the_server(company: Company, site: Site) -> None:
    """A click on a head sorts all orders, not just those shown; the way forward and back; losses stand out."""
    with site.open() as page:
        page.locator("[data-column=margin] a").click()
        expect(page.locator("[data-column=margin][aria-sort=descending]")).to_be_visible()
        page.locator("[data-column=margin] a").click()
        expect(page.locator("[data-column=margin][aria-sort=ascending]")).to_be_visible()
        everything = listed(company, "margin")
        assert orders(page) == everything[:50]
        expect(page.locator(".op-list tbody tr").first).to_have_class("op-loss")
        assert page.locator(".op-loss").count() == sum(Decimal(company.profit(n)["contribution"]) < 0 for n in everything[:50])
        page.get_by_role("link", name="Next").first.click()
        expect(page.get_by_text("Page 2").first).to_be_visible()
        assert orders(page) == everything[50:]
        page.get_by_role("link", name="Previous").first.click()
        expect(page.get_by_text("Page 1").first).to_be_visible()
        assert orders(page) == everything[:50]


def test_fava_s_time_filter_holds(company: Company, site: Site) -> None:
    """Typed into Fava's own field, on the second page: the list of that month starts at its first page."""
    with site.open() as page:
        page.get_by_role("link", name="Next").first.click()
        expect(page.get_by_text("Page 2").first).to_be_visible()
        page.get_by_placeholder("Time").fill("2026-02")
        page.get_by_placeholder("Time").press("Enter")
        expect(page.get_by_text("Orders dated 2026-02-01 to 2026-02-28")).to_be_visible()
        assert orders(page) == [n for n in listed(company, "-date") if company.profit(n)["date"] < "2026-03" and int(n[3:]) % 2]


def test_one_order_and_the_postings_of_a_step(company: Company, site: Site) -> None:
    """The figures are the report's; a step opens the postings that add up to it, late ones of a shared bill among them."""
    profit = company.profit(NUMBER)
    with site.open("?time=2026-02") as page:
        page.get_by_role("link", name=NUMBER, exact=True).click()
        expect(page.get_by_role("heading", name=f"Order {NUMBER}")).to_be_visible()
        figures = {row.get_attribute("data-step"): row.locator("td.num").first.inner_text() for row in page.locator("[data-step]").all()}
        for name, figure in figures.items():
            assert name is not None and abs(Decimal(figure.replace(",", ""))) == abs(Decimal(profit[name])), name
        assert figures["freight"] == "-16.00" and Decimal(figures["landed_cost"]) < 0
        assert page.locator(".op-headlines dd").all_inner_texts()[:3] == [profit[n] for n in ("revenue", "gross_profit", "contribution")]

        page.locator("[data-step=freight] th a").click()
        expect(page).to_have_url(re.compile(r"/journal/\?account="))
        own = page.locator("ol.journal .order-profit-own")
        expect(own).to_have_count(2)
        expect(own.first).to_be_visible()
        assert {posting.locator(".description").inner_text() for posting in own.all()} == {"Expenses:Fulfilment"}
        amounts = [Decimal(posting.locator(".num").first.inner_text().removesuffix(" CNY")) for posting in own.all()]
        assert sorted(amounts) == [Decimal("8.00"), Decimal("8.00")]
        expect(page.get_by_text("Freight bill SF-3")).to_be_visible()

        page.get_by_role("link", name="Order profit").click()
        expect(page.locator(".op-list")).to_be_visible()
        assert orders(page) == [NUMBER], "the filter of the journal names the order"


def test_every_step_opens_its_postings(company: Company, site: Site) -> None:
    """Each link leads to postings whose sum is the step."""
    with site.open(f"?order={NUMBER}") as page:
        rows = page.locator("[data-step]:has(th a)").all()
        steps = [(row.locator("td.num").first.inner_text(), row.locator("th a").get_attribute("href")) for row in rows]
        assert len(steps) >= 6
        for figure, address in steps:
            page.goto(f"{site.url.partition('/books')[0]}{address}")
            expect(page.locator(".order-profit-own").first).to_be_visible()
            amounts = page.locator(".order-profit-own p > .description + .num").all_inner_texts()
            assert -sum(Decimal(text.removesuffix(" CNY").replace(",", "")) for text in amounts if text) == Decimal(figure), address
            assert "time" not in (address or "")


def test_a_chinese_reader_reads_chinese(site: Site) -> None:
    """In the sidebar, on the list, on an order, and in the dark."""
    with site.open(locale="zh-CN", dark=True) as page:
        expect(page.locator("aside").get_by_text("订单利润")).to_be_visible()
        expect(page.get_by_text("每单显示完整利润")).to_be_visible()
        page.get_by_role("link", name=NUMBER, exact=True).click()
        expect(page.locator("[data-step=contribution] th")).to_have_text("贡献利润")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        colour = page.locator("[data-step=contribution] td").first.evaluate("cell => getComputedStyle(cell).color")
        assert brightness(colour) - brightness(background) > 100


def brightness(colour: str) -> float:
    """Return how bright a CSS colour is, 0 to 255."""
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3
