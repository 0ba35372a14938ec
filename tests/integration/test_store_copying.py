"""PostgreSQL takes many rows by COPY: the store holds the same as when they come one by one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.engine import URL

from ledger import rebuild as rebuilding
from ledger.errors import StoreUnavailable
from ledger.store import sql
from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.tables import metadata
from tests.company import Company
from tests.integration.test_rebuild import post_examples

OF_THE_PUBLISHER = {"book_file", "outbox", "publisher", "meta", "token"}


def everything(database: Database) -> dict[str, list[Any]]:
    """Return all rows of journal, records and sums, by table."""
    found = {}
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name not in OF_THE_PUBLISHER:
                found[table.name] = [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
    return found


def test_copied_rows_are_those_that_were_inserted(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document of every kind: posted one by one, then again in small batches whose rows are all copied, changed rows too."""
    post_examples(company.ledger)
    before = everything(company.ledger.database)
    assert sum(map(len, before.values())) > 500
    company.ledger.close()
    monkeypatch.setattr(sql, "COPY_ROWS_MIN", 1)
    monkeypatch.setattr("ledger.limits.IMPORT_BATCH", 5)
    rebuilding.rebuild(company.books, company.store_url)
    again = Company(company.books, company.store_url)
    try:
        # Numbers of the outbox are given out only where something is published.
        after = everything(again.ledger.database)
        assert {name: rows for name, rows in after.items() if name != "head"} == {n: rows for n, rows in before.items() if n != "head"}
        assert again.problems() == []
    finally:
        again.ledger.close()
    company.ledger = Company(company.books, company.store_url).ledger


def test_rows_that_the_store_refuses_are_one_error(store_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows with one key: the transaction is rolled back, and nothing of it stays."""
    monkeypatch.setattr(sql, "COPY_ROWS_MIN", 1)
    database = Database(store_url.render_as_string(hide_password=False))
    upgrade(database)
    table = metadata.tables["book_file"]
    with pytest.raises(StoreUnavailable, match="does not answer"), database.writing() as connection:
        sql.insert_rows(connection, table, [("a", 1), ("a", 2)])
    with database.reading() as connection:
        assert connection.execute(select(table)).all() == []
        assert not [name for name in inspect(connection).get_table_names() if name.startswith("copied")]
    database.close()
