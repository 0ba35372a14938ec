"""The serving process as granian starts it. Imported by its parent too, which therefore loads nothing heavy from here."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian.server.mp import MPServer

from api.wakeup import wake_main_thread
from ledger.collector import collect_seldom
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from api.opening import Service

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the parent tells the serving process."""

    books: Path
    store_url: str | None
    fava_url: str | None
    open_docs: bool


def load(settings: Settings) -> Service:
    """Open the ledger and make the application."""
    from api.opening import Service

    return Service(settings)


def run_worker(worker_id: int, process_name: str | None, load_application: Callable[[], Service], *rest: Any) -> None:
    """Serve until granian's parent says stop; granian calls this in the process that it started."""
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    _end_with_parent()
    wake_main_thread()
    try:
        service = load_application()
    except LedgerError as error:
        print(f"orderledger: {error}", file=sys.stderr, flush=True)
        sys.exit(1)
    collect_seldom()
    try:
        MPServer._spawn_wsgi_worker(worker_id, process_name, lambda: service, *rest)
    finally:
        service.close()


def _end_with_parent() -> None:
    """End at once when the parent is gone: else a killed server would leave its port and its store taken."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
