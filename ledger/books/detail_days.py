"""The option by which people say how much of the books Fava shows entry by entry:

    1970-01-01 custom "orderledger" "fava-detail-days" "31"

so many last days with entries, or "all" for the full books whatever their size. Without it the size decides.
"""

from __future__ import annotations

from ledger.limits import DETAIL_DAYS_MAX

OPTION = "fava-detail-days"
ALL = "all"


def fault_of(value: str) -> str | None:
    """Return what is wrong with a value of the option, None where it can be."""
    if value == ALL or (value.isascii() and value.isdigit() and 1 <= int(value) <= DETAIL_DAYS_MAX):
        return None
    return f"option {OPTION} is {value!r}; it can be a number of days from 1 to {DETAIL_DAYS_MAX}, or {ALL!r}"
