"""Money in and out: postings to banks, and to clearing accounts, whose balance each order keeps until the payout."""

from __future__ import annotations

from ledger.journal.draft import Draft, Posting
from ledger.rules.carrying import RESERVE
from ledger.state.records import Order
from ledger.work import Work


def post_money(work: Work, draft: Draft, account: str, amount: int, order: Order) -> None:
    """Debit (or credit, where negative) an account for an order; what lies with a platform is open on the order.

    A reserve in a foreign currency is its channel's.
    """
    clearing = work.chart.role_of(account) == "clearing"
    if clearing:
        work.state[Order].edit(order).clearing += amount
    held = clearing or (order.currency is not None and work.chart.role_of(account) == RESERVE)
    draft.post(Posting(account, amount, order, party=order.channel if held else None))


def clear(work: Work, draft: Draft, account: str, amount: int, order: Order | None, channel: str) -> None:
    """Debit (or credit) a channel's clearing account, for an order where one is known."""
    if order is not None:
        work.state[Order].edit(order).clearing += amount
    if amount:
        draft.post(Posting(account, amount, order, party=channel))
