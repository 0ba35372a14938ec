"""A payout: what the platform pays, net of all it kept, taken apart line by line. The net is never revenue (IFRS 15.B34-B38)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ledger.documents.payouts import Payout, PayoutLine
from ledger.journal.draft import Draft, Posting
from ledger.money import divide_half_up
from ledger.rules.money_accounts import clear
from ledger.rules.payments import receive
from ledger.rules.refunds import pay_back
from ledger.rules.taxes import input_tax
from ledger.state.records import Order, Stage
from ledger.work import Work, fault


@dataclass(slots=True)
class Settling:
    """One payout on its way into the journal."""

    work: Work
    draft: Draft
    document: Payout
    clearing: str


def post_payout(work: Work, document: Payout) -> None:
    """Debit the account with the net; each line clears, expenses or holds what it says, so that clearing ends at zero.

    >>> # 113.00 sold less a fee of 6.23 and 0.37 tax: 106.40 in the bank, clearing 113.00 less (worked example, 2026-02-20)
    """
    account = work.money_account(document.account)
    clearing = work.account(f"clearing:{document.channel}", "/channel")
    draft = work.draft(document.channel, f"Payout {document.number} of {document.channel}")
    draft.post(Posting(account, document.net))
    settling = Settling(work, draft, document, clearing)
    orders: dict[int, Order] = {}
    for i, line in enumerate(document.lines):
        order = work.order(line.order, f"/lines/{i}/order") if line.order is not None else None
        if order is None and line.type in NEED_ORDER:
            raise fault(f"/lines/{i}/order", f"is required for {line.type}")
        charged = replace(line, amount=document.gross(line))
        LINE_RULES[line.type](settling, charged, order, f"/lines/{i}")
        if order is not None and line.type == "sale":
            orders[order.id] = order
    for order in orders.values():
        work.state[Stage].add(Stage(work.seq, "settled", order.id, None, document.date, document.at))
    work.order_id = next(iter(orders)) if len(orders) == 1 else None


def _sale(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what the customer's payment put there; post the payment where nobody did."""
    assert order is not None
    if line.amount < 0:
        raise fault(f"{pointer}/amount", "a sale is positive; what goes back is a refund")
    settled = min(line.amount, order.sales_to_clear)
    settling.work.state[Order].edit(order).sales_to_clear -= settled
    missing = line.amount - settled
    if missing:
        clear(settling.work, settling.draft, settling.clearing, missing, order, settling.document.channel)
        receive(settling.work, settling.draft, order, missing)
    clear(settling.work, settling.draft, settling.clearing, -line.amount, order, settling.document.channel)


def _refund(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what a refund took from there; post the refund where nobody did."""
    assert order is not None
    if line.amount > 0:
        raise fault(f"{pointer}/amount", "a refund is negative: the platform kept it")
    amount = -line.amount
    posted = min(amount, order.refunds_to_clear)
    settling.work.state[Order].edit(order).refunds_to_clear -= posted
    if amount - posted:
        pay_back(settling.work, settling.draft, order, amount - posted, f"{pointer}/amount")
        clear(settling.work, settling.draft, settling.clearing, posted - amount, order, settling.document.channel)
    clear(settling.work, settling.draft, settling.clearing, amount, order, settling.document.channel)


def _fee(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Expense a fee (its amount holds its tax), except for what the payment stated already."""
    del pointer
    amount, tax = -line.amount, line.tax
    if order is not None and order.fee_stated and amount > 0:
        again = min(amount, order.fee_stated)
        settling.work.state[Order].edit(order).fee_stated -= again
        clear(settling.work, settling.draft, settling.clearing, again, order, settling.document.channel)
        tax = divide_half_up(tax * (amount - again), amount)
        amount -= again
    tax = input_tax(settling.work, tax if amount >= 0 else -tax)
    settling.draft.add("fees", amount - tax, order=order)
    settling.draft.add("vat_input", tax)


def _to_role(role: str) -> Callable[[Settling, PayoutLine, Order | None, str], None]:
    def rule(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
        del pointer
        tax = input_tax(settling.work, line.tax if line.amount <= 0 else -line.tax)
        settling.draft.add(role, -line.amount - tax, order=order)
        settling.draft.add("vat_input", tax)

    return rule


def _subsidy(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what the platform owes of the price (its own coupon, consideration from a third party: IFRS 15.47)."""
    del pointer
    clear(settling.work, settling.draft, settling.clearing, -line.amount, order, settling.document.channel)


def _reserve(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Hold back or release: the reserve is an asset, not a cost."""
    del pointer
    settling.draft.add("reserve", -line.amount, order=order, party=settling.document.channel)


def _dispute(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """A chargeback is disputed until it is won back or lost."""
    assert order is not None
    del pointer
    settling.work.state[Order].edit(order).disputed -= line.amount
    settling.draft.add("disputes", -line.amount, order=order, party=order.customer)


def _lost(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """A lost chargeback is a bad debt: what was in dispute, and what the line still takes."""
    assert order is not None
    del pointer
    disputed = order.disputed if not line.amount else 0
    settling.work.state[Order].edit(order).disputed -= disputed
    settling.draft.add("disputes", -disputed, order=order, party=order.customer)
    settling.draft.add("bad_debt", disputed - line.amount, order=order)


LINE_RULES: dict[str, Callable[[Settling, PayoutLine, Order | None, str], None]] = {
    "sale": _sale,
    "refund": _refund,
    "fee": _fee,
    "advertising": _to_role("advertising"),
    "shipping": _to_role("freight_out"),
    "subsidy": _subsidy,
    "reserve_hold": _reserve,
    "reserve_release": _reserve,
    "chargeback": _dispute,
    "chargeback_won": _dispute,
    "chargeback_lost": _lost,
    "marketplace_tax": _to_role("marketplace_tax"),
    "adjustment": _to_role("fees"),
}
"""What each type of line posts."""

NEED_ORDER = frozenset(["sale", "refund", "chargeback", "chargeback_won", "chargeback_lost"])
