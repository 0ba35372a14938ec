"""Alembic's entry: the connection comes from `ledger.store.schema`, or from the URL of `alembic -x url=...` for development."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from ledger.store.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    connection = create_engine(context.get_x_argument(as_dictionary=True)["url"]).connect()
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
