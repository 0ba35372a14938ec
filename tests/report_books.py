"""Books in a real store for the tests of reports: documents go in through the engine, and facts come out posting by posting.

What the reports take from kept sums, `Fact`s say again the slow way, so that the two can be compared.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import URL, Connection, select

from ledger.documents import read
from ledger.errors import LedgerError
from ledger.reports.context import Context, ManualEntry, ManualPosting
from ledger.reports.profit_view import ProfitSums
from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.tables import entry, orders, posting
from ledger.store.unit import unit_of_work
from tests.books_in_memory import chart
from tests.histories import KINDS, Action, Shop
from tests.postgres import PostgresServer

RECORDED_AT = "2026-11-23T00:00:00Z"

BUSY_KINDS = (*(kind for kind in KINDS if kind != "costing_change"), *("order", "shipment", "payment") * 8)
"""Orders prevail, so that lists of them have pages; the cost formula stays, as what else is posted here names no lots."""

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
"""Parameters of a fixture that `lent_books` serves once a module: tests that only read share what is slow to post."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One posting, from the journal or written by hand, with all that it can be summed by."""

    date: str
    account: str
    amount: int
    order_id: int | None
    values: Mapping[str, str | None]


class ReportBooks:
    """A store with the shipped chart; closed at the end of `with`."""

    def __init__(self, url: URL, currency: str = "CNY", name: str = "ifrs") -> None:
        self.chart = chart(currency, name=name)
        self.database = Database(url.render_as_string(hide_password=False))
        upgrade(self.database)

    def __enter__(self) -> ReportBooks:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def post(self, *bodies: dict[str, Any], refusals: bool = False) -> None:
        """Post documents in one commit; `refusals` lets those that are refused go by."""
        with unit_of_work(self.database, self.chart, lambda: RECORDED_AT) as engine:
            for body in bodies:
                document = read(body, self.chart.currency)
                with suppress(*((LedgerError,) if refusals else ())):
                    engine.post(document)

    @contextmanager
    def reading(self, manual: Sequence[ManualEntry] = (), categories: Mapping[str, str] | None = None) -> Iterator[Context]:
        """Open a snapshot for reports."""
        with self.database.reading() as connection:
            yield Context(connection, self.chart, manual, categories or {})


def pages_of(fetch: Callable[..., dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Fetch page after page through `fetch(after=...)`; each cursor leads on, and never to where we were."""
    seen: set[str] = set()
    page = fetch(after=None)
    yield page
    while page["next"] is not None:
        assert page["next"] not in seen
        seen.add(page["next"])
        page = fetch(after=page["next"])
        assert page.get("items", page.get("lines")), "a cursor leads to something"
        yield page


@contextmanager
def lent_books(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend empty books on the engine that `request` names, for as long as its fixture lives."""
    if request.param == "sqlite":
        with ReportBooks(URL.create("sqlite", database=str(folders.mktemp("books") / "store.db"))) as books:
            yield books
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url, ReportBooks(url) as books:
        yield books


def document(kind: str, number: str, date: str, source: str = "shop", **fields: Any) -> dict[str, Any]:
    """Write the body of a document."""
    return {"kind": kind, "source": source, "number": number, "date": date, **fields}


def by_hand(date: str, *postings: tuple[str, int, str | None, str | None], line: int = 1) -> ManualEntry:
    """Write a hand-written entry; postings are (account, minor units, order, SKU)."""
    assert sum(amount for _, amount, _, _ in postings) == 0
    return ManualEntry(date, "Accountant", "correction", tuple(ManualPosting(*one) for one in postings), line)


def busy_shop(books: ReportBooks, count: int = 280, seed: int = 5) -> None:
    """Post a year of a shop in disorder: the same every time."""
    chance = random.Random(seed)
    shop = Shop()
    history: list[Action] = [
        (chance.choice(BUSY_KINDS), chance.randrange(41), 1 + chance.randrange(12), chance.randrange(10_000), chance.randrange(11))
        for _ in range(count)
    ]
    bodies = list(shop.documents(history))
    for start in range(0, len(bodies), 25):
        books.post(*bodies[start : start + 25], refusals=True)


def facts_of(connection: Connection, manual: Iterable[ManualEntry] = ()) -> list[Fact]:
    """Read every posting, one by one; hand-written ones name their order by its number."""
    of_order = {row.id: row for row in connection.execute(select(orders))}
    by_number = {row.number: row for row in of_order.values()}
    query = select(entry.c.date, posting).join_from(entry, posting, posting.c.entry_id == entry.c.id)
    found = []
    for row in connection.execute(query.order_by(posting.c.entry_id, posting.c.line)):
        order = of_order.get(row.order_id)
        values = {"sku": row.sku, "carrier": row.carrier, "supplier": row.supplier}
        found.append(_fact(row.date, row.account, row.amount, order, values))
    for hand in manual:
        for one in hand.postings:
            found.append(_fact(hand.date, one.account, one.amount, by_number.get(one.order or ""), {"sku": one.sku}))
    return found


def _fact(date: str, account: str, amount: int, order: Any, values: Mapping[str, str | None]) -> Fact:
    of_order = {
        "order": order.number if order else None,
        "customer": order.customer if order else None,
        "channel": order.channel if order else None,
    }
    return Fact(date, account, amount, order.id if order else None, {**values, **of_order, "month": date[:7]})


def sums_of(facts: Iterable[Fact]) -> ProfitSums:
    """Sum the profit of postings."""
    result = ProfitSums()
    for one in facts:
        result.book(chart(), one.account, one.amount)
    return result


def no_money_as_float(answer: object) -> None:
    """Assert that an answer can be written as JSON without a float in it."""
    assert not isinstance(answer, float)
    if isinstance(answer, dict):
        for name, value in answer.items():
            assert isinstance(name, str)
            no_money_as_float(value)
    elif isinstance(answer, list):
        for value in answer:
            no_money_as_float(value)
    else:
        assert answer is None or isinstance(answer, (str, int))
