"""Bearer tokens: random, shown once, stored as a SHA-256 (256 random bits need no slow hash)."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Sequence

from ledger.errors import InvalidDocument, NotFound
from ledger.store.database import Database
from ledger.store.sql import insert_text, mark
from ledger.store.tables import token as token_table

SCOPES = ("post", "read", "export", "admin")
_PREFIX = "ol_"


class Tokens:
    """The tokens of one store. They are not in the books: a rebuilt store keeps them only where the old one could be read."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, name: str, scopes: Sequence[str]) -> str:
        """Make a token with a name of its own and return it, for the only time."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise InvalidDocument(f"scopes are {', '.join(SCOPES)}; given: {', '.join(scopes) or 'none'}")
        if not name.strip() or len(name) > 80 or not name.isprintable():
            raise InvalidDocument("a token's name has 1 to 80 printable characters")
        secret = _PREFIX + secrets.token_urlsafe(32)
        created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with self.database.writing() as connection:
            place = mark(connection)
            if connection.exec_driver_sql(f"SELECT 1 FROM token WHERE name = {place}", (name,)).first():
                raise InvalidDocument(f"there is a token {name!r} already; revoke it first")
            row = (name, _digest(secret), " ".join(sorted(set(scopes))), created, None)
            connection.exec_driver_sql(insert_text(token_table, place), row)
        return secret

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Return what a token may do, or None where it is none of ours."""
        with self.database.reading(anytime=True) as connection:
            place = mark(connection)
            row = connection.exec_driver_sql(f"SELECT scopes FROM token WHERE digest = {place}", (_digest(token),)).first()
        return frozenset(row[0].split()) if row is not None else None

    def list(self) -> list[dict[str, str]]:
        """Return name, scopes and day of making of each token."""
        with self.database.reading(anytime=True) as connection:
            rows = connection.exec_driver_sql("SELECT name, scopes, created_at FROM token ORDER BY name").fetchall()
        return [{"name": name, "scopes": scopes, "created_at": created} for name, scopes, created in rows]

    def revoke(self, name: str) -> None:
        """Remove a token."""
        with self.database.writing() as connection:
            place = mark(connection)
            if connection.exec_driver_sql(f"DELETE FROM token WHERE name = {place}", (name,)).rowcount != 1:
                raise NotFound(f"there is no token {name!r}")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
