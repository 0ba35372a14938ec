"""The view's index: accounts and commodities, the sums of closed days, the stock at the boundary, and the days in full as includes.

All that must change together stands in this one file, so that renaming it is the moment in which the view changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from ledger.books.layout import CLOSINGS, view_day_path
from ledger.chart import Chart
from ledger.journal.text import declare_commodity, open_account
from ledger.view.days import by_day_from, moved_before, stretch_text, stretches
from ledger.view.stock import stock_texts

HEAD = "; Written by orderledger: Fava's view of the journal. The record are the books in journal/.\n"
MARK = "orderledger-view"
"""The `custom` directive that stands on the first day in full."""


def index_text(connection: Connection, chart: Chart, boundary: str, days: Iterable[str]) -> str:
    """Return the whole file; `days` are those in full."""
    return "".join(_parts(connection, chart, boundary, days))


def _parts(connection: Connection, chart: Chart, boundary: str, days: Iterable[str]) -> Iterator[str]:
    yield HEAD
    yield f'include "../{CLOSINGS}"\n'
    yield from (f'include "{view_day_path(day).partition("/")[2]}"\n' for day in sorted(days))
    yield f'{boundary} custom "{MARK}" "in full from here on; before it, sums 自本日起逐笔列示，之前为汇总"\n'
    for sku, commodity in connection.exec_driver_sql("SELECT sku, commodity FROM sku ORDER BY sku"):
        yield declare_commodity(commodity, sku)
    for name, raw, role in connection.exec_driver_sql("SELECT name, raw, role FROM account ORDER BY name"):
        yield open_account(name, raw, role)
    for stretch in stretches(moved_before(connection, boundary), by_day_from(boundary)):
        yield stretch_text(stretch, chart.currency)
    yield from stock_texts(connection, chart, boundary)
