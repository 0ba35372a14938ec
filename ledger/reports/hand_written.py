"""Hand-written entries as reports need them: which order each posting means, and what they add to kept sums.

They are few and in memory; every report adds them to what the store has kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ledger.journal.result import units_json
from ledger.reports.context import Context, ManualEntry, ManualPosting
from ledger.reports.order_references import order_ids
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_view import Json, ProfitSums

K = TypeVar("K")

HAND_ID = 2**62
"""Hand-written entries have no id in the store; in cursors they stand behind all that have one."""


@dataclass(frozen=True, slots=True)
class HandPosting:
    """One posting of a hand-written entry with the order that it means, if it means exactly one."""

    entry: ManualEntry
    posting: ManualPosting
    order_id: int | None


@dataclass(frozen=True, slots=True)
class HandEntry:
    """A hand-written entry with an id for cursors and its resolved postings."""

    id: int
    entry: ManualEntry
    postings: tuple[HandPosting, ...]


def hand_entries(ctx: Context, period: Period = EVERYTHING) -> list[HandEntry]:
    """Return the hand-written entries dated in the period, in the order of the file."""
    chosen = [(index, entry) for index, entry in enumerate(ctx.manual) if period.holds(entry.date)]
    references = [posting.order for _, entry in chosen for posting in entry.postings if posting.order]
    ids = order_ids(ctx, references) if references else {}
    return [
        HandEntry(HAND_ID + index, entry, tuple(HandPosting(entry, p, ids.get(p.order or "")) for p in entry.postings))
        for index, entry in chosen
    ]


def hand_postings(ctx: Context, period: Period = EVERYTHING) -> list[HandPosting]:
    """Return the hand-written postings dated in the period."""
    return [posting for entry in hand_entries(ctx, period) for posting in entry.postings]


def hand_sums(ctx: Context, postings: Sequence[HandPosting], key: Callable[[HandPosting], K | None]) -> dict[K, ProfitSums]:
    """Sum the profit of hand-written postings by `key`; those without a key, or without profit, are left out."""
    result: dict[K, ProfitSums] = {}
    for one in postings:
        group = key(one)
        if group is not None and ctx.chart.profit_field(one.posting.account) is not None:
            result.setdefault(group, ProfitSums()).book(ctx.chart, one.posting.account, one.posting.amount)
    return result


def hand_sums_by_order(ctx: Context) -> dict[int, ProfitSums]:
    """Return what hand-written entries add to the profit of each order that they name."""
    return hand_sums(ctx, hand_postings(ctx), lambda one: one.order_id)


def hand_entry_json(ctx: Context, hand: HandEntry, *, only_order: int | None = None) -> Json:
    """Write one hand-written entry: no voucher, no hash, `unadopted`, and the line of the file where it stands."""
    postings: list[Json] = []
    for one in hand.postings:
        if only_order is None or one.order_id == only_order:
            p = one.posting
            shown: Json = {"account": p.account, "amount": ctx.money(p.amount), "currency": ctx.chart.currency}
            if p.currency is not None and p.units is not None:
                shown["units"] = units_json(p.currency, p.units)
            postings.append(shown | {name: value for name, value in (("order", p.order), ("sku", p.sku)) if value})
    return {
        "voucher": None,
        "date": hand.entry.date,
        "recorded_at": None,
        "narration": hand.entry.narration,
        "payee": hand.entry.payee,
        "seq": None,
        "document": None,
        "postings": postings,
        "hash": None,
        "unadopted": True,
        "line": hand.entry.line,
    }
