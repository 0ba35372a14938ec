"""A payout while its lines are posted: what they share, and what has to be told of them once all are."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.documents.payouts import Payout
from ledger.journal.draft import Draft
from ledger.state.records import Order, PayoutMatch
from ledger.work import Work


@dataclass(slots=True)
class Settling:
    """One payout on its way into the journal. `won` are the orders of which it says that a chargeback was won, with the last such line."""

    work: Work
    draft: Draft
    document: Payout
    clearing: str
    won: dict[int, tuple[Order, str]] = field(default_factory=dict)

    def match(self, pointer: str, order: Order, kind: str, amount: int) -> None:
        """Remember how much of a line was in the books before, so that a correction can give it back."""
        if amount:
            line = int(pointer.rpartition("/")[2])
            self.work.state[PayoutMatch].add(PayoutMatch(self.work.seq, line, order.id, kind, amount))
