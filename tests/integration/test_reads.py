"""No request reads more because there are more orders: each is asked of a store and of one ten times as large, in SQLite's own steps.

A step is an instruction of SQLite's virtual machine. Passing by a row takes four at least, answering with one up to a hundred, so steps
bound the rows that are visited; SQLite plans without knowing how large a table is, so the plans here are those of a million orders.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from api.app import PREFIX, create_app
from ledger.documents import read
from tests.api_client import ApiClient
from tests.company import Company
from tests.reads import READS, READS_ALL, READS_MORE

FEW, MANY = 150, 1_500
FIRST_DAY = datetime.date(2026, 1, 12)
DAYS = 30
SKUS = 4
CUSTOMERS_SHARE = 5
"""Orders a customer has; SKUs, channels and days are as many in both stores, so that there are as many sums of them."""

EACH = 10
"""Steps between two counts."""
STEPS_A_ROW = 100
"""What a row of an answer costs at most: it is read, its neighbours in the index are, and its 60 columns are handed over."""
SLACK = 2_000
"""Steps that do not matter: 500 rows passed by, a third of the larger store."""
BOUNDS = {"ledger.reports.order_walks.RARE_MAX": 40, "ledger.reports.stages.ORDERS_MAX": 40}
"""Bounds that would hide the smaller store, made smaller than it."""


@dataclass
class Shop:
    """Books with some orders, and how many steps the store has made for what is asked."""

    company: Company
    app: Flask
    names: dict[str, str] = field(default_factory=dict)
    steps: int = 0

    def post(self, bodies: list[dict[str, Any]]) -> None:
        """Post documents in a few commits."""
        for start in range(0, len(bodies), 500):
            for outcome in self.company.ledger.post_each([read(body, "CNY") for body in bodies[start : start + 500]]):
                assert not isinstance(outcome, Exception), outcome

    def ask(self, path: str) -> tuple[Any, int]:
        """Return the answer (JSON, else None) and the steps that it took."""
        self.steps = 0
        answer = ApiClient(self.app, self.names["token"]).get(path.format(**self.names))
        assert answer.status_code == 200, (path, answer.text)
        return answer.json if answer.is_json else None, self.steps


def bodies(orders: int) -> Iterator[dict[str, Any]]:
    """Yield what a shop of so many orders does in some weeks: every third order waits for its freight bill."""

    def document(kind: str, number: str, day: int, source: str = "shop", **fields: Any) -> dict[str, Any]:
        date = (FIRST_DAY + datetime.timedelta(day)).isoformat()
        return {"kind": kind, "source": source, "number": number, "date": date, **fields}

    for sku in range(SKUS):
        lines = [{"sku": f"SKU{sku:03d}", "quantity": "100000", "unit_price": f"{3 + sku}.10"}]
        yield document("purchase", f"PO{sku}", 0, supplier=f"Supplier {sku % 3}", lines=lines)
    billed: list[str] = []
    for i in range(orders):
        number, day = f"SO{i:05d}", i * DAYS // orders
        line = {"sku": f"SKU{i % SKUS:03d}", "quantity": "2", "unit_price": f"{10 + i * 7 % 23}.00", "tax_rate": "0.13"}
        customer = f"Customer {i * 7 % (orders // CUSTOMERS_SHARE):05d}"
        yield document("order", number, day, customer=customer, channel=("jd", "tmall")[i % 2], lines=[line])
        gross = (10 + i * 7 % 23) * 226
        yield document("payment", number, day, order=number, amount=f"{gross // 100}.{gross % 100:02d}", account="bank")
        estimate = {"estimated_freight": "5.00"} if i % 3 == 0 else {}
        yield document("shipment", number, day + 1, order=number, carrier="SF", tracking=f"T{i}", **estimate)
        billed += [f"T{i}"] if i % 3 else []
        if len(billed) == 10:
            charges = [{"amount": f"{3 + i % 5}.20", "direction": "outbound", "tracking": [one]} for one in billed]
            yield document("freight_bill", f"F{i:05d}", day + 3, "carriers", carrier="SF", lines=charges)
            billed = []


@contextmanager
def shop_of(folder: Path, orders: int) -> Iterator[Shop]:
    """Lend a shop with so many orders in a SQLite store."""
    company = Company(folder / "books", f"sqlite:///{folder / 'store.db'}")
    shop = Shop(company, create_app(company.ledger))

    def count(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.set_progress_handler(step, EACH)

    def step() -> int:
        shop.steps += EACH
        return 0

    try:
        made = list(bodies(orders))
        shop.post(made)
        bill = next(body["number"] for body in made if body["kind"] == "freight_bill")
        token = company.ledger.tokens.create("reads", ("read",))
        shop.names = {"order": "SO00037", "bill": bill, "token": token, "voucher": ""}
        event.listen(company.ledger.database.reader, "checkout", count)
        shop.names["voucher"] = shop.ask("/entries?limit=5")[0]["items"][-1]["voucher"]
        yield shop
    finally:
        company.ledger.close()


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Shop]]:
    """Lend a small shop, and one ten times as large."""
    with shop_of(tmp_path_factory.mktemp("few"), FEW) as few, shop_of(tmp_path_factory.mktemp("many"), MANY) as many:
        yield few, many


def objects(answer: Any) -> int:
    """Count what an answer holds: every JSON object is a row, or a sum."""
    if isinstance(answer, dict):
        return 1 + sum(map(objects, answer.values()))
    return sum(map(objects, answer)) if isinstance(answer, list) else 0


def test_every_reading_route_is_asked(tmp_path: Path) -> None:
    company = Company(tmp_path / "books", f"sqlite:///{tmp_path / 'store.db'}")
    rules = {rule.rule.removeprefix(PREFIX) for rule in create_app(company.ledger).url_map.iter_rules() if _reads(rule)}
    company.ledger.close()
    assert rules == READS.keys() | READS_ALL.keys()
    paths = {path for of_route in READS.values() for path in of_route}
    assert READS_MORE.keys() <= paths


def _reads(rule: Any) -> bool:
    return rule.rule.startswith(PREFIX) and "GET" in rule.methods


@pytest.mark.parametrize("path", [path for of_route in READS.values() for path in of_route])
def test_ten_times_the_orders_are_not_read(shops: tuple[Shop, Shop], monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """What is read more is in the answer; what is not is named with its reason, and is less than a walk through all postings."""
    for name, bound in BOUNDS.items():
        monkeypatch.setattr(name, bound)
    (small, before), (large, after) = (shop.ask(path) for shop in shops)
    more = max(0, objects(large) - objects(small))
    bound = before + STEPS_A_ROW * more + SLACK
    if path not in READS_MORE:
        assert after <= bound, f"{before} steps at {FEW} orders, {after} at {MANY}, {more} more in the answer"
    else:
        assert bound < after, f"reads no more: {path} need not be named"


@pytest.mark.parametrize("path", ["/orders?sort=-margin&limit=20", "/profit?by=customer&limit=20", "/entries?account=bank&limit=20"])
def test_deep_pages_read_no_more_than_the_first(shops: tuple[Shop, Shop], path: str) -> None:
    """A cursor is a place in an index, not a number of rows to skip."""
    _, many = shops
    answer, first = many.ask(path)
    steps = [first]
    for _ in range(12):
        answer, taken = many.ask(f"{path}&after={answer['next']}")
        steps.append(taken)
    assert max(steps) <= min(steps) + STEPS_A_ROW * 20


def test_a_scan_would_be_seen(shops: tuple[Shop, Shop]) -> None:
    """The measure itself: looking at every order, and answering with none, takes more than is let pass."""
    taken = []
    for shop in shops:
        shop.steps = 0
        with shop.company.ledger.database.reading() as connection:
            assert connection.exec_driver_sql("SELECT id FROM orders WHERE net = -1").all() == []
        taken.append(shop.steps)
    assert taken[1] > taken[0] + SLACK
