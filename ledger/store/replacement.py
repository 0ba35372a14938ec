"""A new store that takes the place of the old one in a single step: a renamed file on SQLite, moved tables on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from ledger.errors import StoreUnavailable
from ledger.store.database import Database
from ledger.store.schema import upgrade
from ledger.store.sql import insert_text, many, mark
from ledger.store.tables import metadata, token

_SCHEMA = "orderledger_rebuild"
_SIDES = ("", "-wal", "-shm", "-journal")
_TABLES = [*metadata.tables, "alembic_version"]


class Replacement:
    """A store under construction. `finish` puts it in place; until then the old one is untouched."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._old = Database(url)
        if self._old.sqlite:
            self._path = Path(make_url(url).database or "")
            self._new_path = self._path.with_name(self._path.name + ".rebuild")
            self._remove_new_file()
            self.database = Database(f"sqlite:///{self._new_path}", unlogged=True)
        else:
            with self._old.writing() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
                connection.exec_driver_sql(f"CREATE SCHEMA {_SCHEMA}")
            self.database = Database(url, schema=_SCHEMA, unlogged=True)
        upgrade(self.database)

    def finish(self, sizes: Mapping[str, int], published_seq: int) -> None:
        """Note how long the books' files are, take the old store's tokens along, and change places."""
        tokens = self._tokens()
        with self.database.writing() as connection:
            place = mark(connection)
            many(connection, insert_text(metadata.tables["book_file"], place), list(sizes.items()))
            many(connection, insert_text(token, place), tokens)
            connection.exec_driver_sql(f"UPDATE publisher SET published_seq = {place} WHERE id = 1", (published_seq,))
        if self._old.sqlite:
            self._change_files()
        else:
            self._change_tables()

    def abandon(self) -> None:
        """Throw the unfinished store away."""
        self.database.close()
        if self._old.sqlite:
            self._remove_new_file()
        self._old.close()

    def _tokens(self) -> list[tuple[Any, ...]]:
        columns = ", ".join(column.name for column in token.columns)
        try:
            with self._old.reading(anytime=True) as connection:
                return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM token")]
        except StoreUnavailable:
            return []  # an old store that is empty or broken has none to give

    def _change_files(self) -> None:
        self.database.settle()
        self._old.close()
        for side in _SIDES[1:]:
            self._path.with_name(self._path.name + side).unlink(missing_ok=True)
        self._new_path.replace(self._path)
        self._remove_new_file()

    def _change_tables(self) -> None:
        self.database.close()
        with self._old.writing() as connection:
            home = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
            for name in _TABLES:
                _move(connection, name, home)
            connection.exec_driver_sql(f"DROP SCHEMA {_SCHEMA}")
        self._old.close()

    def _remove_new_file(self) -> None:
        for side in _SIDES:
            self._new_path.with_name(self._new_path.name + side).unlink(missing_ok=True)


def _move(connection: Connection, name: str, home: str) -> None:
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{home}"."{name}"')
    connection.exec_driver_sql(f'ALTER TABLE {_SCHEMA}."{name}" SET SCHEMA "{home}"')
