"""Questions of few days read the entries of those days, and revisions the postings of their order: never all of an account's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ledger.reports.context import Context
from ledger.reports.revisions import list_revisions
from ledger.view.stock import stock_before
from tests.books_in_memory import chart
from tests.company import Company

QUESTIONS = {
    "stock before a day": (lambda ctx: stock_before(ctx.connection, ctx.chart, "2026-01-12"), "entry_date"),
    "revisions": (lambda ctx: list_revisions(ctx, "SO-1"), "posting_order"),
}


@contextmanager
def asked(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that are run meanwhile."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        found.append((statement, parameters))

    event.listen(connection.engine, "before_cursor_execute", note)
    yield found
    event.remove(connection.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_postings_are_found_by_what_bounds_them(company: Company, name: str) -> None:
    """SQLite's own plan names the index of the days, or of the order."""
    company.sell("SO-1", "2026-01-10", 2)
    if not company.ledger.database.sqlite:
        pytest.skip("SQLite says its plan")
    ask, index = QUESTIONS[name]
    with company.ledger.database.reading() as connection, asked(connection) as statements:
        ask(Context(connection, chart()))
        of_postings = [(text, values) for text, values in statements if "posting" in text]
        assert of_postings
        for text, values in of_postings:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
            assert any(index in step for step in plan), plan
            assert not any("SCAN" in step and "SUBQUERY" not in step and "parts" not in step for step in plan), plan
            assert not any(step.startswith("SEARCH posting USING INDEX posting_account") for step in plan), plan
