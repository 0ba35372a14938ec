"""The second process of a check: it judges parts of what the first one sees, on a connection of its own, and ends with the first one.

`python -m ledger.integrity.process FD`; FD is its end of the pipe.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from ledger.collector import collector_between_batches
from ledger.errors import LedgerError
from ledger.integrity.messages import Done, Failed, Judge, Open, Ready, See, Told
from ledger.integrity.parts import Judged
from ledger.integrity.sharing import judge
from ledger.reports.counting import open_context
from ledger.store.database import Database, walking


def main() -> None:
    """Answer until the other side is gone."""
    asked: Connection[Any, Any] = Connection(int(sys.argv[1]))
    messages: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked, messages), daemon=True).start()
    try:
        _answer_all(asked, messages)
    except LedgerError as error:
        asked.send(error)
    except (BrokenPipeError, ConnectionResetError):
        return
    except Exception:
        asked.send(Failed(traceback.format_exc()))


def _listen(asked: Connection[Any, Any], messages: SimpleQueue[Any]) -> None:
    """Take what is asked, and end the process with the other one, whatever it is at: it only reads, and nobody hears its answer."""
    try:
        while True:
            messages.put(asked.recv())
    except (EOFError, OSError):
        os._exit(0)


def _answer_all(asked: Connection[Any, Any], messages: SimpleQueue[Any]) -> None:
    opening: Open = messages.get()
    database = Database(opening.store_url)
    with database.reading(anytime=True):
        asked.send(Ready())  # modules are loaded, and a connection is there: `See` is answered at once
    judged: Judged | None = None

    def progress(what: str, done: int, total: int | None) -> None:
        asked.send(Done(what, done, total))

    with collector_between_batches() as collect, ExitStack() as seeing:
        while True:
            message = messages.get()
            if isinstance(message, See):
                judged = None
                seeing.close()
                connection = seeing.enter_context(database.reading(snapshot=message.snapshot))
                seeing.enter_context(walking(connection))
                people = message.people
                context = open_context(connection, people.chart, people.manual, people.categories, people.drivers)
                judged = Judged(context, opening.books, people, progress, opening.whole)
                asked.send(Ready())
            else:
                assert isinstance(message, Judge), message
                assert judged is not None, "nothing is seen yet"
                asked.send(Told(judge(message.part, replace(judged, moving=message.moving))))
                collect()


if __name__ == "__main__":
    main()
