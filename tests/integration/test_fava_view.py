"""Fava over books with a view: it opens the right one, changes over while it runs, and people's files stay theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from fava_ext.books_files import BooksFiles
from fava_ext.fava_seam import create_books_app
from tests.company import Company
from tests.view_books import detail_days

PAGE = "/orderledger/extension/OrderProfit/"


class Fava:
    """Ask Fava in this process."""

    def __init__(self, books: Path) -> None:
        self.client = Client(create_books_app(BooksFiles.at(books)))

    def narrations(self) -> list[str]:
        """Return what the transactions say that the journal's page gets."""
        found = json.loads(self.client.get("/orderledger/api/journal").get_data())["data"]
        return [entry["narration"] for entry in found if entry["t"] == "Transaction"]

    def balance(self, account: str) -> Any:
        """Return what an account holds with those below it, by commodity."""
        trees = json.loads(self.client.get("/orderledger/api/balance_sheet?conversion=at_cost").get_data())["data"]["trees"]
        queue = [*trees]
        while queue:
            node = queue.pop()
            if node["account"] == account:
                return node["balance_children"]
            queue += node["children"]
        return None

    def put(self, path: str, **body: Any) -> TestResponse:
        """Send one of Fava's writes."""
        return self.client.put(f"/orderledger/api/{path}", json=body)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Sell on five days."""
    company = Company(tmp_path / "books", f"sqlite:///{tmp_path}/books/.orderledger/store.db")
    company.buy("PO-1", "2026-03-01", 100, "10.00")
    for day in range(1, 6):
        company.sell(f"SO-{day}", f"2026-03-{day:02}", 3)
    company.ledger.publish()
    yield company
    assert company.problems() == []
    company.ledger.close()


def test_it_changes_over_while_it_runs(company: Company) -> None:
    """To the view, with the same balances, and back; an entry of an open or a closed day shows in the next page."""
    fava = Fava(company.books)
    full = fava.balance("Assets")
    assert sum("Shipment" in one for one in fava.narrations()) == 5
    detail_days(company.books, "2")
    company.ledger.publish()
    assert sum("Shipment" in one for one in fava.narrations()) == 2
    assert sum("all entries in one" in one for one in fava.narrations()) == 3
    assert fava.balance("Assets") == full
    company.sell("SO-6", "2026-03-05", 1)
    company.ledger.publish()
    assert sum("Shipment" in one for one in fava.narrations()) == 3
    assert fava.balance("Assets") != full
    with_view = fava.balance("Assets")
    company.sell("SO-7", "2026-03-01", 1)
    company.ledger.publish()
    assert sum("Shipment" in one for one in fava.narrations()) == 3
    assert fava.balance("Assets") != with_view
    detail_days(company.books, "all")
    company.ledger.publish()
    assert sum("Shipment" in one for one in fava.narrations()) == 7


def test_peoples_files_stay_theirs_and_the_view_is_closed_to_them(company: Company) -> None:
    """The main file is edited in its own place, a new entry goes to manual.beancount, the view's files take nothing."""
    detail_days(company.books, "2")
    company.ledger.publish()
    fava = Fava(company.books)
    main = company.books / "main.beancount"
    before = {path: path.read_bytes() for path in (company.books / "view").rglob("*") if path.is_file()}
    source = json.loads(fava.client.get(f"/orderledger/api/source?filename={main}").get_data())["data"]
    assert source["source"] == main.read_text()
    saved = fava.put("source", file_path=str(main), source=source["source"] + "; looked at\n", sha256sum=source["sha256sum"])
    assert saved.status_code == 200
    assert main.read_text().endswith("; looked at\n")
    posting = [{"account": "Expenses:Operating", "amount": "7.00 CNY"}, {"account": "Assets:Bank", "amount": "-7.00 CNY"}]
    entry = {"t": "Transaction", "date": "2026-03-02", "flag": "*", "payee": "", "narration": "Stamps", "tags": [], "links": [], "meta": {}}
    assert fava.put("add_entries", entries=[entry | {"postings": posting}]).status_code == 200
    assert "Stamps" in (company.books / "manual.beancount").read_text()
    assert "Stamps" in fava.narrations()
    for path in before:
        if path.suffix == ".beancount":
            assert fava.put("source", file_path=str(path), source="", sha256sum="").status_code == 403
    company.ledger.publish()
    after = {path: path.read_bytes() for path in before}
    assert {path.name for path in before if before[path] != after[path]} <= {"main.beancount"}


def test_an_order_of_closed_days_says_where_its_entries_are(company: Company) -> None:
    """Its page shows them all from the store; links to Fava's journal stand only where Fava has something to show."""
    detail_days(company.books, "2")
    company.charge("F-1", "2026-03-05", "31.00", ["PO-1"])
    company.ledger.publish()
    fava = Fava(company.books)

    def page(order: str, language: str = "en") -> str:
        address = f"{PAGE}?partial=true&order={order}"
        return unescape(fava.client.get(address, headers={"Accept-Language": language}).get_data(as_text=True))

    closed, opened = page("SO-1"), page("SO-5")
    assert "one by one from 2026-03-04 on" in closed
    assert "自 2026-03-04 起逐笔" in page("SO-1", "zh")
    assert "one by one" not in opened
    vouchers = [re.findall(r'filter=voucher[^"]*"[^>]*>(记-2026-03-\d+)<', text) for text in (closed, opened)]
    assert len(vouchers[0]) == 1, "the late freight of an open day"
    assert len(vouchers[1]) == 2
    assert "Shipment SO-1 of order SO-1" in closed
    company.sell("SO-8", "2026-03-02", 1)
    company.ledger.publish()
    assert "filter=" not in page("SO-8").partition("op-steps")[2]
