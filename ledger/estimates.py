"""Which receipts still stand at an estimate (暂估) when a month is closed, for books that reverse them in red at the start of the next."""

from __future__ import annotations

from ledger.errors import InvalidQuery
from ledger.limits import LINES_MAX
from ledger.reports.context import Context
from ledger.store.sql import mark

OPTION = "estimate-reversal"


def open_estimates(context: Context, last_day: str) -> tuple[str, ...]:
    """Return the receipts (source/number) dated until a day that are not fully invoiced now; none where the books ask for none."""
    if context.chart.options.get(OPTION) != "month-start":
        return ()
    query = (
        "SELECT source, number FROM document WHERE seq IN (SELECT receipt_id FROM received WHERE grir <> 0) "
        f"AND date <= {mark(context.connection)} ORDER BY seq LIMIT {LINES_MAX + 1}"
    )
    found = [f"{row.source}/{row.number}" for row in context.connection.exec_driver_sql(query, (last_day,))]
    if len(found) > LINES_MAX:
        raise InvalidQuery(f'more than {LINES_MAX} receipts wait for their invoice: set the option "{OPTION}" to "none" to close the month')
    return tuple(found)
