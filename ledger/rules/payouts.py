"""A payout: what the platform pays, net of all it kept, taken apart line by line. The net is never revenue (IFRS 15.B34-B38)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ledger.documents.payouts import Payout, PayoutLine
from ledger.journal.draft import Posting
from ledger.money import divide_half_up
from ledger.rules.disputes import chargeback, decide, lost, won
from ledger.rules.money_accounts import clear
from ledger.rules.payments import receive
from ledger.rules.payout_draft import Settling
from ledger.rules.refunds import pay_back
from ledger.rules.reserves import channel_of, reserve
from ledger.rules.taxes import input_tax
from ledger.state.records import Order, Stage
from ledger.work import Work, fault


def post_payout(work: Work, document: Payout) -> None:
    """Debit the account with the net; each line clears, expenses or holds what it says, so that clearing ends at zero (IFRS 15.B34-B38).

    Example: 113.00 sold less a fee of 6.23 and its tax of 0.37: 106.40 in the bank, nothing left with the platform.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=106.40 | sale 113.00 order=SO-2 | fee -6.23 order=SO-2 tax=0.37
        Dr bank 106.40
        Dr fees 6.23 order=SO-2
        Dr vat_input 0.37
        Cr clearing:tmall 113.00 order=SO-2 party=tmall
    """
    account = work.money_account(document.account)
    clearing = work.account(f"clearing:{document.channel}", "/channel")
    draft = work.draft(document.channel, f"Payout {document.number} of {document.channel}")
    draft.post(Posting(account, document.net, party=channel_of(work, account, document.channel)))
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
    decide(settling)
    for order in orders.values():
        work.state[Stage].add(Stage(work.seq, "settled", order.id, None, document.date, document.at))
    work.order_id = next(iter(orders)) if len(orders) == 1 else None


def _sale(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what the customer's payment put there; post the payment where nobody did (IFRS 9.3.2.3; CAS 14.39).

    Example: the shop never sent the payment of a shipped order: the payout settles the receivable.
        order SO-2 on 2026-02-15 customer=Buyer channel=tmall | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        shipment S-2 order=SO-2
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=113.00 | sale 113.00 order=SO-2
        Dr bank 113.00
        Cr receivable 113.00 order=SO-2 party=Buyer
    """
    assert order is not None
    if line.amount < 0:
        raise fault(f"{pointer}/amount", "a sale is positive; what goes back is a refund")
    settled = min(line.amount, max(order.sales_to_clear, 0))
    settling.work.state[Order].edit(order).sales_to_clear -= settled
    settling.match(pointer, order, "sale", settled)
    missing = line.amount - settled
    if missing:
        clear(settling.work, settling.draft, settling.clearing, missing, order, settling.document.channel)
        receive(settling.work, settling.draft, order, missing)
    clear(settling.work, settling.draft, settling.clearing, -line.amount, order, settling.document.channel)


def _refund(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what a refund took from there; post the refund where nobody did (IFRS 15.55 and B21; CAS 14.14).

    Example: half came back, and the platform paid the customer out of our money.
        given a-platform-sale
        return RET-2 on 2026-02-18 order=SO-2 | ENGRAVING 0.5
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=56.50 | sale 113.00 order=SO-2 | refund -56.50 order=SO-2
        Dr bank 56.50
        Dr refund_liability 56.50 order=SO-2 party=Buyer
        Cr clearing:tmall 113.00 order=SO-2
    """
    assert order is not None
    if line.amount > 0:
        raise fault(f"{pointer}/amount", "a refund is negative: the platform kept it")
    amount = -line.amount
    posted = min(amount, max(order.refunds_to_clear, 0))
    settling.work.state[Order].edit(order).refunds_to_clear -= posted
    settling.match(pointer, order, "refund", posted)
    if amount - posted:
        pay_back(settling.work, settling.draft, order, amount - posted, f"{pointer}/amount")
        clear(settling.work, settling.draft, settling.clearing, posted - amount, order, settling.document.channel)
    clear(settling.work, settling.draft, settling.clearing, amount, order, settling.document.channel)


def _fee(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Expense a fee (its amount holds its tax), except for what the payment stated already (IFRS 15.94; CAS 14.28).

    Example: the payment stated the fee of 6.60, the payout repeats it: it is booked once.
        order SO-2 on 2026-02-15 customer=Buyer channel=tmall | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        payment P-2 order=SO-2 amount=113.00 account=clearing:tmall fee=6.60
        Dr clearing:tmall 106.40 order=SO-2
        Dr fees 6.60 order=SO-2
        Cr contract_liability 100.00 order=SO-2
        Cr vat_pending 13.00 order=SO-2
        shipment S-2 order=SO-2
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=106.40 | sale 113.00 order=SO-2 | fee -6.60 order=SO-2
        Dr bank 106.40
        Cr clearing:tmall 106.40 order=SO-2
    """
    amount, tax = -line.amount, line.tax
    if order is not None and order.fee_stated > 0 and amount > 0:
        again = min(amount, order.fee_stated)
        settling.work.state[Order].edit(order).fee_stated -= again
        settling.match(pointer, order, "fee", again)
        clear(settling.work, settling.draft, settling.clearing, again, order, settling.document.channel)
        tax = divide_half_up(tax * (amount - again), amount)
        amount -= again
    tax = input_tax(settling.work, tax if amount >= 0 else -tax)
    settling.draft.add("fees", amount - tax, order=order)
    settling.draft.add("vat_input", tax)


def _to_role(role: str) -> Callable[[Settling, PayoutLine, Order | None, str], None]:
    """Return the rule of a line that goes to one role whole, less its input tax.

    Source: IAS 38.69 for advertising; IFRS 15.95 for shipping; IFRS 15.47 for tax collected for others; IFRS 15.94 for adjustments.

    Example: `advertising` of 53.00, 3.00 of it tax, paid out of an account that holds nothing else.
        payout PAY-3 on 2026-02-20 channel=tmall account=bank net=-53.00 | advertising -53.00 tax=3.00
        Cr bank 53.00
        Dr advertising 50.00
        Dr vat_input 3.00

    Example: `shipping` that the platform arranged for the order.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=105.00 | sale 113.00 order=SO-2 | shipping -8.00 order=SO-2
        Dr bank 105.00
        Cr clearing:tmall 113.00 order=SO-2
        Dr freight_out 8.00 order=SO-2

    Example: `marketplace_tax` of 8.00 that the platform collects and pays to the tax office was never ours.
        order SO-8 on 2026-02-15 customer=Buyer channel=amazon tax_collected_by=marketplace
        | ENGRAVING 1 @ 100.00 tax_rate=0.08 type=service
        payment P-8 order=SO-8 amount=108.00 account=clearing:amazon
        shipment S-8 order=SO-8
        payout PAY-4 on 2026-02-20 channel=amazon account=bank net=100.00 | sale 108.00 order=SO-8 | marketplace_tax -8.00 order=SO-8
        Dr bank 100.00
        Cr clearing:amazon 108.00 order=SO-8
        Dr marketplace_tax 8.00 order=SO-8

    Example: an `adjustment` of 2.00 that the platform does not explain.
        payout PAY-5 on 2026-02-20 channel=tmall account=bank net=-2.00 | adjustment -2.00
        Cr bank 2.00
        Dr fees 2.00
    """

    def rule(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
        del pointer
        tax = input_tax(settling.work, line.tax if line.amount <= 0 else -line.tax)
        settling.draft.add(role, -line.amount - tax, order=order)
        settling.draft.add("vat_input", tax)

    return rule


def _subsidy(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Clear what the platform owes of the price: its own coupon is consideration from a third party (IFRS 15.47; CAS 14.14).

    Example: the customer paid 103.00 of 113.00, the platform's coupon the other 10.00.
        order SO-6 on 2026-02-15 customer=Buyer channel=tmall prices_include_tax=true discount=10.00 discount_funded_by=platform
        | ENGRAVING 1 @ 113.00 tax_rate=0.13 type=service
        payment P-6 order=SO-6 amount=103.00 account=clearing:tmall
        shipment S-6 order=SO-6
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=113.00 | sale 103.00 order=SO-6 | subsidy 10.00 order=SO-6
        Dr bank 113.00
        Cr clearing:tmall 113.00 order=SO-6
    """
    del pointer
    clear(settling.work, settling.draft, settling.clearing, -line.amount, order, settling.document.channel)


LINE_RULES: dict[str, Callable[[Settling, PayoutLine, Order | None, str], None]] = {
    "sale": _sale,
    "refund": _refund,
    "fee": _fee,
    "advertising": _to_role("advertising"),
    "shipping": _to_role("freight_out"),
    "subsidy": _subsidy,
    "reserve_hold": reserve,
    "reserve_release": reserve,
    "chargeback": chargeback,
    "chargeback_won": won,
    "chargeback_lost": lost,
    "marketplace_tax": _to_role("marketplace_tax"),
    "adjustment": _to_role("fees"),
}
"""What each type of line posts."""

NEED_ORDER = frozenset(["sale", "refund", "chargeback", "chargeback_won", "chargeback_lost"])
