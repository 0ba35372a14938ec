"""No look-up of the posting path reads a whole table: each is served by an index, however many keys it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.state.records import RECORDS, Consumption, Lot, Order, Shipment
from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.sql import _select_text, update_text
from ledger.store.tables import RECORD_TABLES

LOOKUPS = [(record, record.key, "") for record in RECORDS] + [
    (record, columns, condition) for record in RECORDS for columns, condition in record.indexes.values()
]


@pytest.mark.parametrize("count", [1, 2, 50])
def test_every_lookup_uses_an_index(tmp_path: Path, count: int) -> None:
    """SQLite's own plan: SEARCH with an index, never SCAN of a table."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(database)
    with database.reading() as connection:
        for record, columns, condition in LOOKUPS:
            text = _select_text(RECORD_TABLES[record], tuple(columns), condition, count, "?")
            values = ("1",) * (count * len(columns))
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
            scans = [step for step in plan if step.startswith("SCAN t") and "INDEX" not in step]
            assert not scans, (record.table, columns, plan)
            assert any(step.startswith("SEARCH t") for step in plan), (record.table, columns, plan)
    database.close()


def test_what_is_moved_finds_its_rows_by_their_key(tmp_path: Path) -> None:
    """A piece of a long document looks each row up that it changes, and is itself looked up, however many there are."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(database)
    with database.reading() as connection:
        for record in (Order, Shipment, Lot, Consumption):
            table = RECORD_TABLES[record]
            update = update_text(table, (len(table.columns) - 1,), "?")
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {update}", (0, 1))]
            assert plan == [f"SEARCH {table.name} USING INTEGER PRIMARY KEY (rowid=?)"], plan
        for query, values in (("batch = ? AND piece = ?", ("b", 1)), ("batch = ?", ("b",))):
            plan = [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT MAX(piece) FROM unmoved WHERE {query}", values)
            ]
            assert "SEARCH unmoved USING" in plan[0], plan
    database.close()
