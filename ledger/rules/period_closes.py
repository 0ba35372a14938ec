"""Closing a period: nothing is posted into it any more (IAS 8.36 looks forward; 财会〔2024〕12号: posted vouchers stay)."""

from __future__ import annotations

from ledger.documents.closing import PeriodClose
from ledger.errors import Conflict, FieldError
from ledger.state.records import Head
from ledger.work import Work, fault


def post_period_close(work: Work, document: PeriodClose) -> None:
    """Move the lock forward. Posts no entry on the `ifrs` chart: income and expenses run on, statements cut them by date.

    Source: IAS 8.36: a change of estimate is of the period in which it is made; 财会〔2024〕12号: posted vouchers stay as they are.

    Example: March is closed; a freight bill of 20 March that comes later is posted on 1 April and keeps its own date beside it.
        order SO-4 on 2026-03-10 customer=Customer | TEA-01 1 @ 20.00
        period_close 2026-03 on 2026-03-31 period=2026-03 as_of_seq=1
        nothing
        freight_bill F-1 on 2026-03-20 carrier=Carrier | 12.00 outbound orders=SO-4
        on 2026-04-01
        Dr freight_out 12.00 order=SO-4
        Cr payable:carrier 12.00
    """
    head = work.state[Head].edit(work.state.head)
    if document.period <= head.closed_through:
        raise fault("/period", f"{head.closed_through} is closed already")
    if int(document.as_of_seq) != work.seq - 1:
        raise Conflict("another document came while the period was being closed", (FieldError("/as_of_seq", "try again"),))
    head.closed_through = document.period
