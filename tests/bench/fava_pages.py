"""A page of Fava as a browser gets it: the page itself, then its figures. The same requests on both sides."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.processes import Server

PAGE = "income_statement"
LIVE_MONTH = "?time=2026-02"
SHOWN_SECONDS_MAX = 300.0
LOOK_SECONDS = 0.05
REPEAT_SECONDS_MAX = 30.0
REPEATS_MAX = 5


def show(server: Server, prefix: str, query: str = "") -> Any:
    """Open the income statement of books under `prefix` (`/plain`, `/books/orderledger`); return its figures, None while it loads."""
    page, _ = server.get(f"{prefix}/{PAGE}/{query}")
    status, body = server.get(f"{prefix}/api/{PAGE}{query}")
    return json.loads(body)["data"]["trees"] if page == status == 200 else None


def until_shown(server: Server, prefix: str, query: str, before: Any, since: float) -> float:
    """Open the page until it shows something else than `before`; return the seconds since `since` (perf_counter)."""
    while time.perf_counter() - since < SHOWN_SECONDS_MAX:
        figures = show(server, prefix, query)
        if figures is not None and figures != before:
            return time.perf_counter() - since
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{prefix}: the page did not change")


def repeated(step: Callable[[int], float]) -> list[float]:
    """Do a step some times, fewer where it is slow; it returns its seconds."""
    times: list[float] = []
    started = time.perf_counter()
    while len(times) < REPEATS_MAX and (not times or time.perf_counter() - started < REPEAT_SECONDS_MAX):
        times.append(step(len(times)))
    return times


def timed(action: Callable[[], object]) -> float:
    """Return the seconds of an action."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
