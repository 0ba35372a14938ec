"""Statement texts made from the table definitions, once for each dialect: the bulk path hands tuples to the driver.

SQLAlchemy's `execute(insert, dicts)` costs several times what the rows cost; `exec_driver_sql` with generated text costs nothing over
the driver alone. PostgreSQL takes many rows by COPY (`ledger.store.copying`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from ledger.limits import COPY_ROWS_MIN, SQL_VARIABLES_MAX
from ledger.store.copying import copied, copy_rows


def mark(connection: Connection) -> str:
    """Return the driver's placeholder."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with a value for every column of `table`, in their order."""
    if _by_copy(connection, rows):
        copy_rows(connection, table.name, _names(table), rows)
    else:
        many(connection, insert_text(table, mark(connection)), rows)


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add numbers to rows of sums, or make these; each row has a value for every column."""
    if _by_copy(connection, rows):
        names = _names(table)
        connection.exec_driver_sql(_add_text(table, f"SELECT {', '.join(names)} FROM {copied(connection, table.name, names, rows)}"))
    else:
        many(connection, add_text(table, mark(connection)), rows)


def update_rows(connection: Connection, table: Table, columns: tuple[int, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Give the columns at these positions new values; each row has these values, then its key."""
    if _by_copy(connection, rows):
        connection.exec_driver_sql(_update_from(connection, table, columns, rows))
    else:
        many(connection, update_text(table, columns, mark(connection)), rows)


def delete_rows(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete rows by key."""
    many(connection, _delete_text(table, mark(connection)), keys)


def _by_copy(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> bool:
    return len(rows) >= COPY_ROWS_MIN and connection.dialect.name == "postgresql"


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


@cache
def insert_text(table: Table, placeholder: str) -> str:
    """Return INSERT for all columns of `table`, in their order."""
    return f"INSERT INTO {table.name} ({', '.join(_names(table))}) VALUES ({', '.join([placeholder] * len(table.columns))})"


@cache
def update_text(table: Table, columns: tuple[int, ...], placeholder: str) -> str:
    """Return UPDATE of the columns at these positions by key: values first, key last."""
    names = _names(table)
    sets = ", ".join(f"{names[position]} = {placeholder}" for position in columns)
    return f"UPDATE {table.name} SET {sets} WHERE " + " AND ".join(f"{c.name} = {placeholder}" for c in table.primary_key)


def _update_from(connection: Connection, table: Table, columns: tuple[int, ...], rows: Sequence[tuple[Any, ...]]) -> str:
    names = _names(table)
    changed, keys = [names[position] for position in columns], [column.name for column in table.primary_key]
    came = copied(connection, table.name, [*changed, *keys], rows)
    sets = ", ".join(f"{name} = came.{name}" for name in changed)
    same = " AND ".join(f"{table.name}.{name} = came.{name}" for name in keys)
    return f"UPDATE {table.name} SET {sets} FROM {came} came WHERE {same}"


@cache
def _delete_text(table: Table, placeholder: str) -> str:
    return f"DELETE FROM {table.name} WHERE " + " AND ".join(f"{c.name} = {placeholder}" for c in table.primary_key)


@cache
def add_text(table: Table, placeholder: str) -> str:
    """Return the upsert that adds numbers to a row of sums, or makes it."""
    return _add_text(table, f"VALUES ({', '.join([placeholder] * len(table.columns))})")


def _add_text(table: Table, rows: str) -> str:
    keys = [column.name for column in table.primary_key]
    summed = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in summed)
    return f"INSERT INTO {table.name} ({', '.join(_names(table))}) {rows} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for many rows of values."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def select_in(connection: Connection, table: Table, columns: Sequence[str], condition: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return whole rows whose `columns` equal one of `keys`, by primary key; long lists are asked in pieces. No columns: all rows."""
    place = mark(connection)
    if not columns:
        return list(connection.exec_driver_sql(_all_text(table, condition)).fetchall())
    size = max(1, SQL_VARIABLES_MAX // len(columns))
    rows: list[tuple[Any, ...]] = []
    if len(keys) > size and connection.exec_driver_sql(f"SELECT 1 FROM {table.name} LIMIT 1").first() is None:
        return rows
    for start in range(0, len(keys), size):
        piece = keys[start : start + size]
        values = tuple(piece) if len(columns) == 1 else tuple(value for key in piece for value in key)
        text = _select_text(table, tuple(columns), condition, len(piece), place)
        rows.extend(connection.exec_driver_sql(text, values).fetchall())
    return rows


def _select_text(table: Table, columns: tuple[str, ...], condition: str, count: int, place: str) -> str:
    names = ", ".join(f"t.{column.name}" for column in table.columns)
    order = ", ".join(f"t.{column.name}" for column in table.primary_key)
    also = f" AND t.{condition}" if condition else ""
    source, where = f"{table.name} t", ""
    if count == 1:
        where = " AND ".join(f"t.{name} = {place}" for name in columns)
    elif len(columns) == 1:
        where = f"t.{columns[0]} IN ({', '.join([place] * count)})"
    elif place == "?":
        return _joined_text(source, names, columns, count, also, order)
    else:
        row = f"({', '.join([place] * len(columns))})"
        where = f"({', '.join(f't.{name}' for name in columns)}) IN ({', '.join([row] * count)})"
    return f"SELECT {names} FROM {source} WHERE {where}{also} ORDER BY {order}"


@cache
def _all_text(table: Table, condition: str) -> str:
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key)
    return f"SELECT {names} FROM {table.name}{f' WHERE {condition}' if condition else ''} ORDER BY {order}"


def _joined_text(source: str, names: str, columns: tuple[str, ...], count: int, also: str, order: str) -> str:
    """Join a list of keys to the table: SQLite looks each up in the index, where `(a, b) IN (VALUES ...)` reads the whole table."""
    row = f"({', '.join('?' * len(columns))})"
    keys = ", ".join(f"k{i}" for i in range(len(columns)))
    match = " AND ".join(f"t.{name} = k.k{i}" for i, name in enumerate(columns))
    listed = ", ".join([row] * count)
    return f"WITH k({keys}) AS (VALUES {listed}) SELECT {names} FROM k CROSS JOIN {source} ON {match}{also} ORDER BY {order}"
