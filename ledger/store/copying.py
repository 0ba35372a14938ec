"""Many rows into PostgreSQL by COPY: one message for all, where INSERT sends, parses and answers each row by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy rows, each with a value for every one of `columns`, into a table. Raises DBAPIError."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def copied(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> str:
    """Copy rows into a temporary table with the columns of `table`, empty again after the transaction; return its name.

    Called once a statement: what it held before is gone.
    """
    name = f"copied_{table}"
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS SELECT * FROM {table} WITH NO DATA")
    connection.exec_driver_sql(f"TRUNCATE {name}")
    copy_rows(connection, name, columns, rows)
    return name
