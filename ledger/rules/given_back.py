"""What of a return is not the customer's: the platform's part of the price, and allowances that had been granted on the goods.

Both are a function of what is recognised, returned and granted by now. So each step posts by how much they moved, and the order in which
documents come makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.journal.draft import Draft
from ledger.rules.kept_goods import kept_goods
from ledger.rules.money_accounts import clear
from ledger.rules.payments import output_role, resettle
from ledger.rules.platform_discounts import platform_returned
from ledger.state.records import Order
from ledger.work import Work


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What went back to the platform, and of the allowances what nothing kept can bear any more (net, tax); minor units."""

    platform: int = 0
    net: int = 0
    tax: int = 0


NOTHING = GivenBack()


def given_back(work: Work, order: Order) -> GivenBack:
    """Return what has been given back by now; to be asked before a step and, by `follow_returns`, after it."""
    allowed = order.allowed_net or order.allowed_tax
    if not allowed and not order.platform_done:
        return NOTHING
    platform = platform_returned(order, work.lines(order)) if order.platform_done else 0
    net = tax = 0
    for kept in kept_goods(work, order) if allowed else ():
        standing = kept.standing
        net += kept.granted_net - standing[0]
        tax += kept.granted_tax - standing[1]
    return GivenBack(platform, net, tax)


def follow_returns(work: Work, draft: Draft, order: Order, before: GivenBack) -> int:
    """Credit clearing of the order's channel with the platform's part, and take allowances off again that nothing kept can bear.

    Returns the sum, minor units: what of a return is not the customer's (less than zero where less has come back by now).

    A return is posted at the order's own prices; what the customer is owed of it is at most what was paid for the goods and not given
    back before (IFRS 15.47, 51 and B23; CAS 14.14, 16 and 32). So after a full return nothing of an order's revenue is left.

    Example: the customer paid 103.00, the platform's coupon is 10.00: of the 113.00 that come back 10.00 are the platform's.
        order SO-6 on 2026-02-15 customer=Buyer channel=tmall prices_include_tax=true discount=10.00 discount_funded_by=platform
        | ENGRAVING 2 @ 56.50 tax_rate=0.13 type=service
        payment P-6 order=SO-6 amount=103.00 account=bank
        shipment S-6 order=SO-6
        Dr contract_liability 90.00 order=SO-6
        Dr vat_pending 13.00 order=SO-6
        Dr clearing:tmall 10.00 order=SO-6 party=tmall
        Cr sales 100.00 order=SO-6
        Cr vat_output 13.00 order=SO-6
        return RET-6 on 2026-02-18 order=SO-6 | ENGRAVING 1
        Dr returns 50.00 order=SO-6
        Dr vat_output 6.50 order=SO-6
        Cr clearing:tmall 5.00 order=SO-6 party=tmall
        Cr refund_liability 51.50 order=SO-6 party=Buyer
        return RET-7 on 2026-02-19 order=SO-6 | ENGRAVING 1
        Dr returns 50.00 order=SO-6
        Dr vat_output 6.50 order=SO-6
        Cr clearing:tmall 5.00 order=SO-6
        Cr refund_liability 51.50 order=SO-6
        refund REF-6 on 2026-02-20 order=SO-6 amount=103.00 account=bank
        Dr refund_liability 103.00 order=SO-6
        Cr bank 103.00 order=SO-6

    Example: the platform had paid its coupon already; it takes it back with a later payout.
        order SO-6 on 2026-02-15 customer=Buyer channel=tmall prices_include_tax=true discount=10.00 discount_funded_by=platform
        | ENGRAVING 1 @ 113.00 tax_rate=0.13 type=service
        payment P-6 order=SO-6 amount=103.00 account=clearing:tmall
        shipment S-6 order=SO-6
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=113.00 | sale 103.00 order=SO-6 | subsidy 10.00 order=SO-6
        return RET-6 on 2026-02-25 order=SO-6 | ENGRAVING 1
        Dr returns 100.00 order=SO-6
        Dr vat_output 13.00 order=SO-6
        Cr clearing:tmall 10.00 order=SO-6 party=tmall
        Cr refund_liability 103.00 order=SO-6 party=Buyer
        payout PAY-2 on 2026-03-20 channel=tmall account=bank net=-113.00 | refund -103.00 order=SO-6 | subsidy -10.00 order=SO-6
        Cr bank 113.00
        Dr refund_liability 103.00 order=SO-6 party=Buyer
        Dr clearing:tmall 10.00 order=SO-6 party=tmall

    Example: 11.30 were off the price of two pieces. The first comes back at its own price, the second at what is left: 45.20.
        order SO-9 on 2026-02-15 customer=Buyer | ENGRAVING 2 @ 50.00 tax_rate=0.13 type=service
        payment P-9 order=SO-9 amount=113.00 account=bank
        shipment S-9 order=SO-9
        refund REF-9 on 2026-02-18 order=SO-9 amount=11.30 account=bank against=allowance
        return RET-8 on 2026-02-20 order=SO-9 | ENGRAVING 1
        Dr returns 50.00 order=SO-9 sku=ENGRAVING
        Dr vat_output 6.50 order=SO-9
        Cr refund_liability 56.50 order=SO-9 party=Buyer
        return RET-9 on 2026-02-21 order=SO-9 | ENGRAVING 1
        Dr returns 50.00 order=SO-9 sku=ENGRAVING
        Cr returns 10.00 order=SO-9
        Dr vat_output 5.20 order=SO-9
        Cr refund_liability 45.20 order=SO-9 party=Buyer
    """
    now = given_back(work, order)
    if now is before:
        return 0
    platform, net, tax = now.platform - before.platform, now.net - before.net, now.tax - before.tax
    if platform:
        assert order.channel is not None, "a discount funded by the platform names its channel"
        clear(work, draft, work.account(f"clearing:{order.channel}", "/channel"), -platform, order, order.channel)
    draft.add("returns", -net, order=order)
    draft.add(output_role(order), -tax, order=order)
    return platform + net + tax


def owe_customer(work: Work, draft: Draft, order: Order, gross: int) -> None:
    """Credit the order's open receivable first, then the refund liability; never cash. Less than zero is charged the other way round."""
    if gross < 0:
        charge_again(work, draft, order, -gross)
        resettle(work, draft, order)
        return
    work.state[Order].edit(order)
    settled = min(gross, max(order.receivable, 0))
    order.receivable -= settled
    order.refund_liability += gross - settled
    draft.add_party("receivable", -settled, order)
    draft.add_party("refund_liability", settled - gross, order)


def charge_again(work: Work, draft: Draft, order: Order, gross: int) -> None:
    """Charge what a return had given back: what is still owed to the customer first, the rest is receivable again."""
    work.state[Order].edit(order)
    owed = min(gross, max(order.refund_liability, 0))
    order.refund_liability -= owed
    order.receivable += gross - owed
    draft.add_party("refund_liability", owed, order)
    draft.add_party("receivable", gross - owed, order)
