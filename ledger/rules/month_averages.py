"""The average of a month, posted on its last day just before it is closed (月末一次加权平均法; IAS 2.27; CAS 1.14)."""

from __future__ import annotations

from ledger.costing.true_up import true_up_month
from ledger.documents.closing import MonthAverage
from ledger.errors import Conflict, FieldError
from ledger.work import Work, fault


def post_month_average(work: Work, document: MonthAverage) -> None:
    """True up what the month's issues were charged, SKU by SKU: the orders that took the units get the difference (IAS 2.27; CAS 1.14).

    Example: 10 at 10.00, 6 sold for 60.00, then 10 at 16.00: 13.00 on average, so the order of the 6 gets 18.00 more.
        books costing=month-average
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 10 @ 10.00
        order SO-1 on 2026-01-07 customer=Customer | TEA-01 6 @ 30.00
        shipment S-1 order=SO-1
        Dr receivable 180.00
        Cr sales 180.00
        Cr inventory:TEA-01 60.00 quantity=-6
        Dr cogs 60.00
        purchase PO-2 on 2026-01-20 supplier=Supplier | TEA-01 10 @ 16.00
        month_average 2026-01 on 2026-01-31 period=2026-01 as_of_seq=4
        Dr cogs 18.00 order=SO-1
        Cr inventory:TEA-01 18.00
    """
    if document.period <= work.state.head.closed_through:
        raise fault("/period", f"{work.state.head.closed_through} is closed already")
    if int(document.as_of_seq) != work.seq - 1:
        raise Conflict("another document came while the period was being closed", (FieldError("/as_of_seq", "try again"),))
    true_up_month(work, document.period, document.date)
