"""The view of large books in a real browser: sums of closed days lead on to the orders of those days."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.company import Company
from tests.e2e.test_fava_page_order_profit import Site, browser, orders, served
from tests.view_books import detail_days

__all__ = ["browser"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """Serve books of six days, of which the last two are in full."""
    folder = tmp_path_factory.mktemp("company") / "books"
    company = Company(folder, f"sqlite:///{folder}/.orderledger/store.db")
    detail_days(folder, "2")
    company.buy("PO-1", "2026-03-01", 100, "40.00")
    for day in range(1, 7):
        for number in range(3):
            company.sell(f"SO-{day}-{number}", f"2026-03-{day:02}", 1 + number)
    company.ledger.publish()
    with served(folder) as url:
        yield Site(url, browser)
    assert company.problems() == []
    company.ledger.close()


@pytest.mark.parametrize(("locale", "title"), [("en-GB", "Order profit"), ("zh-CN", "订单利润")])
def test_a_sum_leads_to_the_orders_of_its_day(site: Site, locale: str, title: str) -> None:
    """From Fava's journal, and from an account's: to our page, filtered to that day; on to an order, which says what Fava has of it."""
    with site.open(locale=locale) as page:
        for address in ("journal/", "account/Income:Sales/"):
            page.goto(f"{site.url}/{address}")
            link = page.locator("ol.journal li.transaction a.order-profit-of", has_text="2026-03-02")
            expect(link).to_have_text(f"{title} 2026-03-02 ›")
            expect(page.locator("a.order-profit-of")).to_have_count(4)
        link.click()
        expect(page.locator(".op-list tbody tr")).to_have_count(3)
        assert sorted(orders(page)) == ["SO-2-0", "SO-2-1", "SO-2-2"]
        page.locator(".op-list tbody th a").first.click()
        expect(page.locator(".op-detail")).to_contain_text("2026-03-05")
        expect(page.locator(".op-movements a")).to_have_count(0)
        expect(page).to_have_url(re.compile("order=shop/SO-2-.&time=2026-03-02"))
