"""Statement texts made from the table definitions, once for each dialect: the bulk path hands tuples to the driver.

SQLAlchemy's `execute(insert, dicts)` costs several times what the rows cost. Statements have few shapes, whatever number of rows or keys
they are for: drivers and databases keep what they have prepared by its text. PostgreSQL takes many rows by COPY (`ledger.store.copying`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, Table

from ledger.limits import COPY_ROWS_MIN, SQL_VARIABLES_MAX
from ledger.store.copying import copied, copy_rows
from ledger.store.driver import fetch, in_pipeline, run, run_many


def mark(connection: Connection) -> str:
    """Return the driver's placeholder."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with a value for every column of `table`, in their order."""
    if _by_copy(connection, rows):
        copy_rows(connection, table.name, _names(table), rows)
    else:
        _in_pieces(connection, table, insert_text, rows)


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add numbers to rows of sums, or make these; each row has a value for every column."""
    if _by_copy(connection, rows):
        names = _names(table)
        connection.exec_driver_sql(_add_text(table, f"SELECT {', '.join(names)} FROM {copied(connection, table.name, names, rows)}"))
    else:
        _in_pieces(connection, table, _add_values_text, rows)


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
    return len(rows) >= COPY_ROWS_MIN and connection.dialect.name == "postgresql" and not in_pipeline(connection)


def _in_pieces(connection: Connection, table: Table, text: Callable[[Table, str, int], str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows some at a time: one statement of 32 rows costs half of 32 statements, and Python's lock is let go of once, not 32 times.

    Pieces are powers of two, so that a table has seven texts.
    """
    place, start, size = mark(connection), 0, _largest_piece(len(table.columns))
    while (left := len(rows) - start) > 0:
        while size > left:
            size //= 2
        run(connection, text(table, place, size), list(chain.from_iterable(rows[start : start + size])))
        start += size


@cache
def _largest_piece(columns: int) -> int:
    """Return the largest power of two of keys or rows that one statement has variables for."""
    return 1 << (max(1, SQL_VARIABLES_MAX // columns).bit_length() - 1)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


@cache
def insert_text(table: Table, placeholder: str, count: int = 1) -> str:
    """Return INSERT of so many rows, for all columns of `table` in their order."""
    return f"INSERT INTO {table.name} ({', '.join(_names(table))}) {_values(table, placeholder, count)}"


@cache
def _add_values_text(table: Table, placeholder: str, count: int) -> str:
    return _add_text(table, _values(table, placeholder, count))


def _values(table: Table, placeholder: str, count: int) -> str:
    row = f"({', '.join([placeholder] * len(table.columns))})"
    return f"VALUES {', '.join([row] * count)}"


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


def _add_text(table: Table, rows: str) -> str:
    keys = [column.name for column in table.primary_key]
    summed = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in summed)
    return f"INSERT INTO {table.name} ({', '.join(_names(table))}) {rows} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for many rows of values."""
    if rows:
        run_many(connection, statement, rows)


def select_in(
    connection: Connection, table: Table, columns: tuple[str, ...], condition: str, keys: Sequence[Any]
) -> Sequence[tuple[Any, ...]]:
    """Return whole rows whose `columns` equal one of `keys`, by primary key; long lists are asked in pieces. No columns: all rows."""
    if not columns:
        return fetch(connection, _all_text(table, condition))
    size = _largest_piece(len(columns))
    if len(keys) <= size:
        return _select_piece(connection, table, columns, condition, keys)
    rows: list[tuple[Any, ...]] = []
    if not fetch(connection, f"SELECT 1 FROM {table.name} LIMIT 1"):
        return rows
    for start in range(0, len(keys), size):
        rows.extend(_select_piece(connection, table, columns, condition, keys[start : start + size]))
    return rows


def _select_piece(
    connection: Connection, table: Table, columns: tuple[str, ...], condition: str, keys: Sequence[Any]
) -> Sequence[tuple[Any, ...]]:
    place = mark(connection)
    alone = len(columns) == 1
    if len(keys) == 1:
        return fetch(connection, _select_text(table, columns, condition, 1, place), keys if alone else keys[0])
    if place != "?":
        arrays = (list(keys),) if alone else tuple(map(list, zip(*keys, strict=True)))
        return fetch(connection, _select_text(table, columns, condition, 2, place), arrays)
    # NULL equals nothing: it fills up what is not asked for.
    count = 1 << (len(keys) - 1).bit_length()
    values = list(keys if alone else chain.from_iterable(keys))
    values += [None] * (count * len(columns) - len(values))
    return fetch(connection, _select_text(table, columns, condition, count, place), values)


@cache
def _select_text(table: Table, columns: tuple[str, ...], condition: str, count: int, place: str) -> str:
    """Return the look-up of `count` keys; on PostgreSQL those of more than one key are all the same, with an array for each column."""
    names = ", ".join(f"t.{column.name}" for column in table.columns)
    order = ", ".join(f"t.{column.name}" for column in table.primary_key)
    also = f" AND t.{condition}" if condition else ""
    source = f"{table.name} t"
    if count == 1:
        where = " AND ".join(f"t.{name} = {place}" for name in columns)
    elif len(columns) == 1:
        where = f"t.{columns[0]} IN ({', '.join([place] * count)})" if place == "?" else f"t.{columns[0]} = ANY({place})"
    else:
        keys = ", ".join(f"k{i}" for i in range(len(columns)))
        match = " AND ".join(f"t.{name} = k.k{i}" for i, name in enumerate(columns))
        if place == "?":
            return f"{_listed_keys(keys, len(columns), count)} SELECT {names} FROM k CROSS JOIN {source} ON {match}{also} ORDER BY {order}"
        arrays = ", ".join(f"{place}::{_type_of(table, name)}[]" for name in columns)
        return f"SELECT {names} FROM unnest({arrays}) k({keys}) JOIN {source} ON {match}{also} ORDER BY {order}"
    return f"SELECT {names} FROM {source} WHERE {where}{also} ORDER BY {order}"


def _listed_keys(keys: str, columns: int, count: int) -> str:
    """List keys as a table: SQLite looks each up in the index of what is joined, where `(a, b) IN (VALUES ...)` reads it all."""
    row = f"({', '.join('?' * columns)})"
    return f"WITH k({keys}) AS (VALUES {', '.join([row] * count)})"


def _type_of(table: Table, name: str) -> str:
    return "bigint" if isinstance(table.columns[name].type, BigInteger) else "text"


@cache
def _all_text(table: Table, condition: str) -> str:
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key)
    return f"SELECT {names} FROM {table.name}{f' WHERE {condition}' if condition else ''} ORDER BY {order}"
