"""A table and a mapping become documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from importers.errors import CellProblem
from importers.found import Found, refused_document, refused_row
from importers.groups import Gathering
from importers.joins import Joined
from importers.mapping import Mapping
from importers.report import FileReport, Refusal, Sums
from importers.unused import Unused


def table_documents(
    path: Path, mapping: Mapping, base_currency: str, file: FileReport, joined: list[Joined], folder: Path | None
) -> Iterator[Found | Refusal]:
    """Yield what the groups of a table make, and fill its control totals; `folder` is for what memory does not hold."""
    file.mapping = str(mapping.path)
    gathering = Gathering(path, mapping, file, joined, folder)
    sums = Sums(mapping.totals)
    unused = Unused(file)
    for group in gathering.groups():
        if isinstance(group, CellProblem):
            yield refused_row(file, group)
            continue
        for pointer in mapping.pointers:
            pointer.resolve(group, file)
        found = [(number, plan, plan.make(group, base_currency)) for number, plan in enumerate(mapping.documents)]
        unused.look_at(group, [made for _, _, made in found if made])
        for number, plan, made in found:
            if made is None:
                continue
            if made.document is None:
                yield refused_document(file, made)
                continue
            sums.add(made.tally, made.document.currency or base_currency)
            yield Found(made.document, file, made.rows, (group.numbers[0], number), plan)
    for one in joined:
        one.finish()
    unused.finish()
    file.totals = sums.totals()
