"""Statement texts made from the table definitions, once for each dialect: the bulk path hands tuples to the driver.

SQLAlchemy's `execute(insert, dicts)` costs several times what the rows cost; `exec_driver_sql` with generated text costs nothing over
the driver alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from ledger.limits import SQL_VARIABLES_MAX


def mark(connection: Connection) -> str:
    """Return the driver's placeholder."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


@cache
def insert_text(table: Table, placeholder: str) -> str:
    """Return INSERT for all columns of `table`, in their order."""
    columns = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([placeholder] * len(columns))})"


@cache
def update_text(table: Table, placeholder: str) -> str:
    """Return UPDATE of all columns but the key's by key: values first, key last."""
    keys = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f"{name} = {placeholder}" for name in changed)
    return f"UPDATE {table.name} SET {sets} WHERE " + " AND ".join(f"{name} = {placeholder}" for name in keys)


@cache
def add_text(table: Table, placeholder: str) -> str:
    """Return the upsert that adds numbers to a row of sums, or makes it."""
    keys = [column.name for column in table.primary_key]
    summed = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in summed)
    return f"{insert_text(table, placeholder)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for many rows of values."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def select_in(connection: Connection, table: Table, columns: Sequence[str], condition: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return whole rows whose `columns` equal one of `keys`, by primary key; long lists are asked in pieces."""
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key)
    place = mark(connection)
    size = max(1, SQL_VARIABLES_MAX // len(columns))
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), size):
        piece = keys[start : start + size]
        where = _in_text(columns, len(piece), place, sqlite=connection.dialect.name == "sqlite")
        also = f" AND {condition}" if condition else ""
        values = tuple(piece) if len(columns) == 1 else tuple(value for key in piece for value in key)
        result = connection.exec_driver_sql(f"SELECT {names} FROM {table.name} WHERE {where}{also} ORDER BY {order}", values)
        rows.extend(result.fetchall())
    return rows


def _in_text(columns: Sequence[str], count: int, place: str, *, sqlite: bool) -> str:
    if len(columns) == 1:
        return f"{columns[0]} = {place}" if count == 1 else f"{columns[0]} IN ({', '.join([place] * count)})"
    if count == 1:
        return " AND ".join(f"{name} = {place}" for name in columns)
    row = f"({', '.join([place] * len(columns))})"
    rows = ", ".join([row] * count)
    return f"({', '.join(columns)}) IN ({'VALUES ' if sqlite else ''}{rows})"
