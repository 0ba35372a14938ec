"""Dates and moments as files write them, in one declared format each."""

from __future__ import annotations

import datetime

from importers.bounds import DATES_KEPT

ISO_DAY = "%Y-%m-%d"
_PROBE = datetime.datetime(2001, 2, 28, 13, 0, 0)


class DateFormat:
    """Read days (`YYYY-MM-DD`), or moments with their offset where `zone` is given or the pattern has `%z`."""

    def __init__(self, pattern: str = ISO_DAY, *, moment: bool = False, zone: str | None = None) -> None:
        self.pattern = pattern
        self._moment = moment
        self._zone = datetime.datetime.strptime(zone, "%z").tzinfo if zone else None
        # Dates repeat from row to row, and strptime costs as much as the rest of the row.
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        """Return the day or moment in the ledger's form; ValueError says how it should be written."""
        known = self._known.get(text)
        if known is None:
            known = self._parse(text)
            if len(self._known) >= DATES_KEPT:
                self._known.clear()
            self._known[text] = known
        return known

    def _parse(self, text: str) -> str:
        try:
            parsed = datetime.datetime.strptime(text, self.pattern)
        except ValueError:
            raise ValueError(f"must be a date such as {_PROBE.strftime(self.pattern)} ({self.pattern})") from None
        if not self._moment:
            return parsed.date().isoformat()
        return (parsed.replace(tzinfo=self._zone) if self._zone else parsed).isoformat()


def pattern_fault(pattern: str, *, moment: bool) -> str | None:
    """Say why a pattern cannot stand for a day (or moment); None where it can."""
    try:
        back = datetime.datetime.strptime(_PROBE.strftime(pattern), pattern)
    except ValueError as error:
        return f"is not a date format: {error}"
    if back.date() != _PROBE.date():
        return 'must name year, month and day, such as "%Y-%m-%d" or "%d.%m.%Y"'
    if moment and back.hour != _PROBE.hour:
        return 'must name the hour, such as "%Y-%m-%d %H:%M"'
    return None
