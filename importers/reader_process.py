"""A process that reads its part of an import: started by the one that imports, it answers over a pipe and ends with it.

`python -P -m importers.reader_process FD`; FD is its end of the pipe. It knows no store, and prints nothing.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from importers.discovery import Source
from importers.mapping import Mapping, load_mapping
from importers.part_reading import PartReading, document_sorter
from importers.reader_messages import Failed, Named, Now, Stopped, Through, Work
from ledger.collector import collector_between_batches
from ledger.errors import LedgerError


def main() -> None:
    """Read one part and say what came of it."""
    pipe: Connection[Any, Any] = Connection(int(sys.argv[1]))
    try:
        work: Work = pipe.recv()
        threading.Thread(target=_end_with, args=(pipe,), name="parent-watch", daemon=True).start()
        pipe.send(_answer(pipe, work))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # Nobody waits for it any more.


def _end_with(pipe: Connection[Any, Any]) -> None:
    """End at once when the other side is gone: nothing more is ever said there."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        os._exit(1)


def _answer(pipe: Connection[Any, Any], work: Work) -> Through | Stopped | Failed:
    source = 0
    try:
        with collector_between_batches() as collect, os.fdopen(work.spill, "r+b", buffering=0) as file:
            records = document_sorter(work.kept_max, work.folder, sharers=work.sharers, file=file)

            def tell(number: int, documents: int) -> None:
                nonlocal source
                source = number
                pipe.send(Now(number, documents))

            reading = PartReading(work.base_currency, records, work.folder, work.every, tell, collect)
            told = reading.read(_sources(work), work.parts)
            return Through(tuple(records.runs()), tuple(told))
    except LedgerError as error:
        return Stopped(source, error)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception:
        return Failed(traceback.format_exc())


def _sources(work: Work) -> list[Source]:
    mappings: dict[Path, Mapping] = {}
    return [Source(named.path, _mapping(named, work.base_currency, mappings), named.joined) for named in work.sources]


def _mapping(named: Named, base_currency: str, known: dict[Path, Mapping]) -> Mapping | None:
    if named.mapping is None:
        return None
    if named.mapping not in known:
        known[named.mapping] = load_mapping(named.mapping, base_currency)
    return known[named.mapping]


if __name__ == "__main__":
    main()
