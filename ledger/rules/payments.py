"""A payment: it settles what the customer owes, then is an advance (contract liability net, VAT pending), then a deposit."""

from __future__ import annotations

from ledger.documents import sales
from ledger.journal.draft import Draft
from ledger.money import divide_half_up
from ledger.policies import VAT_ON_ADVANCE
from ledger.rules.money_accounts import post_money
from ledger.rules.taxes import input_tax
from ledger.state.records import Order, Stage
from ledger.work import Work


def post_payment(work: Work, document: sales.Payment) -> None:
    """Debit the account with what came in, fees to the order; credit the customer (IFRS 15.105-106; CAS 14.39; 财会〔2016〕22号).

    Example: 904.00 paid before anything is shipped.
        order SO-1 on 2026-01-06 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13
        payment P-1 order=SO-1 amount=904.00 account=bank
        Dr bank 904.00 order=SO-1
        Cr contract_liability 800.00 order=SO-1 party=Customer
        Cr vat_pending 104.00 order=SO-1 party=Customer

    Example: 113.00 paid for goods that were shipped before; the card company keeps 6.60, of which 0.37 is tax.
        given an-unpaid-shipment
        payment P-3 on 2026-01-20 order=SO-3 amount=113.00 account=bank fee=6.23 fee_tax=0.37
        Dr bank 106.40 order=SO-3
        Dr fees 6.23 order=SO-3
        Dr vat_input 0.37 order=SO-3
        Cr receivable 113.00 order=SO-3 party=Customer

    Example: 120.00 paid for an order of 113.00: the 7.00 too much are the customer's.
        order SO-4 customer=Customer | TEA-01 5 @ 20.00 tax_rate=0.13
        payment P-4 order=SO-4 amount=120.00 account=bank
        Dr bank 120.00 order=SO-4
        Cr contract_liability 100.00 order=SO-4
        Cr vat_pending 13.00 order=SO-4
        Cr customer_deposit 7.00 order=SO-4 party=Customer
    """
    order = work.order(document.order)
    account = work.money_account(document.account)
    draft = work.draft(order.customer, f"Payment {document.number} of order {order.label}")
    kept = document.fee + document.fee_tax
    post_money(work, draft, account, document.amount - kept, order)
    if work.chart.role_of(account) == "clearing":
        order.sales_to_clear += document.amount
        order.fee_stated += kept
    tax = input_tax(work, document.fee_tax)
    draft.add("fees", kept - tax, order=order)
    draft.add("vat_input", tax, order=order)
    receive(work, draft, order, document.amount)
    work.state[Stage].add(Stage(work.seq, "paid", order.id, None, document.date, document.at))


def receive(work: Work, draft: Draft, order: Order, amount: int) -> None:
    """Credit `amount` to the order: open receivable first, then the advance up to the unshipped gross, the rest is a deposit."""
    work.state[Order].edit(order)
    settled = min(amount, max(order.receivable, 0))
    order.receivable -= settled
    draft.add_party("receivable", -settled, order)
    advance = min(amount - settled, order.open_gross)
    if advance > 0:
        tax = tax_in_advance(order, order.prepaid + advance, order.open_gross + order.prepaid) - order.prepaid_tax
        order.contract_liability += advance - tax
        draft.add_party("contract_liability", tax - advance, order)
        _hold_tax(work, draft, order, tax)
    deposit = amount - settled - max(advance, 0)
    order.customer_deposit += deposit
    draft.add_party("customer_deposit", -deposit, order)


def resettle(work: Work, draft: Draft, order: Order) -> None:
    """Bring an order's balances back into shape after a correction: none below zero, no advance beside a receivable or above the order.

    All that the customer has with us is taken together and received anew; where it is less than nothing, it is a receivable.
    """
    prepaid = order.prepaid
    lowest = min(
        order.receivable, order.contract_liability, order.vat_pending, order.vat_due, order.customer_deposit, order.refund_liability
    )
    in_shape = lowest >= 0 and not (order.receivable and prepaid) and (order.open_gross >= 0 or not prepaid)
    if in_shape and not (order.customer_deposit and order.open_gross > 0):
        return
    work.state[Order].edit(order)
    overpaid_back = min(order.refund_liability, 0)
    pot = prepaid + order.customer_deposit - order.receivable + overpaid_back
    draft.add_party("contract_liability", order.contract_liability, order)
    draft.add_party("vat_pending", order.vat_pending, order)
    post_due(draft, order, order.vat_due)
    draft.add_party("customer_deposit", order.customer_deposit, order)
    draft.add_party("receivable", -order.receivable, order)
    draft.add_party("refund_liability", overpaid_back, order)
    order.contract_liability = order.vat_pending = order.vat_due = order.customer_deposit = order.receivable = 0
    order.refund_liability -= overpaid_back
    if pot >= 0:
        receive(work, draft, order, pot)
    else:
        order.receivable = -pot
        draft.add_party("receivable", -pot, order)


def move_tax(work: Work, draft: Draft, order: Order, tax: int) -> None:
    """Let the tax in an order's advances fall by `tax` (or grow, where negative). The caller has announced the change of the order."""
    if tax >= 0:
        release_tax(draft, order, tax)
    else:
        _hold_tax(work, draft, order, -tax)


def _hold_tax(work: Work, draft: Draft, order: Order, tax: int) -> None:
    """Credit the tax in an advance: pending until the sale, or output tax at once where the books say it is due with the invoice.

    Source: 增值税暂行条例 art. 19 (an invoice issued in advance makes the tax due), option `vat-on-advance` (design 5).
    """
    if order.marketplace_tax or work.chart.policy(VAT_ON_ADVANCE, work.date) == "due":
        order.vat_due += tax
        post_due(draft, order, -tax)
    else:
        order.vat_pending += tax
        draft.add_party("vat_pending", -tax, order)


def release_tax(draft: Draft, order: Order, tax: int) -> None:
    """Debit `tax` of what the order's advances hold: pending tax first, then what is due already (it falls away, or the sale has it).

    The caller has announced the change of the order.
    """
    pending = min(order.vat_pending, tax)
    order.vat_pending -= pending
    order.vat_due -= tax - pending
    draft.add_party("vat_pending", pending, order)
    post_due(draft, order, tax - pending)


def post_due(draft: Draft, order: Order, amount: int) -> None:
    """Post to tax in an advance that is due already; in a foreign currency it names the customer, as it is carried at a rate of its own."""
    draft.add(output_role(order), amount, order=order, party=order.customer if order.currency is not None else None)


def output_role(order: Order) -> str:
    """Return the role for tax on sales: what a marketplace collects is never ours (design 5)."""
    return "marketplace_tax" if order.marketplace_tax else "vat_output"


def tax_in_advance(order: Order, prepaid: int, unshipped: int) -> int:
    """Return the tax in an advance of `prepaid` gross towards `unshipped` gross: the same however it came about, all of it at the end."""
    if unshipped <= 0:
        return 0
    tax_unshipped = max(order.tax - order.recognised_tax, 0)
    return max(0, min(divide_half_up(tax_unshipped * prepaid, unshipped), prepaid))
