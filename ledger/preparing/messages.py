"""What the serving process asks the one that prepares; one answer each, but none to `Since`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.documents.base import Document
from ledger.state.watch import Commit


@dataclass(frozen=True, slots=True)
class Open:
    """The first message: which books, and the URL of their store."""

    books: Path
    store_url: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """Prepare a document; answered by Ready, by None where the queue has to take it, or by the LedgerError that refuses it."""

    document: Document


@dataclass(frozen=True, slots=True)
class Ready:
    """A document is prepared. `turns`: its rows are so many that they are written ahead and moved in turns."""

    turns: bool


@dataclass(frozen=True, slots=True)
class WriteAhead:
    """It is the writer's turn: write some of the rows ahead. Answered by whether there are more."""


@dataclass(frozen=True, slots=True)
class Since:
    """What was committed meanwhile, ahead of the writer's turn."""

    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class CommitIt:
    """It is the writer's turn; `commits` came after the last `Since`. Answered by what others must not load, None where it did not hold."""

    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """Answered by Done: what the document that was posted answers."""


@dataclass(frozen=True, slots=True)
class Move:
    """It is the writer's turn: move some of the rows. Answered by whether there are more."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Let go of the document; answered by None."""
