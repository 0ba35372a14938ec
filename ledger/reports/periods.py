"""Which months are closed, and how that came: closings and reopenings with their reasons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from ledger.documents.closing import PeriodReopen
from ledger.journal.closings_file import PeriodEvent, closings
from ledger.reports.context import Context
from ledger.reports.pages import decode_cursor, encode_cursor, page_limit
from ledger.reports.profit_view import Json
from ledger.store.period_events import period_events


def list_periods(ctx: Context, *, limit: int | None = None, after: str | None = None) -> Json:
    """Return the last closed month (None where none is) and a page of closings and reopenings, newest first."""
    size = page_limit(limit)
    place = decode_cursor(after, int)
    events = period_events(ctx.connection, ctx.chart.currency)
    in_force = {closing.event.seq for closing in closings(events) if closing.reopened is None}
    left = [event for event in reversed(events) if place is None or event.seq < place[0]]
    return {
        "closed_through": closed_through(ctx.connection) or None,
        "items": [_event(event, in_force=event.seq in in_force) for event in left[:size]],
        "next": _next(left, size),
    }


def closed_through(connection: Connection) -> str:
    """Return the last closed month, "" where none is."""
    return str(connection.exec_driver_sql("SELECT closed_through FROM head WHERE id = 1").scalar() or "")


def _next(left: Sequence[PeriodEvent], size: int) -> str | None:
    return encode_cursor(left[size - 1].seq) if len(left) > size else None


def _event(event: PeriodEvent, *, in_force: bool) -> Json:
    document = event.document
    shown: Json = {"period": document.period, "document": document.key, "seq": event.seq, "recorded_at": event.recorded_at}
    if isinstance(document, PeriodReopen):
        return shown | {"event": "reopened", "reason": document.reason}
    return shown | {"event": "closed", "in_force": in_force}
