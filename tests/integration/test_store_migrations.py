"""Stores of earlier versions go on where they stopped."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import ledger.store
from ledger.service import Ledger
from tests.company import Company


def tables_of(revision: str) -> dict[str, tuple[set[str], set[str]]]:
    """Return the columns and indexes of each table as they were at a revision."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(ledger.store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        return columns_and_indexes(connection)


def columns_and_indexes(connection: sa.Connection) -> dict[str, tuple[set[str], set[str]]]:
    """Return the columns and indexes of each table of a store."""
    seen = sa.inspect(connection)
    names = seen.get_table_names()
    columns = {name: {column["name"] for column in seen.get_columns(name)} for name in names}
    return {name: (columns[name], {str(index["name"]) for index in seen.get_indexes(name)}) for name in names}


def go_back(connection: sa.Connection, revision: str) -> None:
    """Take away whatever came after a revision."""
    before = tables_of(revision)
    for table, (columns, indexes) in columns_and_indexes(connection).items():
        if table not in before:
            connection.exec_driver_sql(f"DROP TABLE {table}")
            continue
        for index in indexes - before[table][1]:
            connection.exec_driver_sql(f"DROP INDEX {index}")
        for column in columns - before[table][0]:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def test_months_of_before_are_included_once(company: Company) -> None:
    """A store of version 0002 knows its months from its entries: the index does not name their files again."""
    company.buy("P-1", "2026-03-02", 10, "10.00")
    company.ledger.publish()
    with company.ledger.database.writing() as connection:
        go_back(connection, "0002")
    company.ledger.close()
    company.ledger = Ledger.open(company.books, company.store_url)
    company.buy("P-2", "2026-03-03", 10, "10.00")
    company.buy("P-3", "2026-04-03", 10, "10.00")
    company.ledger.publish()
    index = (company.books / "journal/index.beancount").read_text(encoding="utf-8")
    assert [index.count(f'include "2026/2026-{month}.beancount"') for month in ("03", "04")] == [1, 1]
