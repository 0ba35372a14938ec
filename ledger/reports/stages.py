"""How long orders take from step to step: over the newest orders of a period, so that the answer stays quick and current."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Row, select

from ledger.money import divide_half_up, format_scaled
from ledger.reports.context import Context
from ledger.reports.period import EVERYTHING, Period
from ledger.reports.profit_view import Json
from ledger.store.tables import metadata, orders

ORDERS_MAX = 5_000
"""Newest orders looked at: enough for a steady median, read in some 50 ms."""

PAIRS_MAX = 200
"""Pairs of stages shown; events may have any name, so there can be many."""

SECONDS_OF_DAY = 86_400
_DIGITS = 2
_stages = metadata.tables["stage"]


@dataclass(frozen=True, slots=True)
class Step:
    """The first time an order reached a stage."""

    stage: str
    date: str
    at: str | None


def stages(ctx: Context, period: Period = EVERYTHING) -> Json:
    """Return for each pair of successive stages how many orders made it, and its median, mean and 90th percentile in days.

    Times of day count where both steps have one, else whole days. Only the first time an order reaches a stage counts.
    """
    newest = select(orders.c.id).where(orders.c.date.between(period.first, period.last))
    newest = newest.order_by(orders.c.date.desc(), orders.c.id.desc()).limit(ORDERS_MAX)
    ids = newest.subquery()
    query = select(_stages).join(ids, ids.c.id == _stages.c.order_id)
    query = query.order_by(_stages.c.order_id, _stages.c.date, _stages.c.document_seq, _stages.c.stage)
    durations: dict[tuple[str, str], list[int]] = {}
    looked_at = 0
    for _, rows in groupby(ctx.connection.execute(query), key=lambda row: row.order_id):
        looked_at += 1
        for before, after in pairwise(_steps(rows)):
            durations.setdefault((before.stage, after.stage), []).append(_seconds(before, after))
    pairs = sorted(durations.items(), key=lambda item: (-len(item[1]), item[0]))[:PAIRS_MAX]
    return {
        "period": period.label,
        "orders": looked_at,
        "orders_max": ORDERS_MAX,
        "items": [_item(before, after, sorted(seconds)) for (before, after), seconds in pairs],
    }


def _steps(rows: Iterable[Row[Any]]) -> list[Step]:
    first: dict[str, Step] = {}
    for row in rows:
        first.setdefault(row.stage, Step(row.stage, row.date, row.at))
    return list(first.values())


def _seconds(before: Step, after: Step) -> int:
    """Return the time between two steps; days decide where a time of day is missing or contradicts them."""
    if before.at is not None and after.at is not None:
        between = datetime.fromisoformat(after.at) - datetime.fromisoformat(before.at)
        seconds = between.days * SECONDS_OF_DAY + between.seconds
        if seconds >= 0:
            return seconds
    return (date.fromisoformat(after.date) - date.fromisoformat(before.date)).days * SECONDS_OF_DAY


def _item(before: str, after: str, seconds: Sequence[int]) -> Json:
    count = len(seconds)
    middle = seconds[(count - 1) // 2] + seconds[count // 2]
    return {
        "from": before,
        "to": after,
        "orders": count,
        "median_days": _days(middle, 2),
        "mean_days": _days(sum(seconds), count),
        "p90_days": _days(seconds[-(-9 * count // 10) - 1], 1),
    }


def _days(seconds: int, parts: int) -> str:
    """Write seconds / parts as days with two decimals."""
    return format_scaled(divide_half_up(seconds * 10**_DIGITS, SECONDS_OF_DAY * parts), _DIGITS)
