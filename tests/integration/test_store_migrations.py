"""Migrations: a store of before keeps what it held, and ends with the tables that the code defines."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, MetaData, Text

from ledger.errors import BooksProblem
from ledger.rebuild import rebuild
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger
from ledger.store import schema
from ledger.store.database import Database
from ledger.store.tables import metadata
from tests.company import Company


def at_revision(connection: Connection, revision: str) -> MetaData:
    """Make the tables as they were, and return them."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    tables = MetaData()
    tables.reflect(connection)
    return tables


def put(connection: Connection, tables: MetaData, name: str, **values: Any) -> None:
    """Insert a row, zero or empty where nothing is given."""
    table = tables.tables[name]
    usual = {c.name: "" if isinstance(c.type, Text) else 0 for c in table.columns if not c.nullable}
    connection.execute(table.insert().values(usual | values))


def test_a_first_store_is_brought_up_to_date(store_url: URL) -> None:
    """Marketplace tax in an advance moves to where it is kept now; landed cost of before stands in a month without a name."""
    database = Database(str(store_url.render_as_string(hide_password=False)))
    with database.writing() as connection:
        old = at_revision(connection, "0001")
        put(connection, old, "orders", id=1, number="A", marketplace_tax=1, vat_pending=1300, contract_liability=10_000)
        put(connection, old, "orders", id=2, number="B", vat_pending=700)
        put(connection, old, "lot", id=5, root_id=5, landed=500)
        put(connection, old, "consumption", id=6, root_id=5, order_id=1, landed=300)
        put(connection, old, "consumption", id=7, root_id=5, order_id=None, landed=200)
        put(connection, old, "waiting", id=8, direction="inbound", waits=1, amount=50)
        put(connection, old, "waiting", id=9, direction="outbound", waits=1, amount=70)
    schema.upgrade(database)
    with database.reading() as connection:
        orders = connection.exec_driver_sql("SELECT vat_pending, vat_due, undelivered FROM orders ORDER BY id").fetchall()
        assert [tuple(row) for row in orders] == [(0, 1300, 0), (700, 0, 0)]
        sums = {row[0]: int(row[2]) for row in connection.exec_driver_sql("SELECT name, month, amount FROM freight_month")}
        assert sums == {"billed": 1050, "orders": 300, "holders": 200}
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_months_of_before_are_known(store_url: URL) -> None:
    """A store from before closing vouchers knows its months from its entries: the index does not include their files again."""
    database = Database(str(store_url.render_as_string(hide_password=False)))
    with database.writing() as connection:
        old = at_revision(connection, "0002")
        for number, day in enumerate(("2026-03-02", "2026-03-09", "2026-04-01"), 1):
            put(connection, old, "entry", id=number, seq=number, date=day, voucher=f"{number}")
    schema.upgrade(database)
    with database.reading() as connection:
        months = connection.exec_driver_sql("SELECT month, first_entry FROM journal_month ORDER BY month").fetchall()
        assert [tuple(row) for row in months] == [("2026-03", 1), ("2026-04", 3)]
    database.close()


def test_what_was_there_before_currencies_is_in_that_of_the_books(store_url: URL) -> None:
    """No currency, no foreign amount and no rate on documents, orders, lots, charges and postings of before."""
    database = Database(str(store_url.render_as_string(hide_password=False)))
    with database.writing() as connection:
        old = at_revision(connection, "0007")
        for name in ("document", "orders", "lot", "received", "invoiced", "cleared", "billed", "posting"):
            put(connection, old, name)
    schema.upgrade(database)
    with database.reading() as connection:
        for name, columns in {
            "document": {"rate": None}, "orders": {"currency": None}, "billed": {"currency": None},
            "lot": {"currency": None, "foreign_amount": 0}, "invoiced": {"currency": None, "foreign_amount": 0},
            "received": {"currency": None, "foreign_amount": 0, "rate": None}, "posting": {"currency": None, "foreign_amount": None},
            "cleared": {"foreign_amount": 0, "foreign_cost": 0, "foreign_tax": 0},
        }.items():  # fmt: skip
            row = connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {name}").one()
            assert dict(row._mapping) == columns, name
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_rows_move_to_their_key_and_stay_what_they_are(store_url: URL) -> None:
    """Tables that SQLite kept by a number of its own keep every row and every index but those that their key makes needless."""
    database = Database(str(store_url.render_as_string(hide_password=False)))
    with database.writing() as connection:
        old = at_revision(connection, "0014")
        for name in metadata.tables:
            put(connection, old, name, **({"id": 1} if name in ("head", "publisher") else {}))
        put(connection, old, "posting", entry_id=7, line=1, date="2026-01-02", account="Assets:Bank", amount=-5, sku="A", lot_id=9)
        put(connection, old, "stage", document_seq=4, stage="paid", order_id=3, date="2026-01-02")
        put(connection, old, "entry", id=1, seq=4, voucher="V", text_digest="t", hash="h")
        before = {name: _rows(connection, old, name) for name in metadata.tables}
    schema.upgrade(database)
    with database.reading() as connection:
        for name, rows in before.items():
            gone = {"document_digest", "previous_hash"} if name == "entry" else set()
            kept = sorted(sorted((k, v) for k, v in dict(row).items() if k not in gone) for row in rows)
            assert _rows(connection, metadata, name) == kept, name
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        if database.sqlite:
            without = {row[1] for row in connection.exec_driver_sql("PRAGMA table_list") if row[4]}
            assert without == {name for name, table in metadata.tables.items() if not table.dialect_options["sqlite"]["with_rowid"]}
            assert {"posting", "stage", "order_line"} < without
    database.close()


def _rows(connection: Connection, tables: MetaData, name: str) -> list[list[tuple[str, Any]]]:
    return sorted(sorted(row._mapping.items()) for row in connection.execute(tables.tables[name].select()))


def test_a_store_of_an_earlier_version_asks_for_a_rebuild(company: Company, tmp_path: Path) -> None:
    """Its sums cannot be made by a migration: they need the chart. An empty store needs none."""
    company.sell("SO-1", "2026-01-31", 1)
    company.ledger.publish()
    for number, (rows, asked) in enumerate(((0, False), (1, True))):
        url = f"sqlite:///{tmp_path}/earlier-{number}.db"
        earlier = Database(url)
        _first_version(earlier, rows)
        schema.upgrade(earlier)
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


def test_sums_of_days_are_made_of_what_is_in_the_store(company: Company) -> None:
    """A store from before them gets the rows that the engine would have kept: all stock as one account."""
    company.buy("PO-1", "2026-01-30", 10, "10.00", sku="龙井 2026")
    company.sell("SO-1", "2026-01-31", 3, sku="龙井 2026")
    company.sell("SO-2", "2026-02-01", 2)
    line = {"sku": "X", "quantity": "1", "unit_price": "38.33"}
    company.post("order", "SO-3", "2026-02-01", customer="Customer", lines=[line], currency="USD", rate="7.1")
    for number, amount in (("P-1", "33.33"), ("P-2", "5.00")):
        company.post("payment", number, "2026-02-01", order="SO-3", amount=amount, account="bank", rate="7.1234", currency="USD")
    with company.ledger.database.writing() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM view_day ORDER BY date, account").fetchall()
        assert {row.account for row in kept if "Inventory" in row.account} == {"Assets:Inventory"}
        assert {row.currency for row in kept} == {"", "USD"}
        connection.exec_driver_sql("DELETE FROM view_day")
        connection.exec_driver_sql(import_module("ledger.store.migrations.versions.0010_view").FILL)
        assert connection.exec_driver_sql("SELECT * FROM view_day ORDER BY date, account").fetchall() == kept


def _first_version(database: Database, documents: int) -> None:
    """Make the tables of the first version, with so many documents."""
    with database.writing() as connection:
        old = at_revision(connection, "0001")
        for seq in range(1, documents + 1):
            put(connection, old, "document", seq=seq, source="shop", kind="order", number=f"SO-{seq}", date="2026-01-01", body="{}")
