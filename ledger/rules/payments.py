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
    """Debit the account with what came in, fees to the order; credit the customer (IFRS 15.105-106; CAS 14).

    >>> # 904.00 before anything is shipped: 800.00 contract liability, 104.00 VAT pending (worked example, 2026-01-06)
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
        tax = _tax_in_advance(order, advance)
        order.contract_liability += advance - tax
        draft.add_party("contract_liability", tax - advance, order)
        _hold_tax(work, draft, order, tax)
    deposit = amount - settled - max(advance, 0)
    order.customer_deposit += deposit
    draft.add_party("customer_deposit", -deposit, order)


def _hold_tax(work: Work, draft: Draft, order: Order, tax: int) -> None:
    """Credit the tax in an advance: pending until the sale, or output tax at once where the books say it is due with the invoice.

    Source: 增值税暂行条例 art. 19 (an invoice issued in advance makes the tax due), option `vat-on-advance` (design 5).
    """
    if order.marketplace_tax or work.chart.policy(VAT_ON_ADVANCE, work.date) == "due":
        order.vat_due += tax
        draft.add(output_role(order), -tax, order=order)
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
    draft.add(output_role(order), tax - pending, order=order)


def output_role(order: Order) -> str:
    """Return the role for tax on sales: what a marketplace collects is never ours (design 5)."""
    return "marketplace_tax" if order.marketplace_tax else "vat_output"


def _tax_in_advance(order: Order, advance: int) -> int:
    """Return the tax in an advance: cumulative over all advances, so that the full advance holds exactly the unshipped tax."""
    unshipped = order.open_gross + order.prepaid
    tax_unshipped = order.tax - order.recognised_tax
    target = divide_half_up(tax_unshipped * (order.prepaid + advance), unshipped)
    return max(0, min(target - order.prepaid_tax, advance))
