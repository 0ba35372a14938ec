"""The process that prepares long documents: started by the one that serves, it answers over a pipe and ends with it.

`python -m ledger.preparing.process FD`; FD is its end of the pipe.
"""

from __future__ import annotations

import gc
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from ledger.errors import LedgerError
from ledger.preparing.messages import CommitIt, Finish, Move, Open, Prepare, Since, Tell, WriteAhead
from ledger.preparing.preparer import Preparer
from ledger.state.watch import Commit
from ledger.store.database import Database


def main() -> None:
    """Answer until the other side is gone."""
    # Ctrl-C in a terminal reaches both; this process ends when the other one has.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked: Connection[Any, Any] = Connection(int(sys.argv[1]))
    try:
        opening: Open = asked.recv()
        preparer = Preparer(opening.books, Database(opening.store_url))
        # Collections in the middle of a document find nothing and cost a fifth of it; they come after it.
        gc.disable()
        answer_all(asked, preparer)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def answer_all(asked: Connection[Any, Any], preparer: Preparer) -> None:
    """Answer one message after the other."""
    commits: list[Commit] = []
    while True:
        message = asked.recv()
        if isinstance(message, Since):
            commits += message.commits
            continue
        if isinstance(message, Prepare):
            commits.clear()
        try:
            answer = _answer(preparer, message, commits)
        except LedgerError as error:
            answer = error
        asked.send(answer)
        if answer is None or isinstance(answer, LedgerError):
            del message, answer
            preparer.drop()
            gc.collect()


def _answer(preparer: Preparer, message: object, commits: list[Commit]) -> Any:
    if isinstance(message, Prepare):
        return preparer.prepare(message.document)
    if isinstance(message, WriteAhead):
        return preparer.write_ahead()
    if isinstance(message, CommitIt):
        return preparer.commit([*commits, *message.commits])
    if isinstance(message, Move):
        return preparer.move()
    if isinstance(message, Tell):
        return preparer.done()
    assert isinstance(message, Finish), message
    return None


if __name__ == "__main__":
    main()
