"""Migrations: they make the tables that the code writes to, and say what they cannot make."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL

from ledger import store
from ledger.errors import BooksProblem
from ledger.rebuild import rebuild
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger
from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.tables import metadata
from tests.company import Company


def test_a_store_of_an_earlier_version_asks_for_a_rebuild(company: Company, tmp_path: Path) -> None:
    """Its sums cannot be made by a migration: they need the chart. An empty store needs none."""
    company.sell("SO-1", "2026-01-31", 1)
    company.ledger.publish()
    for number, (rows, asked) in enumerate(((0, False), (1, True))):
        url = f"sqlite:///{tmp_path}/earlier-{number}.db"
        earlier = Database(url)
        _first_version(earlier, rows)
        upgrade(earlier)
        with earlier.reading() as connection:
            assert connection.exec_driver_sql("SELECT COUNT(*) FROM meta WHERE key = 'sums-behind'").scalar_one() == int(asked)
        earlier.close()
    with pytest.raises(BooksProblem, match="orderledger rebuild"):
        Ledger.open(company.books, url)
    rebuild(company.books, url)
    again = Ledger.open(company.books, url)
    with again.read() as ctx, company.ledger.read() as before:
        assert profit_by(ctx, "sku", cohort=True) == profit_by(before, "sku", cohort=True)
    again.close()


def _first_version(database: Database, documents: int) -> None:
    """Make the tables of the first version, with so many documents."""
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for seq in range(1, documents + 1):
            row = f"({seq}, 'shop', 'order', 'SO-{seq}', '2026-01-01', '', '', '{{}}')"
            connection.exec_driver_sql(f"INSERT INTO document (seq, source, kind, number, date, recorded_at, digest, body) VALUES {row}")


def test_migrations_make_the_tables(store_url: URL) -> None:
    """What the migrations create is what the code writes to: tables, columns, keys and indexes."""
    database = Database(store_url.render_as_string(hide_password=False))
    upgrade(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if one[0] != "remove_table"]
    database.close()
    assert differences == []
