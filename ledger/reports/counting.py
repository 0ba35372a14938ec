"""Which hand-written entries count: not those that are in the journal already, nor those that came into a month after its closing.

So the figures of a closed month stand, whatever people write into it later; `check` names such entries by file and line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from ledger.chart import Chart
from ledger.documents.hand import HandEntry
from ledger.reports.context import Context, ManualEntry, SetAside
from ledger.reports.pages import chunks
from ledger.reports.periods import closed_through
from ledger.store.period_events import last_closing
from ledger.store.tables import document

SOURCE = "manual"
"""The source of documents that hand-written entries became."""


def open_context(connection: Connection, chart: Chart, manual: Sequence[ManualEntry], categories: Mapping[str, str]) -> Context:
    """Return what reports read from: one snapshot of the store, and the hand-written entries that count beside it."""
    aside = set_aside(connection, chart.currency, manual) if manual else {}
    counted = [entry for entry in manual if entry.place not in aside]
    return Context(connection, chart, counted, categories, tuple(aside.values()))


def set_aside(connection: Connection, currency: str, manual: Sequence[ManualEntry]) -> dict[str, SetAside]:
    """Return the hand-written entries that do not count, by their place in the files."""
    adopted = adopted_numbers(connection, [entry.number for entry in manual])
    found = {entry.place: SetAside(entry, "adopted") for entry in manual if entry.number in adopted}
    closed = closed_through(connection)
    inside = [entry for entry in manual if entry.date[:7] <= closed and entry.place not in found]
    closing = last_closing(connection, currency) if inside else None
    counted = {one.digest for one in closing.by_hand} if closing is not None else set()
    return found | {entry.place: SetAside(entry, "closed") for entry in inside if entry.content not in counted}


def adopted_numbers(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Return those numbers under which a hand-written entry is in the journal."""
    found: set[str] = set()
    for part in chunks(numbers):
        kind = (document.c.kind == HandEntry.kind) & document.c.number.in_(part) & (document.c.source == SOURCE)
        found |= set(connection.execute(select(document.c.number).where(kind)).scalars())
    return found
