"""Corrections of documents that move money and open balances only: payment, refund, settlement, write-off, payout, entry."""

from __future__ import annotations

from ledger.documents.base import Document
from ledger.documents.hand import HandEntry
from ledger.documents.payouts import Payout
from ledger.documents.receiving import SupplierPayment
from ledger.documents.sales import Payment, Refund
from ledger.documents.settling import Settlement, WriteOff
from ledger.money import format_scaled
from ledger.rules.allowances import withdraw
from ledger.rules.corrections.posted import forget_stages, negate
from ledger.rules.given_back import follow_returns, given_back, owe_customer
from ledger.rules.hand_entries import post_hand_entry, prepaid_in
from ledger.rules.kept_goods import Before
from ledger.rules.payments import post_payment
from ledger.rules.payouts import post_payout
from ledger.rules.refunds import post_refund
from ledger.rules.settlements import post_settlement, post_write_off
from ledger.rules.supplier_payments import post_supplier_payment
from ledger.state.records import DocumentRow, Order, PayoutMatch
from ledger.work import Work, fault


def correct_payment(work: Work, new: Payment, old: Payment, row: DocumentRow) -> None:
    """Take the money off the order (deposit and advance first, then it is owed again) and post what really came in.

    Source: IFRS 15.105-106; 财会〔2024〕12号.

    Example: 904.00 paid, part of it shipped; it was 900.00.
        given a-first-shipment
        payment P-1 on 2026-01-10 order=SO-1 amount=900.00 account=bank corrects=true reason="typing error"
        on 2026-01-10
        Cr bank 904.00
        Dr contract_liability 800.00
        Dr vat_pending 104.00
        on 2026-01-10
        Dr bank 900.00
        Cr contract_liability 796.46
        Cr vat_pending 103.54
    """
    order = work.order(old.order)
    negate(work, work.reversal(old, row, order.customer), row, advance=True)
    if work.chart.role_of(work.money_account(old.account)) == "clearing":
        work.state[Order].edit(order)
        order.sales_to_clear -= old.amount
        order.fee_stated -= old.fee + old.fee_tax
    forget_stages(work, order, row)
    post_payment(work, new)


def correct_refund(work: Work, new: Refund, old: Refund, row: DocumentRow) -> None:
    """Owe the customer again what was paid back (or take the allowance off again), and post what really went out.

    An allowance counts as if it had been right before anything came back: returns since then owe the customer the rest.

    Source: IFRS 15.51, 55 and B23; 财会〔2024〕12号.

    Example: 11.30 were allowed and all came back for the rest; it was 5.65: the customer is owed 5.65 more.
        order SO-9 on 2026-02-15 customer=Buyer | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        payment P-9 order=SO-9 amount=113.00 account=bank
        shipment S-9 order=SO-9
        refund REF-9 on 2026-02-18 order=SO-9 amount=11.30 account=bank against=allowance
        return RET-9 on 2026-02-20 order=SO-9 | ENGRAVING 1
        refund REF-9 on 2026-02-21 order=SO-9 amount=5.65 account=bank against=allowance corrects=true reason="typing error"
        Cr returns 5.00 order=SO-9
        Cr vat_output 0.65 order=SO-9
        Dr bank 11.30 order=SO-9
        Cr refund_liability 5.65 order=SO-9 party=Buyer
        on 2026-02-21
        Dr returns 5.00 order=SO-9
        Dr vat_output 0.65 order=SO-9
        Cr bank 5.65 order=SO-9
    """
    order = work.order(old.order)
    draft = work.reversal(old, row, order.customer)
    returned = given_back(work, order)
    before: Before | None = None
    if old.against == "allowance":
        allowed = [p for p in work.posted(row) if work.chart.role_of(p.account) in ("returns", "vat_output", "marketplace_tax")]
        net = sum(p.units for p in allowed if work.chart.role_of(p.account) == "returns")
        before = withdraw(work, order, row.seq, net, sum(p.units for p in allowed) - net)
    negate(work, draft, row)
    if work.chart.role_of(work.money_account(old.account)) == "clearing":
        work.state[Order].edit(order).refunds_to_clear -= old.amount
    post_refund(work, new, before)
    owe_customer(work, draft, order, -follow_returns(work, draft, order, returned))


def correct_payout(work: Work, new: Payout, old: Payout, row: DocumentRow) -> None:
    """Take the payout back as a whole: what it only confirmed waits for its confirmation again.

    Refused where it takes a chargeback back that another payout has decided since.

    Source: IAS 8.42; 财会〔2024〕12号.

    Example: the platform held back 30.00, not 20.00.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=93.00 | sale 113.00 order=SO-2 | reserve_hold -20.00
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=83.00 corrects=true reason="typing error"
        | sale 113.00 order=SO-2 | reserve_hold -30.00
        on 2026-02-20
        Cr bank 93.00
        Cr reserve 20.00 party=tmall
        Dr clearing:tmall 113.00 order=SO-2
        on 2026-02-20
        Dr bank 83.00
        Dr reserve 30.00 party=tmall
        Cr clearing:tmall 113.00 order=SO-2
    """
    negate(work, work.reversal(old, row, old.channel), row, advance=True)
    _no_advance(work, old)
    matches = work.state[PayoutMatch].where("payout", row.seq)
    for match in matches:
        order = work.state[Order].edit(work.state[Order].require(match.order_id))
        name = {"sale": "sales_to_clear", "refund": "refunds_to_clear", "fee": "fee_stated"}[match.type]
        setattr(order, name, getattr(order, name) + match.amount)
    # A sale and a refund of one amount leave no posting of their order: the matches know it.
    touched = dict.fromkeys([p.order_id for p in work.posted(row)] + [match.order_id for match in matches])
    orders = [work.state[Order].require(order_id) for order_id in touched if order_id is not None]
    for order in orders:
        forget_stages(work, order, row)
    post_payout(work, new)
    for order in orders:
        if order.disputed < 0 and not work.rebuilding:
            missing = format_scaled(-order.disputed, work.digits)
            raise fault(
                "/lines", f"{missing} of the chargeback of order {order.label} was decided by another payout since: correct that first"
            )


def _no_advance(work: Work, old: Payout) -> None:
    """Tax that the marketplace kept is no tax in an advance: take it out of what `negate` took for that."""
    for line in old.lines:
        if line.type == "marketplace_tax" and line.order is not None:
            order = work.order(line.order)
            if order.marketplace_tax and order.currency is None:
                work.state[Order].edit(order).vat_due += old.gross(line)


def correct_money(work: Work, new: Document, old: Document, row: DocumentRow) -> None:
    """Reverse the entry as it stands and post the new one: nothing else hangs on it."""
    if isinstance(old, HandEntry):
        work.bought_in = prepaid_in(work, old)
    negate(work, work.reversal(old, row, ""), row)
    match new:
        case Settlement():
            receivables = [p for p in work.posted(row) if work.chart.role_of(p.account) == "receivable"]
            post_settlement(work, new, {p.order_id: -p.units for p in receivables if p.order_id is not None})
        case WriteOff():
            post_write_off(work, new)
        case SupplierPayment():
            post_supplier_payment(work, new)
        case HandEntry():
            post_hand_entry(work, new)
        case _:
            raise AssertionError(f"{new.kind} moves more than money")
