"""What the process that checks asks the second one, and what that answers. An error of ours comes as the LedgerError itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.books.people import People


@dataclass(frozen=True, slots=True)
class Open:
    """The first message: which books, and the URL of their store. Answered by Ready."""

    books: Path
    store_url: str
    whole: bool


@dataclass(frozen=True, slots=True)
class See:
    """Open the snapshot of this name in place of the last one ("": the state of this moment). Answered by Ready."""

    snapshot: str
    people: People


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge a part. Answered by any number of Done, and Told. `moving` as `Judged` has it."""

    part: int
    moving: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """It is so."""


@dataclass(frozen=True, slots=True)
class Done:
    """How far a part is, as `ledger.progress` has it."""

    what: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What was found in a part."""

    problems: list[str]


@dataclass(frozen=True, slots=True)
class Failed:
    """A defect, with its traceback."""

    traceback: str
