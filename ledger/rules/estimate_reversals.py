"""暂估 at the start of a month: the estimate of goods without an invoice is reversed in red (红字冲回) and set again (财会〔2016〕22号).

Both vouchers stand on the same day, because the stock is never without its goods: lots in the text are only reduced, shipments of that
day need their cost, and each receipt keeps its GR/IR until its invoice comes.
"""

from __future__ import annotations

from ledger.journal.draft import Posting
from ledger.rules.conversion import post_grir
from ledger.state.records import DocumentRow, Received
from ledger.work import Work


def renew_estimate(work: Work, receipt: DocumentRow, date: str) -> None:
    """Post the red voucher and the blue one for what a receipt has not been invoiced for; together they move nothing.

    Source: 财会〔2016〕22号; 小企业会计准则 annex, 1401.

    Example: 100 at an estimated 10.00 are not invoiced when January is closed: the estimate is reversed in red and set again.
        given a-receipt
        period_close 2026-01 on 2026-01-31 period=2026-01 as_of_seq=1 estimates=shop/R-1
        on 2026-02-01
        Cr inventory:TEA-01 1000.00
        Dr grir 1000.00
        on 2026-02-01
        Dr inventory:TEA-01 1000.00
        Cr grir 1000.00
    """
    rows = [row for row in work.state[Received].where("receipt", receipt.seq) if row.grir]
    for sign, narration in ((-1, f"红字冲回暂估 {receipt.number}"), (1, f"暂估 {receipt.number}")):
        draft = work.draft(rows[0].supplier if rows else "", narration, date=date)
        draft.links = ((receipt.source, receipt.kind, receipt.number),)
        for row in rows:
            draft.post(Posting(work.stock_account(row.sku), sign * row.grir, None, row.sku))
            post_grir(draft, -sign * row.grir, row.supplier, row.receipt, (row.currency, -sign * row.foreign_amount))
