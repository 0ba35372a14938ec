"""Hand-written entries that do not count although they stand in people's files, and those that a closing counted and that are gone."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.documents.closing import CountedByHand
from ledger.journal.closings_file import closings
from ledger.reports.context import Context, SetAside
from ledger.reports.periods import closed_through
from ledger.store.period_events import period_events


def problems(context: Context) -> Iterator[str]:
    """Name each by its file and line."""
    yield from (_set_aside(one) for one in context.aside)
    present = {entry.content for entry in context.manual}
    for counted in _counted_when_closed(context):
        if counted.digest not in present:
            yield (
                f"closed period {counted.date[:7]} was changed: the hand-written entry of {counted.date} that counted when it was closed, "
                f"then at {counted.place}, is gone or another one now"
            )


def _set_aside(one: SetAside) -> str:
    entry = one.entry
    if one.why == "adopted":
        return (
            f"{entry.place}: this entry is adopted and does not count twice, but still stands here: run `orderledger adopt --line "
            f"{entry.place}` again (if it is another, equal one, give it another narration)"
        )
    month = entry.date[:7]
    return f"{entry.place}: {month} was closed without this entry, so it does not count: date it in an open month, or reopen {month}"


def _counted_when_closed(context: Context) -> list[CountedByHand]:
    """Return what must stand in people's files still: what closings in force counted, and the last one for months that stay closed."""
    closed = closed_through(context.connection)
    all_closings = closings(period_events(context.connection, context.chart.currency))
    holding = [one.document for one in all_closings if one.reopened is None] + [one.document for one in all_closings[-1:]]
    found = {one.digest: one for document in holding for one in document.by_hand if one.date[:7] <= closed}
    return sorted(found.values(), key=lambda one: (one.date, one.place))
