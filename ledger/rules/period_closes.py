"""Closing a period: nothing is posted into it any more (IAS 8.36 looks forward; 会计法 and 财会〔2024〕12号: posted vouchers stay).

Where the books ask for them, closing vouchers (结转损益, annex of 企业会计准则应用指南, 4103 本年利润) come right before the lock.
"""

from __future__ import annotations

from ledger.costing.true_up import open_averages
from ledger.documents.closing import ClosingVoucher, PeriodClose, PeriodReopen
from ledger.errors import Conflict, FieldError
from ledger.journal.draft import Posting
from ledger.rules.estimate_reversals import renew_estimate
from ledger.state.records import Head
from ledger.work import Work, fault


def post_period_close(work: Work, document: PeriodClose) -> None:
    """Write the closing vouchers that the document names, move the lock forward, and renew the estimates that are still open.

    The `ifrs` chart has none: income and expenses run on, statements cut them by date.

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
    for voucher in document.vouchers:
        _close_accounts(work, voucher)
    head.closed_through = document.period
    for i, reference in enumerate(document.estimates):
        renew_estimate(work, work.find("receipt", reference, f"/estimates/{i}"), document.date)


def _close_accounts(work: Work, voucher: ClosingVoucher) -> None:
    """Move what accounts stand at to 本年利润, or at the year's end from there to 未分配利润 (财会〔2006〕18号 annex, 4103).

    Example: a service of 400.00 is earned in January, the month is closed.
        books chart=cn
        order SO-4 customer=Customer | ENGRAVING 1 @ 400.00 type=service
        shipment S-4 order=SO-4
        {"kind": "period_close", "number": "2026-01", "date": "2026-01-31", "period": "2026-01", "as_of_seq": "2",
        | "vouchers": [{"date": "2026-01-31", "into": "current_year_profit",
        | "balances": [{"account": "Income:6001-主营业务收入", "amount": "-400.00"}]}]}
        on 2026-01-31
        Dr sales 400.00
        Cr current_year_profit 400.00
    """
    year = voucher.into == "retained_earnings"
    narration = f"结转本年利润 {voucher.date[:4]}" if year else f"结转损益 {voucher.date[:7]}"
    draft = work.draft("", narration, date=voucher.date)
    draft.by_hand = draft.closing = True
    for balance in voucher.balances:
        draft.post(Posting(balance.account, -balance.amount))
    draft.post(Posting(work.chart.account(voucher.into), sum(balance.amount for balance in voucher.balances)))


def post_period_reopen(work: Work, document: PeriodReopen) -> None:
    """Move the lock back to the month before (反结账; IAS 10.3, before the statements are authorised for issue).

    Posts no entry, and the closing keeps its place.

    Example: January is closed and opened again: what is dated in it is posted there.
        order SO-4 on 2026-01-10 customer=Customer | TEA-01 1 @ 20.00
        period_close 2026-01 on 2026-01-31 period=2026-01 as_of_seq=1
        period_reopen 2026-01 on 2026-01-31 period=2026-01 reason="a bill was forgotten"
        nothing
        freight_bill F-1 on 2026-01-20 carrier=Carrier | 12.00 outbound orders=SO-4
        Dr freight_out 12.00 order=SO-4
        Cr payable:carrier 12.00
    """
    head = work.state[Head].edit(work.state.head)
    if document.period > head.closed_through:
        closed = f"{head.closed_through} is the last closed month" if head.closed_through else "no month is"
        raise fault("/period", f"is not closed; {closed}")
    head.closed_through = month_before(document.period)
    open_averages(work, document.period)


def month_before(period: str) -> str:
    """Return the month before a month, both as YYYY-MM."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year - (month == 1):04d}-{(month - 2) % 12 + 1:02d}"
