"""Statements go to the driver in few shapes: as many rows as there are come in and are found again, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import URL

from ledger.errors import StoreUnavailable
from ledger.store import sql
from ledger.store.database import Database
from ledger.store.driver import fetch, pipelined, stream
from ledger.store.schema import upgrade
from ledger.store.tables import metadata

SUMS = metadata.tables["account_month"]
TOKENS = metadata.tables["book_file"]


@pytest.fixture
def database(store_url: URL) -> Iterator[Database]:
    """Lend an empty store."""
    database = Database(store_url.render_as_string(hide_password=False))
    upgrade(database)
    yield database
    database.close()


@pytest.mark.parametrize("count", [1, 2, 3, 31, 65, 199, 1_000])
def test_rows_of_any_number_are_added_and_found(database: Database, count: int) -> None:
    """Rows are written in powers of two, keys are filled up to one: none is lost, made up or found twice."""
    rows = [(f"A{i:04d}", "2026-02", i, 2 * i) for i in range(count)]
    with database.writing() as connection:
        sql.add_rows(connection, SUMS, rows)
        sql.add_rows(connection, SUMS, rows)
    keys = [(account, month) for account, month, _, _ in rows]
    with database.reading() as connection:
        found = sql.select_in(connection, SUMS, ("account", "month"), "", keys)
        by_one = sql.select_in(connection, SUMS, ("account",), "", [account for account, _ in keys])
        fewer = sql.select_in(connection, SUMS, ("account", "month"), "debit > 2", [*keys, ("A0000", "2026-03")])
    assert list(map(tuple, found)) == list(map(tuple, by_one)) == [(a, m, 2 * d, 2 * c) for a, m, d, c in rows]
    assert [tuple(row) for row in fewer] == [(a, m, 2 * d, 2 * c) for a, m, d, c in rows if d > 1]


def test_a_statement_without_an_answer_waits_for_the_end_of_its_pipeline(database: Database) -> None:
    """What is refused there is one error like any other, and nothing of the transaction stays."""
    with pytest.raises(StoreUnavailable, match="does not answer"), database.writing() as connection, pipelined(connection):
        sql.insert_rows(connection, TOKENS, [("a", 1)])
        sql.insert_rows(connection, TOKENS, [("b", 1), ("b", 2)])
    with database.reading() as connection:
        assert connection.execute(select(TOKENS)).all() == []
    with database.writing() as connection, pipelined(connection):
        sql.insert_rows(connection, TOKENS, [(str(i), i) for i in range(300)])
        sql.update_rows(connection, TOKENS, (1,), [(i + 1, str(i)) for i in range(300)])
    with database.reading() as connection:
        assert sorted(row[1] for row in fetch(connection, "SELECT * FROM book_file")) == list(range(1, 301))


@pytest.mark.parametrize("statement", ["SELECT nothing FROM nowhere", "INSERT INTO book_file (path) VALUES (1, 2)"])
def test_what_the_driver_refuses_is_the_stores_error(database: Database, statement: str) -> None:
    """No error of the driver gets past the store's door."""
    with pytest.raises(StoreUnavailable), database.writing() as connection:
        fetch(connection, statement)


def test_who_listens_hears_every_statement(database: Database) -> None:
    """Tests kill and count at statements: none may pass them by."""
    heard: list[Any] = []
    with database.writing() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: heard.append(args[2]))
        sql.insert_rows(connection, TOKENS, [("a", 1)])
        sql.update_rows(connection, TOKENS, (1,), [(2, "a")])
        assert [tuple(row) for row in sql.select_in(connection, TOKENS, ("path",), "", ["a", "b"])] == [("a", 2)]
    assert len(heard) == 3


def test_a_look_up_alone_is_a_snapshot_too(database: Database) -> None:
    """Two look-ups on one reading connection see the same, whatever is committed between them."""
    with database.reading() as reading:
        assert fetch(reading, "SELECT * FROM book_file") == []
        with database.writing() as connection:
            sql.insert_rows(connection, TOKENS, [("a", 1)])
        assert fetch(reading, "SELECT * FROM book_file") == []


def test_answers_are_read_as_streams_side_by_side(database: Database) -> None:
    """Row by row as tuples, several at once, with values and without; one that is left early is no hindrance."""
    rows = [(f"A{i:04d}", "2026-02", i, 2 * i) for i in range(5_000)]
    with database.writing() as connection:
        sql.insert_rows(connection, SUMS, rows)
    query = "SELECT account, month, debit, credit FROM account_month"
    with database.reading() as connection:
        left = stream(connection, query)
        assert len(next(left)) == 4
        beside = stream(connection, f"{query} WHERE debit < {sql.mark(connection)} ORDER BY account", (3,))
        both = list(zip(stream(connection, f"{query} ORDER BY account"), beside, strict=False))
        assert both == [(row, row) for row in rows[:3]]
        assert list(stream(connection, f"{query} ORDER BY account")) == rows
        assert len(fetch(connection, query)) == len(rows)


def test_a_stream_that_somebody_listens_to_is_heard(database: Database) -> None:
    """It goes SQLAlchemy's way then, and says the same."""
    heard: list[str] = []
    with database.writing() as connection:
        sql.insert_rows(connection, SUMS, [("A", "2026-02", 1, 2)])
    with database.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *arguments: heard.append(arguments[2]))
        assert list(stream(connection, "SELECT account, debit FROM account_month")) == [("A", 1)]
    assert "SELECT account, debit FROM account_month" in heard


def test_a_stream_that_fails_is_an_error_of_the_store(database: Database) -> None:
    """Like any other statement."""
    with pytest.raises(StoreUnavailable, match="nowhere"), database.reading() as connection:
        list(stream(connection, "SELECT 1 FROM nowhere"))
