"""`/audit/verify` without harm to posts: the check reads everything and loads the books, so it runs in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.limits import VERIFY_SECONDS_MAX
from ledger.errors import QueueFull
from ledger.integrity import check_all

if TYPE_CHECKING:
    from ledger.service import Ledger

Verify = Callable[[], dict[str, Any]]
"""Recompute everything and answer {"ok", "seq", "problems"}."""


def here(ledger: Ledger) -> Verify:
    """Return a check that runs in this process."""

    def verify() -> dict[str, Any]:
        checked = check_all(ledger)
        return {"ok": not checked.problems, "seq": checked.seq, "problems": checked.problems}

    return verify


def apart(books: Path, store_url: str | None) -> Verify:
    """Return a check that runs as `orderledger check --json`, one at a time."""
    running = threading.Lock()
    command = [sys.executable, "-m", "api.cli", "check", "--json", "--books", str(books)]
    environment = os.environ | ({"ORDERLEDGER_STORE": store_url} if store_url else {})

    def verify() -> dict[str, Any]:
        if not running.acquire(blocking=False):
            raise QueueFull("a check is under way; its answer comes to whoever asked first")
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=VERIFY_SECONDS_MAX, check=False
            )
        finally:
            running.release()
        if not done.stdout:
            raise RuntimeError(f"the check ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return verify
