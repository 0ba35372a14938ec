"""Migrations lead to the tables that the code declares, on both engines."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.tables import metadata


def test_migrations_lead_to_the_declared_tables(store_url: str) -> None:
    """No table, column or index is missing, or there without being declared."""
    database = Database(store_url)
    upgrade(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()
