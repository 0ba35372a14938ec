"""Indexes that rank orders, customers and months by profit. A bulk load into an empty store makes them at its end.

Every posting moves its order, its customer and their month to another place in each of them: on a store of a million orders they are two
fifths of what is written, while to make all seven anew takes ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index

from ledger.store.database import Database
from ledger.store.tables import customer_total, dimension_month, order_profit, orders

RANKS: tuple[Index, ...] = tuple(
    index
    for table in (orders, customer_total, order_profit, dimension_month)
    for index in sorted(table.indexes, key=lambda index: str(index.name))
    if "_by_" in str(index.name) or str(index.name).endswith("_best")
)


def make_ranks(connection: Connection) -> None:
    """Make those that are missing: whoever opens a store has them made that a killed load has left out."""
    there = _there(connection)
    for index in RANKS:
        if index.name not in there:
            index.create(connection, checkfirst=False)


@contextmanager
def ranks_later(database: Database) -> Iterator[None]:
    """Load a store without them; however the block ends, they are there afterwards, unless that was the end of the store too."""
    with database.writing() as connection:
        there = _there(connection)
        for index in RANKS:
            if index.name in there:
                index.drop(connection, checkfirst=False)
    try:
        yield
    except BaseException:
        if not database.unlogged:
            _make(database)
        raise
    _make(database)


def _make(database: Database) -> None:
    with database.writing() as connection:
        make_ranks(connection)


def _there(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'index'"
    else:
        query = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    return set(connection.exec_driver_sql(query).scalars())
