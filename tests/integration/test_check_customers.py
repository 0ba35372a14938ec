"""`check` finds sums of customers that are not those of their orders: too much, too little, missing, or of nobody."""

from __future__ import annotations

import pytest

from tests.company import Company

MONTH = "dimension = 'customer' AND value = '{who}'"
TOTAL = "customer = '{who}' AND period ="
WRONG = [
    (f"UPDATE dimension_month SET fees = fees + 1 WHERE {MONTH}", "dimension_month: kept sums of {who} 2026-03 differ"),
    (f"UPDATE dimension_month SET contribution = 0 WHERE {MONTH}", "dimension_month: kept sums of {who} 2026-03 differ"),
    (f"DELETE FROM customer_total WHERE {TOTAL} ''", "customer_total: kept sums of {who} differ"),
    (f"UPDATE customer_total SET refunds = 5 WHERE {TOTAL} '2026'", "customer_total: kept sums of 2026 {who} differ"),
    (f"UPDATE cohort_shift SET fees = fees + 1 WHERE {MONTH} AND month = '2026-04'", "cohort_shift: kept sums of {who} 2026-04 differ"),
]


@pytest.fixture
def sold(company: Company) -> Company:
    """Books with an order of March that comes back in April."""
    company.buy("PO", "2026-03-01", 10, "10.00")
    company.sell("SO", "2026-03-02", 3)
    company.post("return", "R", "2026-04-02", order="SO", lines=[{"sku": "X", "quantity": "1"}])
    assert company.problems() == []
    return company


@pytest.mark.parametrize(("statement", "told"), WRONG)
def test_sums_of_customers_that_differ_are_named(sold: Company, statement: str, told: str) -> None:
    """In one table or the other; what is put right again is no fault any more."""
    with sold.ledger.database.writing() as connection:
        who = connection.exec_driver_sql("SELECT customer FROM orders").scalar_one()
        tables = ("dimension_month", "customer_total", "cohort_shift")
        for table in tables:
            connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
        connection.exec_driver_sql(statement.format(who=who))
    found = sold.problems()
    assert any(problem.startswith(told.format(who=who)) for problem in found), found
    with sold.ledger.database.writing() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            connection.exec_driver_sql(f"DROP TABLE kept_{table}")
    assert sold.problems() == []
