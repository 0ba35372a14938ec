"""The page *Order profit* in Fava, in this process: its list, its paging, one order, both languages, and a store that is away."""

from __future__ import annotations

import json
import logging
import re
import string
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import URL
from werkzeug.test import Client

from fava_ext.books_files import BooksFiles
from fava_ext.fava_seam import create_books_app
from fava_ext.order_profit.words import LOCALES
from ledger.errors import BooksProblem, NotFound, StoreUnavailable
from ledger.reading import Reading
from ledger.reports.order_profit import order_profit
from ledger.reports.orders import list_orders
from ledger.service import Ledger
from tests.company import Company

PAGE = "/orderledger/extension/OrderProfit/"
COUNT = 130
SPITE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
"""A customer whose name is taken as text or does harm."""


class Pages:
    """Ask for pages, and read what stands on them."""

    def __init__(self, books: Path) -> None:
        self._client = Client(create_books_app(BooksFiles.at(books)))

    def get(self, language: str = "en", **arguments: str) -> str:
        """Return the page; it never fails."""
        path = f"{PAGE}?{urlencode({'partial': 'true', **arguments})}"
        answer = self._client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def follow(self, page: str, relation: str) -> str | None:
        """Return the page that a link with this `rel` leads to, None where there is none."""
        found = re.search(rf'<a rel="{relation}" href="([^"]+)"', page)
        return self._client.get(unescape(found[1])).get_data(as_text=True) if found else None


def numbers(page: str) -> list[str]:
    """Return the orders on a page of the list."""
    return [unescape(text) for text in re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page)]


def text(page: str) -> str:
    """Return what a reader sees."""
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]*>", " ", page, flags=re.S)).split())


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Post orders over three months: some not shipped, some at a loss, late freight on them all."""
    folder = tmp_path_factory.mktemp("company") / "books"
    company = Company(folder, URL.create("sqlite", database=str(folder / ".orderledger/store.db")).render_as_string())
    company.buy("PO-1", "2026-01-05", 500, "40.00")
    for number in range(COUNT):
        date = f"2026-{1 + number % 3:02}-{10 + number % 15:02}"
        lines = [{"sku": "X", "quantity": str(1 + number % 4), "unit_price": f"{30 + number % 50}.00"}]
        customer = {0: SPITE, 1: "林悦"}.get(number % 5, "Lin & Co")
        company.post("order", f"SO-{number}", date, customer=customer, channel="tmall" if number % 2 else "jd", lines=lines)
        if number % 6:
            company.post("shipment", f"S-{number}", date, order=f"SO-{number}", carrier="SF", estimated_freight="8.00")
    company.charge("F-1", "2026-04-10", "400.00", ["PO-1"], basis="quantity")
    company.ledger.publish()
    yield company
    company.ledger.close()


@pytest.fixture(scope="module")
def pages(company: Company) -> Pages:
    """Open Fava on the company's books."""
    return Pages(company.books)


def listed(company: Company, **conditions: Any) -> list[str]:
    """Return the numbers of all orders that the report lists."""
    with company.ledger.read() as ctx:
        return [item["order"] for item in list_orders(ctx, limit=500, **conditions)["items"]]


@pytest.mark.parametrize("sort", ["-date", "date", "-revenue", "gross_profit", "-contribution", "margin", "-margin"])
def test_pages_hold_every_order_once_in_the_report_s_order(company: Company, pages: Pages, sort: str) -> None:
    """Forward to the end, and back again over the same pages."""
    page: str | None = pages.get(sort=sort)
    seen: list[list[str]] = []
    last = ""
    while page is not None:
        seen.append(numbers(page))
        last, page = page, pages.follow(page, "next")
    assert [number for numbers in seen for number in numbers] == listed(company, sort=sort)
    assert len(seen) == 3
    back = pages.follow(last, "prev")
    assert back is not None and numbers(back) == seen[1]
    first = pages.follow(back, "prev")
    assert first is not None and numbers(first) == seen[0] and pages.follow(first, "prev") is None


def test_another_filter_starts_at_the_first_page(company: Company, pages: Pages) -> None:
    """Fava keeps the rest of the address when a filter is typed."""
    following = re.search(r'rel="next" href="[^"]*after=([^"&]+)', pages.get())
    assert following is not None
    assert numbers(pages.get(after=following[1]))[0] == listed(company)[50]
    assert numbers(pages.get(after=following[1], filter="channel:jd"))[0] == listed(company, channel="jd")[0]


def test_the_list_is_the_report(company: Company, pages: Pages) -> None:
    """The figures are the report's, to the last digit."""
    page = pages.get(sort="-contribution")
    with company.ledger.read() as ctx:
        items = list_orders(ctx, sort="-contribution")["items"]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.partition("<tbody>")[2], re.S)
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        margin = "–" if item["margin"] is None else f"{float(item['margin']) * 100:.2f} %"
        shown = [item["date"], item["order"], item["customer"], item["channel"], item["state"].title()]
        shown += ["loss"] * item["contribution"].startswith("-")
        shown += [item["revenue"], item["gross_profit"], item["contribution"], margin]
        assert text(row) == " ".join(" ".join(shown).split())


def test_fava_s_filters_restrict_the_list(company: Company, pages: Pages) -> None:
    """Time, channel and customer as the report takes them; named orders in the list's own order."""
    shown = numbers(pages.get(time="2026-02", filter='channel:"^tmall$" payee:"^林悦$"'))
    assert shown and shown == [n for n in listed(company, channel="tmall", customer="林悦") if n in listed_in(company, "2026-02")]
    assert numbers(pages.get(state="estimated")) == listed(company, state="estimated")[:50]
    assert numbers(pages.get(filter="#order-SO-7, #order-SO-6, #order-SO-9", sort="margin")) == [
        n for n in listed(company, sort="margin") if n in ("SO-6", "SO-7", "SO-9")
    ]
    assert numbers(pages.get(filter="#order-SO-7, #order-SO-9", time="2026-02")) == ["SO-7"]
    assert "No orders here." in text(pages.get(time="2031"))


def listed_in(company: Company, month: str) -> list[str]:
    """Return the orders of a month."""
    with company.ledger.read() as ctx:
        return [item["order"] for item in list_orders(ctx, limit=500)["items"] if item["date"].startswith(month)]


def test_what_is_not_applied_is_said(pages: Pages) -> None:
    """The list then shows what it would without that part."""
    page = pages.get(time="soon", account="Expenses:COGS", filter="green-tea")
    assert numbers(page) == numbers(pages.get())
    assert "Not applied to this list: the time soon, which is no date; the account filter Expenses:COGS:" in text(page)
    assert "the filter green-tea." in text(page)
    assert "Not in the books: SO-9999." in text(pages.get(filter="#order-SO-9999, #order-SO-1"))
    assert "Only the first 20 orders" in text(pages.get(filter=", ".join(f"#order-SO-{n}" for n in range(25))))
    assert "The filters exclude each other" in text(pages.get(filter="#order-SO-1 #order-SO-2"))


def test_one_order_is_the_report(company: Company, pages: Pages) -> None:
    """Each figure of the report stands on the page; what is still open is named."""
    profit = company.profit("SO-7")
    page = text(pages.get(order="shop/SO-7"))
    for name in ("revenue", "gross_profit", "contribution", "goods_revenue", "product_cost", "landed_cost", "freight"):
        assert profit[name] in page
    assert profit["landed_cost"] != "0.00"
    assert "Still open Freight accrued freight of shipment S-7 estimated at 8.00 CNY on 2026-02-17, not yet billed" in page
    assert "Freight bill F-1" in page
    assert "2026-04-10 Late inbound freight on goods sold before Freight bill F-1 · Landed cost" in page
    assert "Nothing has been posted" in text(pages.get(order="SO-6"))


def test_a_step_s_link_forgets_the_page_s_filters(pages: Pages) -> None:
    """Late costs lie outside of the list's days, and count all the same."""
    page = pages.get(order="SO-7", time="2026-02", account="Assets", filter="#order-SO-7")
    found = re.search(r'data-step="landed_cost".*?href="([^"]+)"', page, re.S)
    assert found is not None
    link = unescape(found[1])
    assert link.startswith("/orderledger/journal/?account=%5EExpenses:COGS:Landed$&filter=%23order-SO-7,")
    assert link.endswith("#postings-of=SO-7") and "time=" not in link
    back = re.search(r'class="op-back" href="([^"]+)"', page)
    assert back is not None and "time=2026-02" in back[1]


def test_the_page_speaks_the_reader_s_language(pages: Pages) -> None:
    """Chinese for whom Fava is Chinese, English for everyone else."""
    chinese, one = text(pages.get("zh-CN,zh")), text(pages.get("zh", order="SO-7"))
    assert "全部订单" in chinese and "贡献利润" in chinese and "Contribution" not in chinese
    assert "发货单 S-7 的运费于 2026-02-17 暂估 8.00 CNY，账单未到" in one and "Landed" not in one
    assert "账簿中没有这个订单" in text(pages.get("zh", order="SO-9999"))
    assert "All orders" in text(pages.get("fr"))


def test_both_languages_say_the_same_things() -> None:
    """The same keys, with the same placeholders."""
    texts = [json.loads((LOCALES / f"{name}.json").read_text(encoding="utf-8")) for name in ("en", "zh")]
    assert texts[0].keys() == texts[1].keys()
    for key in texts[0]:
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(each[key]) if name) for each in texts]
        assert fields[0] == fields[1], key


def test_names_are_text_and_nothing_else(pages: Pages) -> None:
    """No name becomes markup, a template or a part of another address."""
    for page in (pages.get(), pages.get(order="SO-0"), pages.get(filter=SPITE, account=SPITE, time=SPITE)):
        assert "<img" not in page and SPITE in text(page)
    assert "<img" not in pages.get(order=SPITE)
    link = re.search(r'href="([^"]*filter=payee[^"]*img[^"]*)"', pages.get())
    assert link is not None
    assert set(re.findall(r"%22%5E|\$%22", link[1])) == {"%22%5E", "$%22"}
    address = parse_qs(urlsplit(unescape(link[1])).query)["filter"][0]
    assert set(numbers(pages.get(filter=address))) == {f"SO-{number}" for number in range(0, COUNT, 5)}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"order": "nope"}, "There is no such order in the books."),
        ({"order": "x" * 999}, "This address asks for something that the list does not know."),
        ({"sort": "colour"}, "This address asks for something"),
        ({"state": "open"}, "This address asks for something"),
        ({"order": "\x00"}, "This address asks for something"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(pages: Pages, arguments: dict[str, str], sentence: str) -> None:
    """With a way back to the list."""
    page = text(pages.get(**arguments))
    assert sentence in page and "Start again with all orders" in page


def test_a_cursor_of_nobody_is_a_sentence(pages: Pages) -> None:
    """Even one that is marked as ours."""
    following = re.search(r'rel="next" href="[^"]*after=([0-9a-f]+)\.', pages.get())
    assert following is not None
    assert "This address asks for something" in text(pages.get(after=f"{following[1]}.x%%"))


def test_hand_written_entries_count_at_once(tmp_path: Path) -> None:
    """They move the profit as soon as the file is saved, and are told apart."""
    company = Company(tmp_path / "books", f"sqlite:///{tmp_path}/books/.orderledger/store.db")
    company.buy("PO-1", "2026-01-05", 10, "40.00")
    company.sell("SO-1", "2026-01-10", 1)
    company.ledger.publish()
    pages = Pages(company.books)
    assert "60.00" in text(pages.get(order="SO-1"))
    entry = '2026-01-20 * "Box"\n  order: "SO-1"\n  Expenses:Packaging  5.00 CNY\n  Assets:Bank  -5.00 CNY\n'
    (company.books / "manual.beancount").write_text(entry, encoding="utf-8")
    page = text(pages.get(order="SO-1"))
    assert "2026-01-20 Written by hand, not adopted yet Box · Packaging -5.00 by hand -5.00 55.00" in page
    company.ledger.close()


def test_the_page_survives_a_store_that_is_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A sentence instead of figures, no empty store in its place, and the figures again when it is back."""
    company = Company(tmp_path / "books", f"sqlite:///{tmp_path}/books/.orderledger/store.db")
    company.sell("SO-1", "2026-01-10", 1)
    company.ledger.close()
    pages = Pages(company.books)
    store, away = company.books / ".orderledger/store.db", tmp_path / "away.db"
    assert numbers(pages.get()) == ["SO-1"]
    store.rename(away)
    with caplog.at_level(logging.CRITICAL):
        assert "The order store cannot be reached at the moment" in text(pages.get())
        assert "暂时无法连接订单数据库" in text(pages.get("zh", order="SO-1"))
        assert not store.exists()
        store.write_bytes(b"no database" * 1000)
        assert "The order store cannot be reached at the moment" in text(pages.get())
    away.replace(store)
    assert numbers(pages.get()) == ["SO-1"]


def test_reading_sees_what_the_service_posts(store_url: URL, tmp_path: Path) -> None:
    """On either engine, without touching the store."""
    url = store_url.render_as_string(hide_password=False)
    company = Company(tmp_path / "books", url)
    reading = Reading(company.books, url)
    with reading.read() as ctx, pytest.raises(NotFound):
        order_profit(ctx, "SO-1")
    company.sell("SO-1", "2026-01-10", 1)
    with reading.read() as ctx:
        assert order_profit(ctx, "SO-1") == company.profit("SO-1")
    company.ledger.close()


def test_reading_never_makes_a_store(tmp_path: Path) -> None:
    """Neither books nor store nor folder come from looking; a server that does not answer is given up on soon."""
    with pytest.raises(BooksProblem), Reading(tmp_path).read():
        pass
    Ledger.open(Company(tmp_path / "books", f"sqlite:///{tmp_path}/elsewhere.db").books, f"sqlite:///{tmp_path}/elsewhere.db").close()
    for url in (None, f"sqlite:///{tmp_path}/new/store.db", "sqlite://", "nonsense", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(StoreUnavailable), Reading(tmp_path / "books", url).read():
            pass
    assert not (tmp_path / "new").exists() and not (tmp_path / "books/.orderledger/store.db").exists()
