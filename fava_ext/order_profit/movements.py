"""What moved one order's profit, entry by entry: the revision history of money rules, section 7. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fava_ext.order_profit.fava_terms import pattern
from fava_ext.order_profit.figures import money
from fava_ext.order_profit.steps import FieldOf
from ledger.reports.profit_view import Json


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: its effect on profit, and the profit after it. A hand-written one has no voucher, document or filter."""

    date: str
    recorded: str
    voucher: str | None
    document: str | None
    narration: str
    effect: str
    negative: bool
    after: str
    filter: str | None


def movements(entries: Sequence[Json], field_of: FieldOf) -> tuple[Movement, ...]:
    """Return the entries that touch income or expense, in the order in which they were recorded."""
    found: list[Movement] = []
    reached = Decimal(0)
    for entry in entries:
        amounts = [Decimal(posting["amount"]) for posting in entry["postings"] if field_of(posting["account"]) is not None]
        if not amounts:
            continue
        # Credits earn, debits cost.
        effect = -sum(amounts, Decimal(0))
        reached += effect
        voucher = entry["voucher"]
        found.append(
            Movement(
                date=entry["date"],
                recorded=(entry["recorded_at"] or "")[:10],
                voucher=voucher,
                document=entry["document"],
                narration=entry["narration"],
                effect=money(effect),
                negative=effect < 0,
                after=money(reached),
                filter=f"voucher:{pattern(voucher)}" if voucher else None,
            )
        )
    return tuple(found)
