"""A table and a mapping become documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from importers.errors import CellProblem
from importers.found import Found, refused_document, refused_row
from importers.groups import Gathering
from importers.joins import Joined
from importers.mapping import Mapping
from importers.parts import Part, Place
from importers.report import Refusal
from importers.source_part import SourcePart


def table_documents(
    path: Path, mapping: Mapping, base_currency: str, told: SourcePart, joined: list[Joined], folder: Path | None, part: Part
) -> Iterator[tuple[Place, Found | Refusal]]:
    """Yield what the groups of one part of a table make; what else is found goes to `told`. `folder` is for what memory does not hold."""
    file = told.file
    file.mapping = str(mapping.path)
    gathering = Gathering(path, mapping, file, joined, folder, part)
    for (when, which), group in gathering.groups():
        if isinstance(group, CellProblem):
            yield (when, which, 0), refused_row(file, group)
            continue
        for pointer in mapping.pointers:
            pointer.resolve(group, told.remarks_at((when, which, 0)))
        found = [(number, plan, plan.make(group, base_currency)) for number, plan in enumerate(mapping.documents)]
        told.unused.look_at(group, [made for _, _, made in found if made])
        for number, plan, made in found:
            if made is None:
                continue
            if made.document is None:
                yield (when, which, number), refused_document(file, made)
                continue
            told.sums.add(made.tally, made.document.currency or base_currency)
            yield (when, which, number), Found(made.document, file, made.rows, (group.numbers[0], number), plan)
    for one in joined:
        one.finish()
    told.left = gathering.left()
