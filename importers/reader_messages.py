"""What the process that imports and one that reads for it say: one `Work` there; `Now` again and again, and one other message back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from importers.parts import Part
from importers.source_part import SourcePart
from importers.spill import Run
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Named:
    """A source by its paths: what a mapping becomes cannot be sent, so that each process reads it by itself."""

    path: Path
    mapping: Path | None
    joined: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What to read: a part of each source, None where it is not ours. `spill` is the descriptor of the file that documents go to."""

    sources: tuple[Named, ...]
    parts: tuple[Part | None, ...]
    sharers: int
    base_currency: str
    folder: Path | None
    spill: int
    kept_max: int
    every: int
    """Documents and refusals between two messages `Now`."""


@dataclass(frozen=True, slots=True)
class Now:
    """How far it is: the number of the source, the documents made so far."""

    source: int
    documents: int


@dataclass(frozen=True, slots=True)
class Through:
    """Everything was read: where the sorted documents lie, and what each source told."""

    runs: tuple[Run, ...]
    told: tuple[SourcePart | None, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A source cannot be read, for the reason that stops the import."""

    source: int
    error: LedgerError


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong that never should: a defect of ours, with its traceback."""

    traceback: str
