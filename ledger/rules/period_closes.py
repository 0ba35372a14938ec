"""Closing a period: nothing is posted into it any more (IAS 8.42 corrects forward; 会计法 and 财会〔2024〕12号: posted vouchers stay)."""

from __future__ import annotations

from ledger.documents.closing import PeriodClose, PeriodReopen
from ledger.errors import Conflict, FieldError
from ledger.state.records import Head
from ledger.work import Work, fault


def post_period_close(work: Work, document: PeriodClose) -> None:
    """Move the lock forward. Posts no entry on the `ifrs` chart: income and expenses run on, statements cut them by date.

    >>> # after closing 2026-03, a freight bill dated 2026-03-20 is posted on 2026-04-01 and keeps its document date
    """
    head = work.state[Head].edit(work.state.head)
    if document.period <= head.closed_through:
        raise fault("/period", f"{head.closed_through} is closed already")
    if int(document.as_of_seq) != work.seq - 1:
        raise Conflict("another document came while the period was being closed", (FieldError("/as_of_seq", "try again"),))
    head.closed_through = document.period


def post_period_reopen(work: Work, document: PeriodReopen) -> None:
    """Move the lock back to the month before (反结账, money rules 8). Posts no entry, and the closing keeps its place.

    >>> # 2026-01 to 2026-04 are closed; reopening 2026-03 opens March and April: 2026-02 is the last closed month
    """
    head = work.state[Head].edit(work.state.head)
    if document.period > head.closed_through:
        closed = f"{head.closed_through} is the last closed month" if head.closed_through else "no month is"
        raise fault("/period", f"is not closed; {closed}")
    head.closed_through = month_before(document.period)


def month_before(period: str) -> str:
    """Return the month before a month, both as YYYY-MM."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year - (month == 1):04d}-{(month - 2) % 12 + 1:02d}"
