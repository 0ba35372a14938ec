"""Kept sums of inbound cost: what was billed, and how much of it orders and others bear, by month, posted or memo (design 7).

The same sums under either policy of `inbound-freight`, so that both can be shown side by side for any period.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.costing.issue import SHIPPED
from ledger.journal.draft import Draft, InboundMove
from ledger.state.records import FreightMonth, Order
from ledger.state.working import State

BILLED, ORDERS, HOLDERS = "billed", "orders", "holders"


def keep_inbound(state: State, drafts: Iterable[Draft]) -> None:
    """Add what a document's entries moved to the months they are dated in, and the memo to its orders.

    Of 100.00 billed 23.00 are on orders and 77.00 unsold; when 50.00 of it are sold next month, nothing is billed and 50.00 go on orders.
    """
    for draft in drafts:
        for move in draft.inbound:
            name = _name(move)
            if name is None:
                continue
            _add(state, name, draft.date[:7], move.landed + move.memo)
            if move.order is not None and move.memo:
                state[Order].edit(move.order).memo_landed += move.memo


def _name(move: InboundMove) -> str | None:
    """Return the sum that a move counts in; goods on their way to the customer are as unsold as those on hand."""
    if move.held == BILLED:
        return BILLED
    if move.order is None:
        return HOLDERS
    return None if move.held == SHIPPED else ORDERS


def _add(state: State, name: str, month: str, amount: int) -> None:
    row = state[FreightMonth].get((name, month))
    if row is None:
        row = state[FreightMonth].add(FreightMonth(name, month))
    state[FreightMonth].edit(row).amount += amount
