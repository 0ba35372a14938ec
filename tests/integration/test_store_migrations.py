"""Stores of earlier versions go on where they stopped."""

from __future__ import annotations

from ledger.service import Ledger
from tests.company import Company


def test_months_of_before_are_included_once(company: Company) -> None:
    """A store of version 0001 knows its months from its entries: the index does not name their files again."""
    company.buy("P-1", "2026-03-02", 10, "10.00")
    company.ledger.publish()
    with company.ledger.database.writing() as connection:
        for table in ("closing_posting", "journal_month"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    company.ledger.close()
    company.ledger = Ledger.open(company.books, company.store_url)
    company.buy("P-2", "2026-03-03", 10, "10.00")
    company.buy("P-3", "2026-04-03", 10, "10.00")
    company.ledger.publish()
    index = (company.books / "journal/index.beancount").read_text(encoding="utf-8")
    assert [index.count(f'include "2026/2026-{month}.beancount"') for month in ("03", "04")] == [1, 1]
