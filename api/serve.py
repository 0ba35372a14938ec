"""`orderledger serve`: one serving process under granian, the Fava process beside it, one address in front of both."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

from granian.constants import HTTPModes, Interfaces
from granian.server.mp import MPServer

from api.address import POLL_SECONDS, Address, free_address
from api.fava_process import FavaProcess
from api.first_view import make_first_view
from api.limits import BLOCKING_THREADS, STOP_SECONDS_MAX
from api.wakeup import wake_main_thread
from api.worker import LOG_FORMAT, Settings, load, run_worker
from ledger.books.layout import MAIN
from ledger.errors import BooksProblem

ANSWER_SECONDS_MAX = 5
"""How long the first answer may take before it is asked for again."""


def serve(books: Path, store_url: str | None, address: Address, announce: Callable[[Address], None]) -> int:
    """Serve until SIGTERM or Ctrl-C and return the exit code; `announce` is called once requests are answered.

    AddressProblem where the port is taken, BooksProblem where there are no books.
    """
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    if not (books / MAIN).is_file():
        raise BooksProblem(f"{books} holds no books: make some with `orderledger init {books}`")
    address = free_address(address)
    wake_main_thread()
    # From here to granian's own handler, SIGTERM must still stop Fava.
    signal.signal(signal.SIGTERM, _leave)
    # The books have no login of their own yet, so other machines do not get to see them.
    fava = FavaProcess(books) if address.loopback else None
    try:
        if fava is not None:
            make_first_view(books, store_url)
            fava.start()
        settings = Settings(books, store_url, fava.url if fava is not None else None, address.loopback)
        return _run(address, settings, announce)
    finally:
        if fava is not None:
            fava.stop()


def _leave(number: int, _frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def _run(address: Address, settings: Settings, announce: Callable[[Address], None]) -> int:
    # A forked process would inherit the locks of the thread that watches Fava.
    multiprocessing.set_start_method("spawn", force=True)
    server = MPServer(
        "orderledger",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=STOP_SECONDS_MAX,
    )
    answered, stopped = threading.Event(), threading.Event()
    threading.Thread(target=_announce, args=(address, announce, answered, stopped), name="announce", daemon=True).start()
    try:
        server.serve(spawn_target=run_worker, target_loader=partial(load, settings), wrap_loader=False)
    except SystemExit as end:
        # Ctrl-C reaches both processes, and granian takes a serving process that stops by itself for a crash.
        if server.interrupt_signal:
            return 0
        if answered.is_set():
            print("orderledger: the serving process ended unexpectedly", file=sys.stderr)
        return int(end.code or 1)
    finally:
        stopped.set()
    return 0


def _announce(address: Address, announce: Callable[[Address], None], answered: threading.Event, stopped: threading.Event) -> None:
    """Call `announce` when the first request is answered, whatever the answer is."""
    while not stopped.wait(POLL_SECONDS):
        connection = HTTPConnection(address.local_host, address.port, timeout=ANSWER_SECONDS_MAX)
        try:
            connection.request("GET", "/api/v1/health")
            connection.getresponse().read()
        except (OSError, HTTPException):
            continue
        finally:
            connection.close()
        answered.set()
        announce(address)
        return
