"""From which day on Fava shows entries one by one; None while it opens the full books.

Days are those that have entries, so that one entry dated far ahead takes one day's place and not a month's.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ledger.books.detail_days import ALL, OPTION, fault_of
from ledger.limits import DETAIL_DAYS, DETAIL_ENTRIES_MAX, FULL_ENTRIES_MAX
from ledger.store.sql import mark


def detail_from(connection: Connection, options: Mapping[str, str]) -> str | None:
    """Return the first day (ISO text) that is shown in full, None where all of them are.

    A value of the option that cannot be is left aside: `check` names it.
    """
    stated = options.get(OPTION)
    if stated is None or fault_of(stated) is not None:
        entries = connection.exec_driver_sql("SELECT entry FROM head WHERE id = 1").scalar_one()
        return _last_days(connection, DETAIL_DAYS, DETAIL_ENTRIES_MAX) if entries > FULL_ENTRIES_MAX else None
    return None if stated == ALL else _last_days(connection, int(stated), None)


def _last_days(connection: Connection, days: int, entries_max: int | None) -> str | None:
    """Return the first of the last `days` days; fewer where they have more than `entries_max` entries, but always the last one."""
    place = mark(connection)
    first, entries = None, 0
    day = connection.exec_driver_sql("SELECT MAX(date) FROM entry").scalar_one()
    for _ in range(days):
        if day is None:
            return None
        entries += connection.exec_driver_sql(f"SELECT COUNT(*) FROM entry WHERE date = {place}", (day,)).scalar_one()
        if first is not None and entries_max is not None and entries > entries_max:
            break
        first = day
        day = connection.exec_driver_sql(f"SELECT MAX(date) FROM entry WHERE date < {place}", (day,)).scalar_one()
    return first if day is not None else None
