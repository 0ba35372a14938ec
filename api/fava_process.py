"""Run Fava as a second process and keep it running. This process never imports Fava: loading books takes seconds."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

RESTART_SECONDS_MIN = 0.5
RESTART_SECONDS_MAX = 30.0
"""Pause before a restart: doubled each time, so that books that cannot be loaded do not keep a processor busy."""

SETTLED_SECONDS = 60.0
"""A process that lived this long was all right: the next restart comes after the shortest pause again."""

STOP_SECONDS_MAX = 10.0
"""How long Fava may finish the requests it has; it gives itself 5 s."""

log = logging.getLogger(__name__)


class FavaProcess:
    """Fava for one books folder on a loopback port that stays the same over restarts.

    Processes that forward to it need only `url`, which holds the port and a key made for this run: whoever else finds
    the port reads nothing.
    """

    def __init__(self, books: Path, *, prefix: str = "/books") -> None:
        self._books = books
        self._prefix = prefix
        self._key = secrets.token_urlsafe(32)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._reserved: socket.socket | None = None
        self._supervisor: threading.Thread | None = None

    @property
    def url(self) -> str | None:
        """The address to forward to, key included, without the prefix; None unless started."""
        reserved = self._reserved
        return f"http://books:{self._key}@127.0.0.1:{reserved.getsockname()[1]}" if reserved else None

    @property
    def pid(self) -> int | None:
        """The number of the process that runs or ran last; None before the first."""
        process = self._process
        return process.pid if process else None

    @property
    def alive(self) -> bool:
        """Whether the process runs; it answers only once it has loaded the books."""
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> None:
        """Start Fava in the background and return at once."""
        if self._supervisor is not None:
            raise RuntimeError("a FavaProcess is started once")
        self._reserved = _reserve_port()
        self._supervisor = threading.Thread(target=self._supervise, name="fava-supervisor", daemon=True)
        self._supervisor.start()

    def stop(self) -> None:
        """End Fava, if need be by force; a second call does nothing."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                log.warning("Fava does not stop, killing it")
                process.kill()
                process.wait()
        if self._supervisor is not None:
            self._supervisor.join()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    def _supervise(self) -> None:
        pause = RESTART_SECONDS_MIN
        while not self._stopping.is_set():
            started = time.monotonic()
            ending = self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > SETTLED_SECONDS:
                pause = RESTART_SECONDS_MIN
            log.warning("Fava ended (%s), starting it again in %.1f s", ending, pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, RESTART_SECONDS_MAX)

    def _run_once(self) -> str:
        """Run Fava until it ends; return how it ended."""
        try:
            with self._lock:
                if self._stopping.is_set():
                    return "not started"
                self._process = process = self._spawn()
        except OSError as error:
            return f"not started: {error}"
        log.info("Fava started, process %d", process.pid)
        code = process.wait()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        assert self._reserved is not None
        port: int = self._reserved.getsockname()[1]
        command = [sys.executable, "-P", "-m", "fava_ext.server", "--books", str(self._books), "--port", str(port)]
        command += ["--prefix", self._prefix, "--parent", str(os.getpid())]
        # The key goes through the environment, because everyone can see the arguments of a process. A session of its
        # own: Ctrl-C in a terminal reaches only this process, which then stops Fava in order.
        environment = {**os.environ, "ORDERLEDGER_FAVA_KEY": self._key, "PYTHONUTF8": "1"}
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)


def _reserve_port() -> socket.socket:
    """Bind a free loopback port without listening: Linux then lends it to nobody but a socket that also reuses it.

    Callers are refused at once while Fava does not listen, and no other program gets the port between two runs.
    """
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved
