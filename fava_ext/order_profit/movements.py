"""What moved one order's profit, entry by entry, as the page shows it: the revision history of money rules, section 7. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fava_ext.order_profit.fava_terms import pattern
from fava_ext.order_profit.figures import Bar, Scale, money
from fava_ext.order_profit.steps import BELOW, SECTIONS
from fava_ext.order_profit.words import Words
from ledger.reports.profit_view import Json

SIGNS = {name: sign for parts, _ in (*SECTIONS, BELOW) for name, sign in parts}
"""Each profit field with its sign in the profit."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: what it changed and the contribution after it. A hand-written one has no voucher, document or filter; one of a day
    that Fava shows as a sum has no filter.

    `moved` are the profit fields with their effect; the bar leads from the contribution before to the one after.
    """

    date: str
    recorded: str
    voucher: str | None
    document: str | None
    what: str
    narration: str
    moved: tuple[tuple[str, str], ...]
    effect: str
    negative: bool
    after: str
    bar: Bar
    filter: str | None


def movements(revisions: Sequence[Json], words: Words, detail_from: str = "") -> tuple[Movement, ...]:
    """Return the order's revisions in the order in which they were recorded; Fava has entries dated from `detail_from` on."""
    scale = scale_of_revisions(revisions)
    return tuple(_movement(one, scale, words, detail_from) for one in revisions)


def scale_of_revisions(revisions: Sequence[Json]) -> Scale:
    """Return the scale that holds every contribution that was reached."""
    return Scale.over(Decimal(one["contribution_after"]) for one in revisions)


def _movement(one: Json, scale: Scale, words: Words, detail_from: str) -> Movement:
    change, after = Decimal(one["contribution"]), Decimal(one["contribution_after"])
    voucher = one["entry"]
    return Movement(
        date=one["date"],
        recorded=(one["recorded_at"] or "")[:10],
        voucher=voucher,
        document=one["document"],
        what=words.revision(one["reason"], one["what"]),
        narration=one["narration"],
        moved=tuple((name, money(sign * Decimal(one[name]))) for name, sign in SIGNS.items() if name in one),
        effect=money(change),
        negative=change < 0,
        after=money(after),
        bar=scale.bar(after - change, after),
        filter=f"voucher:{pattern(voucher)}" if voucher and one["date"] >= detail_from else None,
    )
