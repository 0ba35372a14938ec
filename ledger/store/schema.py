"""Bring a store's tables to the version that this code needs (Alembic), and put the rows there that must always exist."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

from ledger.errors import StoreUnavailable
from ledger.store.database import Database
from ledger.store.ranks import make_ranks
from ledger.store.sql import insert_text, mark
from ledger.store.tables import metadata, publisher

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 0x6F726465


def upgrade(database: Database) -> None:
    """Create or migrate the tables; two processes that start at once do it one after the other."""
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")
        if _version(connection) != _newest():
            _migrate(connection)
        make_ranks(connection)
        _seed(connection)


def _version(connection: Connection) -> str | None:
    """Return the version that the store's tables have, None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return str(found[0]) if found is not None else None


def _newest() -> str:
    """Return the version that this code needs: migrations are named by their number."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _migrate(connection: Connection) -> None:
    # Most stores are up to date: a command then starts without Alembic, which takes longer to load than the store to open.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    current = _version(connection)
    if current is not None and current not in {r.revision for r in ScriptDirectory.from_config(config).walk_revisions()}:
        raise StoreUnavailable("the store was written by a newer orderledger; use that version")
    command.upgrade(config, "head")


def _seed(connection: Connection) -> None:
    place = mark(connection)
    ignore = " ON CONFLICT (id) DO NOTHING"
    head = metadata.tables["head"]
    connection.exec_driver_sql(insert_text(head, place) + ignore, (1, 0, 0, 0, 0, "0" * 64, "", ""))
    connection.exec_driver_sql(insert_text(publisher, place) + ignore, (1, "", "", 0, 0))
