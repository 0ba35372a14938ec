"""The connection to the store: SQLite beside the books, or PostgreSQL by URL; one code path over SQLAlchemy Core."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from ledger.errors import StoreUnavailable
from ledger.limits import (
    LOG_PAGES_MAX,
    MOVING_PATIENCE_SECONDS,
    PREPARED_MAX,
    SQLITE_CACHE_KB,
    SQLITE_WALK_CACHE_KB,
    STATEMENTS_KEPT,
)
from ledger.store.unmoved import move, unmoved

_SQLITE_PRAGMAS = ("foreign_keys=ON", f"cache_size=-{SQLITE_CACHE_KB}")

_SQLITE_DURABLE = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL")

_SQLITE_UNLOGGED = ("busy_timeout=600000", "journal_mode=OFF", "synchronous=OFF")
"""Pages go straight into the file, mostly when they are committed. From the first one on, who looks something up waits for the commit;
until then it sees what was before."""

_POSTGRES_UNLOGGED = "-csynchronous_commit=off"
"""A later commit that is waited for brings these to the disk too."""

_LOOK_SECONDS = 0.005
"""Pause between two looks whether a document is whole now."""


class Database:
    """Two engines on one store: the writer begins with the lock, readers see one snapshot each."""

    def __init__(self, url: str, *, schema: str | None = None, unlogged: bool = False) -> None:
        """Open the store; StoreUnavailable where `url` cannot be one.

        `unlogged` is for one under construction: killed, or after an error in a transaction, it is worthless. It is `settle`d before it
        counts.
        """
        self.unlogged = unlogged
        try:
            parsed = make_url(url)
            if parsed.get_backend_name() not in ("sqlite", "postgresql"):
                raise StoreUnavailable(f"the store must be SQLite or PostgreSQL, not {parsed.get_backend_name()}")
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.url = parsed.render_as_string(hide_password=False)
            self.sqlite = parsed.get_backend_name() == "sqlite"
            # SQLite lets one write at a time, and who finds another at it looks again in 1, 2, 5, 10 ms and so on, whenever that ends.
            self._turns: AbstractContextManager[Any] = threading.Lock() if self.sqlite else nullcontext()
            if self.sqlite and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = partial(_engine, parsed, sqlite=self.sqlite, schema=schema, unlogged=unlogged)
            self.writer = engine(begin="BEGIN IMMEDIATE", pool_size=2)
            if not self.sqlite:
                event.listen(self.writer, "connect", _prepare_much)
            self.reader = engine(begin="BEGIN", pool_size=16)
            self._looker = engine(begin="", pool_size=1)
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreUnavailable(f"the store's URL cannot be used: {error}") from error

    @contextmanager
    def reading(self, *, anytime: bool = False, snapshot: str = "") -> Iterator[Connection]:
        """Open a connection that sees one snapshot of the store, in which every document is whole.

        While the rows of a long document are moved this waits; where nobody moves them any more (its process was killed), it moves the
        rest. `anytime` is for those who read nothing of documents (tokens, the outbox, the head): they never wait. `snapshot` is the name
        of one that another process holds open, as `reading_with` gives it.
        """
        until = time.monotonic() + MOVING_PATIENCE_SECONDS
        while True:
            with _available(), self.reader.connect() as connection:
                if not self.sqlite:
                    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    if snapshot:
                        connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                if anytime or not unmoved(connection):
                    yield connection
                    return
            # Who waits holds no connection: those who need not wait need one.
            if time.monotonic() < until:
                time.sleep(_LOOK_SECONDS)
            else:
                self.move_rest()

    @contextmanager
    def reading_with(self, see: Callable[[str], None]) -> Iterator[Connection]:
        """Open a snapshot as `reading` does, and have another process open the very same one: `see` asks it to, and waits for it.

        PostgreSQL's snapshots have names, which `see` is called with. SQLite's have none: there it is called with "" while this process
        holds the lock of writers, so that both see the last commit before it.
        """
        if not self.sqlite:
            with self.reading() as connection:
                see(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
                yield connection
            return
        while True:
            with ExitStack() as reading:
                with self.writing() as writer:
                    whole = not unmoved(writer)
                    connection = reading.enter_context(self.reading(anytime=not whole))
                    if whole:
                        see("")
                if whole:
                    yield connection
                    return
            with self.reading():
                pass  # until the long document on its way is whole

    def move_rest(self) -> None:
        """Move what is left of a long document, in turns, whoever has begun it."""
        with self.reading(anytime=True) as connection:
            more = bool(unmoved(connection))
        while more:
            with self.writing() as connection:
                if not self.sqlite:
                    connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
                more = move(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end, or rolls back where an exception leaves it."""
        with _available(), self._turns, self.writer.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Open a connection of its own; a transaction on it locks nothing before it writes.

        What it commits goes from SQLite's log into its file when the block ends, not in the commit, which others wait for.
        """
        with _available(), self.reader.connect() as connection:
            connection.detach()
            if not self.sqlite:
                yield connection
                return
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
            yield connection
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Open a connection on which each statement sees what is committed by then."""
        with _available(), self._looker.connect() as connection:
            yield connection

    def leave_checkpoints(self) -> None:
        """Let commits of this process leave SQLite's log as it is, up to a bound: `checkpoint` is called for them now and then."""
        if self.sqlite:
            event.listen(self.writer, "connect", _rarely_checkpoint)
            self.writer.dispose()

    def checkpoint(self) -> None:
        """Bring what is committed from SQLite's log into its file, beside those who write."""
        if self.sqlite:
            with self.looking() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def settle(self) -> None:
        """Close, and bring what was written unlogged to the disk."""
        self.close()
        if self.sqlite:
            with Path(make_url(self.url).database or "").open("rb") as file:
                os.fsync(file.fileno())

    def close(self) -> None:
        """Give all connections back; those that are asked for later are made anew."""
        for engine in (self.writer, self.reader, self._looker):
            engine.dispose()

    def forget(self) -> None:
        """Forget connections that belong to the process that this one is a copy of."""
        for engine in (self.writer, self.reader, self._looker):
            engine.dispose(close=False)

    @property
    def in_use(self) -> bool:
        """Tell whether somebody has a connection now."""
        return any(engine.pool.checkedout() for engine in (self.writer, self.reader, self._looker))  # type: ignore[attr-defined]


@contextmanager
def walking(connection: Connection) -> Iterator[None]:
    """Keep few pages of the store in memory while a block walks through all of it, and finds none of them again (SQLite)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{SQLITE_WALK_CACHE_KB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{SQLITE_CACHE_KB}")


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(f"the store does not answer: {str(error.orig).strip()}") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"the store does not answer: {error}") from error


def _rarely_checkpoint(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES_MAX}")


def _prepare_much(connection: Any, _record: Any) -> None:
    """Have psycopg send all integers as bigint, which all our columns are: by their size a statement has many forms to prepare."""
    from psycopg.types.numeric import Int8Dumper

    connection.adapters.register_dumper(int, Int8Dumper)
    connection.prepared_max = PREPARED_MAX


def _engine(url: Any, *, sqlite: bool, begin: str, pool_size: int, schema: str | None, unlogged: bool) -> Engine:
    if not sqlite:
        settings = [*([f"-csearch_path={schema}"] if schema else []), *([_POSTGRES_UNLOGGED] if unlogged else [])]
        options = {"options": " ".join(settings)} if settings else {}
        level: dict[str, Any] = {} if begin else {"isolation_level": "AUTOCOMMIT"}
        return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, connect_args=options, **level)
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=48, connect_args={"check_same_thread": False, "cached_statements": STATEMENTS_KEPT}
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (*_SQLITE_PRAGMAS, *(_SQLITE_UNLOGGED if unlogged else _SQLITE_DURABLE)):
            connection.execute(f"PRAGMA {pragma}")
        if not begin:
            # Look-ups of a batch find few pages twice, and the next batch has another connection.
            connection.execute(f"PRAGMA cache_size = -{SQLITE_WALK_CACHE_KB}")

    if begin:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine
