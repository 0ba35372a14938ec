"""A change of what an order has earned, up or down: a shipment or order that is corrected posts only the difference."""

from __future__ import annotations

from ledger.journal.draft import Draft
from ledger.rules.payments import receive
from ledger.rules.recognition import Recognised, post_earned, release_advance
from ledger.state.records import Order
from ledger.work import Work


def post_difference(work: Work, draft: Draft, order: Order, earned: Recognised, taken_back: int = 0) -> None:
    """Charge the customer with the difference (`earned` gross less platform's part less `taken_back` gross), either sign, and post it.

    Less charged than before: the receivable falls first, what is paid beyond is an advance again (or a deposit).
    """
    charge = earned.net + earned.tax - earned.platform - taken_back
    if charge >= 0:
        release_advance(work, draft, order, charge)
    else:
        receive(work, draft, order, -charge)
    post_earned(work, draft, order, earned, {})
