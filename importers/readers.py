"""Processes that read an import's files together, from the side of the one that imports: they are started, listened to and ended here.

They are fresh processes, not forks: the process that imports has a store open, with threads that hold locks.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, BinaryIO

from importers.errors import ReaderLost
from importers.part_reading import PLACE, Record
from importers.reader_messages import Failed, Now, Stopped, Through, Work
from importers.source_part import SourcePart
from importers.spill import Runs, nameless_file
from ledger.progress import Progress


@dataclass(slots=True)
class _Reader:
    """One process: its pipe, the file that its documents go to, how far it is, and what it said in the end."""

    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]
    file: BinaryIO
    now: Now
    through: Through | None = None

    def end(self) -> None:
        """End the process: what it has not said is nowhere, so that it may end at any moment."""
        self.pipe.close()
        self.process.kill()
        self.process.wait()


class _CannotStart(Exception):
    """The system gives no process, or no pipe to it."""


def read_together(works: Sequence[Work], progress: Progress) -> tuple[Runs[Record], list[list[SourcePart]]] | None:
    """Let each process do one work; return all documents and what the parts of each source told, None where none can be started here.

    What stops the import is raised as reading in one process would: for the first source that cannot be read. ReaderLost where a process
    ends too early. Whatever happens, none is left when this returns.
    """
    readers: list[_Reader] = []
    with ExitStack() as files:
        try:
            for work in works:
                readers.append(_start(work.folder))
                files.callback(readers[-1].file.close)
            for reader, work in zip(readers, works, strict=True):
                _send(reader, work)
            _listen(readers, progress)
        except _CannotStart:
            return None
        finally:
            for reader in readers:
                reader.end()
        found = [(reader, reader.through) for reader in readers if reader.through]
        assert len(found) == len(works), "who is not through was lost, or stopped the import"
        records: Runs[Record] = Runs(PLACE, [(reader.file, run) for reader, through in found for run in through.runs])
        weakref.finalize(records, files.pop_all().close)
    return records, [[part for part in parts if part] for parts in zip(*(through.told for _, through in found), strict=True)]


def _start(folder: Path | None) -> _Reader:
    file = nameless_file(folder)
    try:
        ours, its = multiprocessing.Pipe()
        command = [sys.executable, "-P", "-m", "importers.reader_process", str(its.fileno())]
        # Modules are found there where they are found here, whichever way this process was started.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)}
        inherited = (its.fileno(), file.fileno())
        with its, _without_interrupts():
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=inherited, env=environment)
    except OSError:
        file.close()
        raise _CannotStart from None
    return _Reader(process, ours, file, Now(0, 0))


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C in a terminal does not reach, though it is sent to all: they end with the one that imports."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(reader: _Reader, work: Work) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # It has ended; why is told where it is listened to.
        reader.pipe.send(replace(work, spill=reader.file.fileno()))


def _listen(readers: Sequence[_Reader], progress: Progress) -> None:
    """Take what the processes say until all are through, or none can still change why the import stops."""
    listening = {reader.pipe: reader for reader in readers}
    stopped: Stopped | None = None
    while listening:
        for pipe in wait(list(listening)):
            assert isinstance(pipe, Connection)
            reader = listening[pipe]
            message = _next(reader)
            if isinstance(message, Now):
                reader.now = message
            else:
                del listening[pipe]
            if isinstance(message, Stopped) and (stopped is None or message.source < stopped.source):
                stopped = message
            progress("documents read", sum(reader.now.documents for reader in readers), None)
        if stopped and all(reader.now.source >= stopped.source for reader in listening.values()):
            raise stopped.error


def _next(reader: _Reader) -> Now | Through | Stopped:
    """Return the next thing that a process says."""
    try:
        message: object = reader.pipe.recv()
    except (EOFError, ConnectionResetError):
        raise _lost(reader.process.wait()) from None
    if isinstance(message, Failed):
        error = RuntimeError("a process that reads a part of the files failed")
        error.add_note(message.traceback)
        raise error
    assert isinstance(message, Now | Through | Stopped), message
    if isinstance(message, Through):
        reader.through = message
    return message


def _lost(code: int) -> ReaderLost:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    memory = " (is memory short?)" if code == -signal.SIGKILL else ""
    return ReaderLost(f"a process that reads a part of the files {how}{memory}; nothing was posted, import them again")


def can_start_processes() -> bool:
    """Say whether this system hands open files down to a process that is started."""
    return os.name == "posix"
