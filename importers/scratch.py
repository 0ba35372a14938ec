"""A database on the disk for what one reading has to remember: nobody else sees it, and it goes with who holds it."""

from __future__ import annotations

import sqlite3
import weakref


def scratch_database(owner: object) -> sqlite3.Connection:
    """Return an empty database, closed when `owner` is collected.

    One thread uses it at a time, but any thread may collect the owner (the collector runs in whichever allocates), and SQLite's
    module refuses a close from a thread other than the one that opened it unless told so.
    """
    database = sqlite3.connect("", check_same_thread=False)
    weakref.finalize(owner, database.close)
    return database
