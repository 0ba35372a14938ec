"""Run Fava for one books folder on a loopback port: `python -m fava_ext.server --books DIR --port N`.

A process of its own, so that loading the books never slows a post. It ends with the process that started it.
"""

from __future__ import annotations

import argparse
import hmac
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from waitress.server import create_server
from werkzeug.exceptions import NotFound, Unauthorized
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Request

from fava_ext.books_files import BooksFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEY_VARIABLE = "ORDERLEDGER_FAVA_KEY"
"""Environment variable with the password that requests must carry: Fava has no login, and a port has no owner."""

BODY_BYTES_MAX = 16 * 1024 * 1024
"""One request: a month of hand-written entries in the editor, or a scanned receipt."""

THREADS = 8
"""Requests at once. They share one processor; more than one keeps small answers from waiting for a big page."""

PARENT_LOOK_SECONDS = 0.5
"""Pause between two looks whether the parent lives."""

STOP_SECONDS_MAX = 10.0
"""How long an orderly stop may take before the process just ends."""

log = logging.getLogger(__name__)


class KeyGuard:
    """Let through only requests that carry the key as the password of HTTP Basic authentication."""

    def __init__(self, application: WSGIApplication, key: str) -> None:
        self._application = application
        self._key = key.encode()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = Request(environ).authorization
        password = (given.password if given else None) or ""
        if not hmac.compare_digest(password.encode(), self._key):
            return Unauthorized()(environ, start_response)
        return self._application(environ, start_response)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, SIGINT or the end of the parent; return the exit code."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s fava %(levelname)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    threading.Thread(target=_end_with_parent, args=(options.parent,), daemon=True).start()
    # Bound before the books are loaded: a port in use is found at once, and until it listens callers are turned away.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            _bind(listener, options.port)
        except OSError as error:
            log.error("cannot listen on 127.0.0.1:%d: %s", options.port, error)
            return 1
        from fava_ext.fava_seam import create_books_app

        server = create_server(
            _mount(create_books_app(BooksFiles.at(options.books)), options.prefix.rstrip("/")),
            sockets=[listener],
            threads=THREADS,
            max_request_body_size=BODY_BYTES_MAX,
            asyncore_use_poll=True,
            ident="",
        )
        log.info("serving %s on 127.0.0.1:%d%s", options.books, options.port, options.prefix)
        try:
            server.run()
        finally:
            server.close()
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fava_ext.server", description="Serve Fava for one books folder.")
    parser.add_argument("--books", type=Path, required=True, metavar="DIR", help="folder of main.beancount")
    parser.add_argument("--port", type=int, required=True, metavar="N", help="port on 127.0.0.1")
    parser.add_argument("--prefix", default="/books", metavar="PATH", help="where the pages live (default: /books)")
    parser.add_argument("--parent", type=int, default=os.getppid(), metavar="PID", help="process to end with")
    options = parser.parse_args(arguments)
    if not (options.books / "main.beancount").is_file():
        parser.error(f"no main.beancount in {options.books}")
    return options


def _bind(listener: socket.socket, port: int) -> None:
    # Also lets the parent keep the port reserved with a bound socket of its own.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))


def _mount(application: WSGIApplication, prefix: str) -> WSGIApplication:
    mounted: WSGIApplication = DispatcherMiddleware(NotFound(), {prefix: application}) if prefix else application
    key = os.environ.pop(KEY_VARIABLE, "")
    return KeyGuard(mounted, key) if key else mounted


def _stop(number: int, _frame: object) -> NoReturn:
    """End the main thread's work; waitress then lets running requests finish for a few seconds."""
    log.info("stopping on %s", signal.Signals(number).name)
    raise SystemExit(0)


def _end_with_parent(parent: int) -> None:
    """Stop once the parent is gone, however it ended: the kernel then gives this process another parent."""
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS_MAX)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
