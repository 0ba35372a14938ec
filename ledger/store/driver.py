"""Statements straight to the driver: SQLAlchemy's way around one costs more than most of them do.

The transaction stays SQLAlchemy's. A statement somebody listens to (`before_cursor_execute`) goes SQLAlchemy's way, so that nobody
misses it. Errors are SQLAlchemy's DBAPIError either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> None:
    """Run a statement that answers nothing."""
    if _heard(connection):
        connection.exec_driver_sql(statement, tuple(values))
        return
    try:
        _begun(connection).execute(statement, values).close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row of values."""
    if _heard(connection):
        connection.exec_driver_sql(statement, list(rows))
        return
    try:
        cursor = _begun(connection).cursor()
        cursor.executemany(statement, rows)
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def fetch(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Sequence[Any]:
    """Return all rows that a statement answers, as tuples."""
    if _heard(connection):
        return connection.exec_driver_sql(statement, tuple(values)).fetchall()
    try:
        cursor = _begun(connection).execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error
    return rows


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


def _heard(connection: Connection) -> bool:
    return bool(connection.dispatch.before_cursor_execute)


def _begun(connection: Connection) -> Any:
    """Return the driver's connection, in a transaction."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.dbapi_connection
