"""Revaluation at a period's end: monetary items in foreign currency are re-priced at the closing rate (IAS 21.23a and 28; CAS 19.11).

What is not money keeps its rate: stock, contract liabilities, prepayments (IAS 21.23b; IFRIC 22).
"""

from __future__ import annotations

from ledger.documents.closing import Revaluation, Revalued
from ledger.errors import Conflict, FieldError
from ledger.journal.draft import Draft, Posting
from ledger.money import allocate, exponent, parse_scaled
from ledger.rules.carrying import follow
from ledger.state.records import Invoiced, Order, Received
from ledger.work import Work


def post_revaluation(work: Work, document: Revaluation) -> None:
    """Post each item out at what it is carried at and in again at the closing rate; the difference is an exchange difference.

    Source: IAS 21.23a and 28; CAS 19.11.

    Example: 100.00 USD in the bank, paid in at 7.00, when the rate at the month's end is 7.20.
        entry E-1 on 2026-01-10 currency=USD rate=7.00 narration=Deposit | bank 100.00 | operating -100.00
        {"kind": "revaluation", "number": "2026-01-1", "date": "2026-01-31", "as_of_seq": "1", "rates": [{"currency": "USD",
        | "rate": "7.2"}], "items": [{"account": "Assets:Bank", "currency": "USD", "units": "100.00", "carried": "700.00",
        | "value": "720.00"}]}
        Cr bank 700.00 units="-100.00 USD"
        Dr bank 720.00 units="100.00 USD"
        Cr exchange 20.00
    """
    if int(document.as_of_seq) != work.seq - 1:
        raise Conflict("another document came while items were being revalued", (FieldError("/as_of_seq", "try again"),))
    draft = work.draft("", f"Revaluation {document.date[:7]}")
    draft.by_hand = True
    for i, item in enumerate(document.items):
        order = None
        if item.order is not None:
            order = work.state[Order].require(work.find("order", item.order, f"/items/{i}/order").origin)
        reference = _grir(work, item, f"/items/{i}")
        _reprice(work, draft, item, order, reference)
    work.order_id = None


def _reprice(work: Work, draft: Draft, item: Revalued, order: Order | None, reference: str | None) -> None:
    units = parse_scaled(item.units, exponent(item.currency))
    difference = item.value - item.carried
    at_a_rate = bool(units) and units * item.carried >= 0
    pairs = [(-units, -item.carried), (units, item.value)] if at_a_rate else [(0, difference)]
    for foreign, amount in pairs:
        posting = Posting(item.account, amount, order, party=item.party, reference=reference, currency=item.currency, foreign=foreign)
        draft.postings.append(posting)
    draft.add("exchange", -difference, order=order)
    role = work.chart.role_of(item.account) or ""
    follow(work, order, role, item.party, item.currency, units=0, base=difference)


def _grir(work: Work, item: Revalued, pointer: str) -> str | None:
    """Let GR/IR of a receipt, or of an invoice before its receipt, follow; return what its postings refer to."""
    difference = item.value - item.carried
    if item.receipt is not None:
        receipt = work.find("receipt", item.receipt, f"{pointer}/receipt")
        received = [row for row in work.state[Received].where("receipt", receipt.seq) if row.foreign_amount]
        for row, share in zip(received, allocate(difference, [row.foreign_amount for row in received]), strict=True):
            work.state[Received].edit(row).grir -= share
        return receipt.number
    if item.invoice is not None:
        invoice = work.find("supplier_invoice", item.invoice, f"{pointer}/invoice")
        early = [row for row in work.state[Invoiced].where("document", invoice.seq) if row.foreign_amount]
        for one, share in zip(early, allocate(difference, [one.foreign_amount for one in early]), strict=True):
            work.state[Invoiced].edit(one).grir += share
        return invoice.number
    return None
