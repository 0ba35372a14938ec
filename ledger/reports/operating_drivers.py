"""What operating costs are shared by: the drivers that people state for their expense accounts, one account or a whole pool. Pure.

`custom "orderledger" "operating-driver" "Expenses:Operating" "revenue"` is for that account and all below it; the nearest one counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.chart import Chart

OPTION = "operating-driver"

DRIVERS = ("orders", "revenue", "gross_profit")
"""Orders dated in the period; revenue; gross profit: a value that is not positive bears nothing."""


def is_operating(chart: Chart, account: str) -> bool:
    """Tell whether an account is an operating cost: an expense that is in no order's contribution by its role."""
    field = chart.profit_field(account)
    return account.startswith("Expenses:") and field is not None and field[0] == "other"


def driver_of(account: str, drivers: Mapping[str, str]) -> str | None:
    """Return the driver that is stated for an account, or for the nearest one above it."""
    name = account
    while name:
        if name in drivers:
            return drivers[name]
        name = name.rpartition(":")[0]
    return None


def fault_of(chart: Chart, account: str, driver: str) -> str | None:
    """Say what is wrong with a stated driver; None where nothing is."""
    if driver not in DRIVERS:
        return f"an operating driver is one of {', '.join(DRIVERS)}, not {driver!r}"
    below = [name for name in chart.accounts if name == account or name.startswith(f"{account}:")]
    if not any(is_operating(chart, name) for name in below):
        return f"{account} is no operating cost: name an expense account of the chart, or one above some, that no order's profit counts"
    return None
