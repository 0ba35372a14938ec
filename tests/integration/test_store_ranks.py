"""A bulk load into an empty store makes the indexes that rank by profit at its end; nobody who opens a store misses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pytest
from sqlalchemy import inspect

from api.cli import run
from ledger import rebuild as rebuilding
from ledger.documents.base import Document
from ledger.posting_queue import Outcome
from ledger.reports.orders import list_orders
from ledger.service import Ledger
from ledger.store.ranks import RANKS, ranks_later
from tests.company import Company
from tests.docs import EXAMPLES
from tests.integration.test_rebuild import post_examples


def missing(ledger: Ledger) -> set[str]:
    """Return the names of the ranking indexes that the store lacks."""
    with ledger.database.reading() as connection:
        tables = {index.table.name for index in RANKS if index.table is not None}
        there = {index["name"] for table in tables for index in inspect(connection).get_indexes(table)}
    return {str(index.name) for index in RANKS} - there


def test_they_are_seven() -> None:
    """Four of orders; the best customers, orders of a month, and values of a dimension."""
    assert sorted(str(index.name) for index in RANKS) == [
        "customer_total_best", "dimension_month_best", "order_profit_best",
        "orders_by_contribution", "orders_by_gross_profit", "orders_by_margin", "orders_by_revenue",
    ]  # fmt: skip


def test_an_empty_store_is_loaded_without_them(company: Company) -> None:
    """They are there again after the load, also where it fails; a store that holds documents keeps them."""
    assert missing(company.ledger) == set()
    with pytest.raises(ZeroDivisionError), company.ledger.loading():
        assert len(missing(company.ledger)) == len(RANKS)
        company.buy("P-1", "2026-03-01", 10, "5.00")
        company.sell("SO-1", "2026-03-02", 3)
        _ = 1 // 0
    assert missing(company.ledger) == set()
    with company.ledger.loading():
        assert missing(company.ledger) == set()
        company.sell("SO-2", "2026-03-02", 1)
    with company.ledger.read() as context:
        assert [order["order"] for order in list_orders(context, sort="-revenue")["items"]] == ["SO-1", "SO-2"]


def test_a_killed_load_leaves_nothing_to_do(company: Company) -> None:
    """Who opens the books next has them made."""
    load = ranks_later(company.ledger.database)
    load.__enter__()
    company.sell("SO-1", "2026-03-02", 1)
    assert len(missing(company.ledger)) == len(RANKS)
    opened = Ledger.open(company.books, company.store_url)
    try:
        assert missing(opened) == set()
    finally:
        opened.close()


def test_a_rebuilt_store_has_them(company: Company) -> None:
    """The new store is filled without them."""
    post_examples(company.ledger)
    company.ledger.close()
    rebuilding.rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert missing(company.ledger) == set()


def test_the_command_loads(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """`orderledger import` into empty books goes without them, and ends with all of them."""
    monkeypatch.setenv("ORDERLEDGER_STORE", str(company.store_url))
    seen: list[int] = []
    post = Ledger.post_batches

    def watched(ledger: Ledger, batches: Iterable[Sequence[Document]]) -> Iterator[list[Outcome]]:
        seen.append(len(missing(ledger)))
        return post(ledger, batches)

    monkeypatch.setattr(Ledger, "post_batches", watched)
    assert run(["import", str(EXAMPLES), "--books", str(company.books)]) == 0
    assert seen == [len(RANKS)]
    assert missing(company.ledger) == set()
