"""Sorting of more records than memory holds: sorted runs go to one nameless temporary file and are merged as they come back.

The file has no name from its first byte on, so a killed import leaves nothing behind. Records are pickled: they are ours, nobody
else can reach the file, and canonical JSON costs three times as much to write and read back.
"""

from __future__ import annotations

import heapq
import io
import os
import pickle
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from importers.bounds import RUNS_MAX, SPILL_BLOCK
from importers.errors import NoWorkingSpace

Record = TypeVar("Record")
Run = list[tuple[int, int]]
"""Where the blocks of a sorted run lie: (offset, bytes)."""


class Runs(Generic[Record]):
    """Sorted runs in the files of several sorters, given back as one, as often as asked."""

    def __init__(self, key: Callable[[Record], Any], runs: Sequence[tuple[BinaryIO, Run]]) -> None:
        self._key = key
        self._runs = runs

    def sorted(self) -> Iterator[Record]:
        """Yield all records in order."""
        return heapq.merge(*(_read(file, run) for file, run in self._runs), key=self._key)


class Sorter(Generic[Record]):
    """Takes records in any order and gives them back sorted, as often as asked. Keys are unique, or ties come as they came in.

    `reducers` say how objects of some classes are pickled, where they know better than the classes themselves. `file` is where the runs
    go, where not into a file of its own; `sharers` is how many sorters are read at a time and share the memory for that. In memory are
    records up to the weight `kept_max`; one weighs 1 where no `weight` says otherwise.
    """

    def __init__(
        self,
        key: Callable[[Record], Any],
        *,
        kept_max: int,
        weight: Callable[[Record], int] | None = None,
        folder: Path | None = None,
        reducers: Mapping[type[Any], Callable[[Any], Any]] | None = None,
        sharers: int = 1,
        file: BinaryIO | None = None,
    ) -> None:
        self._key = key
        self._kept_max = kept_max
        self._weight = weight
        self._weighs = 0
        self._reducers = reducers or {}
        self._folder = folder
        self._block = max(1, SPILL_BLOCK // sharers)
        self._kept: list[Record] = []
        self._runs: list[Run] = []
        self._file = file
        self._size = 0

    @property
    def spilled(self) -> bool:
        """Say whether records went to the disk."""
        return bool(self._runs)

    def add(self, record: Record) -> None:
        """Take one record."""
        self._kept.append(record)
        self._weighs += 1 if self._weight is None else self._weight(record)
        if self._weighs >= self._kept_max:
            self.add_run(self._kept)
            self._kept = []
            self._weighs = 0

    def add_run(self, records: list[Record]) -> None:
        """Take many records at once and put them on the disk."""
        records.sort(key=self._key)
        self._runs.append(self._written(records))
        if len(self._runs) > RUNS_MAX:
            self._runs = [self._written(self._merged())]

    def sorted(self) -> Iterator[Record]:
        """Yield all records in order; once some are on the disk, all of them are read from there."""
        if not self._runs:
            self._kept.sort(key=self._key)
            return iter(self._kept)
        self.runs()
        return self._merged()

    def runs(self) -> list[Run]:
        """Put what is in memory on the disk too, and return where all of it lies."""
        if self._kept:
            self.add_run(self._kept)
            self._kept = []
            self._weighs = 0
        return self._runs

    def _merged(self) -> Iterator[Record]:
        return Runs(self._key, [(self._file, run) for run in self._runs if self._file]).sorted()

    def _written(self, records: Iterable[Record]) -> Run:
        run: Run = []
        block: list[Record] = []
        for record in records:
            block.append(record)
            if len(block) >= self._block:
                run.append(self._append(block))
                block = []
        if block:
            run.append(self._append(block))
        return run

    def _append(self, block: list[Record]) -> tuple[int, int]:
        data = self._pickled(block)
        try:
            if self._file is None:
                self._file = nameless_file(self._folder)
                weakref.finalize(self, self._file.close)
            _write(self._file, data, self._size)
        except OSError as error:
            raise _no_room(error) from None
        place = (self._size, len(data))
        self._size += len(data)
        return place

    def _pickled(self, block: list[Record]) -> bytes:
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._reducers
        pickler.dump(block)
        return buffer.getvalue()


def nameless_file(folder: Path | None) -> BinaryIO:
    """Return a new file that is gone when it is closed; in `folder` where that exists. NoWorkingSpace where there is no room."""
    try:
        # Without a buffer: what one holds when the disk is full would fail once more when the file is closed.
        return tempfile.TemporaryFile(buffering=0, dir=folder if folder is not None and folder.is_dir() else None)
    except OSError as error:
        raise _no_room(error) from None


def _write(file: BinaryIO, data: bytes, offset: int) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(file.fileno(), left, offset)
        left, offset = left[written:], offset + written


def _no_room(error: OSError) -> NoWorkingSpace:
    return NoWorkingSpace(f"the import needs room for a temporary file: {error.strerror}")


def _read(file: BinaryIO, run: Run) -> Iterator[Any]:
    for offset, size in run:
        yield from pickle.loads(os.pread(file.fileno(), size, offset))
