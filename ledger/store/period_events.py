"""Closings and reopenings as the store has them: few, and read whole."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from ledger.documents import read
from ledger.documents.closing import PERIOD_KINDS, PeriodClose, PeriodReopen
from ledger.journal.closings_file import PeriodEvent
from ledger.state.records import DocumentRow
from ledger.store.sql import mark


def period_events(connection: Connection, currency: str) -> list[PeriodEvent]:
    """Return all closings and reopenings, oldest first; amounts are minor units of `currency`."""
    place = mark(connection)
    query = f"SELECT seq, recorded_at, body FROM document WHERE kind IN ({place}, {place}) ORDER BY seq"
    return [_event(row.seq, row.recorded_at, row.body, currency) for row in connection.exec_driver_sql(query, PERIOD_KINDS)]


def last_closing(connection: Connection, currency: str) -> PeriodClose | None:
    """Return the closing that was recorded last, reopened or not; None before the first."""
    query = f"SELECT seq, recorded_at, body FROM document WHERE kind = {mark(connection)} ORDER BY seq DESC LIMIT 1"
    row = connection.exec_driver_sql(query, (PeriodClose.kind,)).first()
    if row is None:
        return None
    document = _event(row.seq, row.recorded_at, row.body, currency).document
    assert isinstance(document, PeriodClose)
    return document


def event_of(row: DocumentRow, currency: str) -> PeriodEvent:
    """Return the event that a document just posted is."""
    return _event(row.seq, row.recorded_at, row.body, currency)


def _event(seq: int, recorded_at: str, body: str, currency: str) -> PeriodEvent:
    document = read(json.loads(body), currency, internal=True)
    assert isinstance(document, PeriodClose | PeriodReopen)
    return PeriodEvent(seq, recorded_at, document)
