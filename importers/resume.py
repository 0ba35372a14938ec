"""An import that was stopped goes on where it was: a small file beside the store says how many documents were done.

It is written after each acknowledged batch, so it never claims more than the books hold, and it is gone once the import is through.
It counts only for the same files, mappings and currency (by digest), for the same documents in the same order (by digest), and for a
journal that still holds the last document it saw under the same number: the journal has no gaps, so all before it are there too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from importers.bounds import RESUME_REFUSALS_MAX
from importers.discovery import Source
from importers.found import Found
from ledger.books.layout import PRIVATE
from ledger.documents.base import Document
from ledger.errors import NotFound

FOLDER = "imports"
_FORM = 1
"""Version of the file's form."""

Lookup = Callable[[str, str, str], dict[str, Any]]
"""Finds a document in the books by source, kind and number; NotFound where it is not there."""


@dataclass(slots=True)
class Done:
    """How far an import is: documents done in the order of posting, those among them that were refused, the last one posted."""

    count: int = 0
    refused: set[int] = field(default_factory=set)
    last: tuple[str, str, str] | None = None
    seq: int = 0


class Resume:
    """Remembers how far one import is."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._writes = path is not None
        self._order = hashlib.sha256()
        self._done = Done()

    def start(self, documents: Iterable[Found], find: Lookup) -> Done:
        """Return how far this import came before; nothing done where that cannot be proved."""
        known = self._read()
        if known is None or not _holds(known[0], find):
            return self._done
        done, wanted = known
        for found in islice(documents, done.count):
            self._pass(found.document)
        if self._order.hexdigest() != wanted:
            self._order = hashlib.sha256()
            return self._done
        self._done = done
        return Done(done.count, set(done.refused), done.last, done.seq)

    def acknowledge(self, batch: Sequence[Document], refused: Sequence[int], last: tuple[Document, int] | None) -> None:
        """Note that the documents after those done are done too: `refused` by their place among all, `last` posted with its seq."""
        done = self._done
        if len(done.refused) + len(refused) > RESUME_REFUSALS_MAX:
            self._writes = False
        for document in batch:
            self._pass(document)
        done.count += len(batch)
        done.refused.update(refused)
        if last is not None and last[1] > done.seq:
            done.last, done.seq = last[0].identity, last[1]
        self._write()

    def retried(self, place: int) -> None:
        """Note that a document refused before is in the books now."""
        self._done.refused.discard(place)

    def finish(self) -> None:
        """Forget the import: it is through."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _pass(self, document: Document) -> None:
        self._order.update("\0".join(document.identity).encode() + b"\n")

    def _read(self) -> tuple[Done, str] | None:
        try:
            body = json.loads(self._path.read_text(encoding="utf-8")) if self._path else None
            if not body or body["form"] != _FORM:
                return None
            source, kind, number = body["document"]
            return Done(int(body["done"]), set(map(int, body["refused"])), (source, kind, number), int(body["seq"])), body["order"]
        except (OSError, ValueError, KeyError, TypeError):
            return None  # Cut short, or none of ours: the import starts anew, which only costs time.

    def _write(self) -> None:
        if self._path is None or not self._writes or self._done.last is None:
            return
        done = self._done
        body = {
            "form": _FORM,
            "done": done.count,
            "refused": sorted(done.refused),
            "document": done.last,
            "seq": done.seq,
            "order": self._order.hexdigest(),
        }
        temporary = self._path.with_suffix(".new")
        try:
            temporary.write_text(json.dumps(body), encoding="utf-8")
            temporary.replace(self._path)
        except OSError:
            self._writes = False  # What stands there from before is still true; the import does not depend on it.


def resume_of(books: Path, sources: Sequence[Source], currency: str) -> Resume:
    """Return the memory of an import of these files into these books; books without a private folder remember nothing."""
    if not (books / PRIVATE).is_dir():
        return Resume(None)
    folder = books / PRIVATE / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    digest = hashlib.sha256(currency.encode())
    for source in sources:
        for path in (source.path, *([source.mapping.path] if source.mapping else []), *source.joined):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return Resume(folder / f"{digest.hexdigest()[:32]}.json")


def _holds(done: Done, find: Lookup) -> bool:
    if done.last is None:
        return False
    try:
        return bool(find(*done.last)["seq"] == done.seq)
    except NotFound:
        return False
