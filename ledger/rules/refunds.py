"""A refund: money goes back, against what we owe the customer or as an allowance on the price."""

from __future__ import annotations

from ledger.documents import sales
from ledger.journal.draft import Draft
from ledger.money import format_scaled
from ledger.rules.allowances import allow
from ledger.rules.kept_goods import Before
from ledger.rules.money_accounts import post_money
from ledger.state.records import Order
from ledger.work import Work, fault


def post_refund(work: Work, document: sales.Refund, before: Before | None = None) -> None:
    """Credit the account; debit refund liability and then deposits (`open`), or sales and tax (`allowance`).

    `before` is the allowance that is corrected.

    Source: IFRS 15.55, CAS 14.14 for what is owed; IFRS 15.51, CAS 14.16 for an allowance.

    Example: the customer gets 45.20 back for 2 returned units.
        given a-first-shipment
        return RET-1 on 2026-02-05 order=SO-1 | TEA-01 2
        refund REF-1 on 2026-02-06 order=SO-1 amount=45.20 account=bank
        Dr refund_liability 45.20 order=SO-1 party=Customer
        Cr bank 45.20 order=SO-1

    Example: 11.30 off the price for a dent; the goods stay with the customer.
        given a-first-shipment
        refund REF-2 on 2026-02-06 order=SO-1 amount=11.30 account=bank against=allowance
        Dr returns 10.00 order=SO-1
        Dr vat_output 1.30 order=SO-1
        Cr bank 11.30 order=SO-1
    """
    order = work.order(document.order)
    account = work.money_account(document.account)
    draft = work.draft(order.customer, f"Refund {document.number} of order {order.label}")
    if document.against == "open":
        pay_back(work, draft, order, document.amount, "/amount")
    else:
        allow(work, draft, order, document.amount, before)
    post_money(work, draft, account, -document.amount, order)
    if work.chart.role_of(account) == "clearing":
        order.refunds_to_clear += document.amount


def pay_back(work: Work, draft: Draft, order: Order, amount: int, pointer: str) -> None:
    """Debit what is owed to the customer, refund liability first; more than that is refused."""
    owed = order.refund_liability + order.customer_deposit
    if amount > owed:
        text = format_scaled(owed, work.digits)
        raise fault(pointer, f"only {text} is owed to the customer of order {order.label}; a price reduction is an allowance")
    work.state[Order].edit(order)
    liability = min(amount, order.refund_liability)
    order.refund_liability -= liability
    order.customer_deposit -= amount - liability
    draft.add_party("refund_liability", liability, order)
    draft.add_party("customer_deposit", amount - liability, order)
