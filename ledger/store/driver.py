"""Statements straight to the driver: SQLAlchemy's way around one costs more than most of them do.

Statements have the marks that `ledger.store.sql.mark` gives. The transaction stays SQLAlchemy's. A statement somebody listens to
(`before_cursor_execute`) goes SQLAlchemy's way, so that nobody misses it. Errors are SQLAlchemy's DBAPIError either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger.limits import STATEMENTS_KEPT, STREAMED_ROWS

_numbers = count(1)


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> None:
    """Run a statement that answers nothing."""
    if _heard(connection):
        connection.exec_driver_sql(statement, tuple(values))
        return
    try:
        cursor, text = _prepared(connection, statement)
        cursor.execute(text, values)
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row of values."""
    if _heard(connection):
        connection.exec_driver_sql(statement, list(rows))
        return
    try:
        cursor, text = _prepared(connection, statement)
        cursor.executemany(text, rows)
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def fetch(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Sequence[Any]:
    """Return all rows that a statement answers, as tuples."""
    if _heard(connection):
        return connection.exec_driver_sql(statement, tuple(values)).fetchall()
    try:
        cursor, text = _prepared(connection, statement)
        cursor.execute(text, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error
    return rows


def stream(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
    """Yield the rows that a statement answers, as tuples; neither side holds all of them. Several streams may run side by side."""
    if _heard(connection):
        yield from map(tuple, connection.exec_driver_sql(statement, tuple(values)))
        return
    driver = _begun(connection)
    try:
        if connection.dialect.name == "sqlite":
            cursor = driver.cursor()
        else:
            cursor = driver.cursor(name=f"stream_{next(_numbers)}")  # one of the server's; psycopg's usual one takes all rows at once
            cursor.itersize = STREAMED_ROWS
        try:
            cursor.execute(statement, tuple(values))
            yield from cursor
        finally:
            cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send the statements of a block without waiting for the answer to each (PostgreSQL); what fails is raised by its end."""
    if connection.dialect.name == "sqlite":
        yield
        return
    try:
        with _begun(connection).pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError("pipeline", None, error) from error


def in_pipeline(connection: Connection) -> bool:
    """Tell whether statements are sent without waiting, where COPY is not to be had."""
    return connection.dialect.name != "sqlite" and bool(_begun(connection).pgconn.pipeline_status)


def _prepared(connection: Connection, statement: str) -> tuple[Any, str]:
    """Return a cursor and the text that it takes: psycopg's usual one reads a text with many marks anew each time."""
    driver = _begun(connection)
    if connection.dialect.name == "sqlite":
        return driver.cursor(), statement
    return connection.dialect.loaded_dbapi.RawCursor(driver), _numbered(statement)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _numbered(statement: str) -> str:
    """Number the marks of a statement, as PostgreSQL knows them: $1, $2 ..."""
    first, *rest = statement.split("%s")
    return first + "".join(f"${number}{text}" for number, text in enumerate(rest, 1))


def _heard(connection: Connection) -> bool:
    return bool(connection.dispatch.before_cursor_execute)


def _begun(connection: Connection) -> Any:
    """Return the driver's connection, in a transaction."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.dbapi_connection
