"""The moment that documents are recorded with."""

from __future__ import annotations

import datetime
import time

import pytest

from ledger.clock import now


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_774_051_199_007_999_999, "2026-03-20T23:59:59.007Z"),
        (1_774_051_199_999_999_999, "2026-03-20T23:59:59.999Z"),
        (1_774_051_200_000_000_000, "2026-03-21T00:00:00.000Z"),
    ],
)
def test_milliseconds_are_cut_off(monkeypatch: pytest.MonkeyPatch, nanoseconds: int, text: str) -> None:
    """A moment never lies in the future."""
    monkeypatch.setattr(time, "time_ns", lambda: nanoseconds)
    assert now() == text
    assert now() == text


def test_it_is_now() -> None:
    """Between before and after."""
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(milliseconds=1)
    said = datetime.datetime.fromisoformat(now())
    assert before <= said <= datetime.datetime.now(datetime.UTC)
