"""What one process found in its part of a file besides documents, and how the parts of a file become its report."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeVar

from importers.errors import BadFile, CellProblem
from importers.found import refused_row
from importers.parts import Place
from importers.report import FileReport, ImportReport, Refusal, Remark, Sums
from importers.unused import Unused

Told = TypeVar("Told", Refusal, Remark)


@dataclass(slots=True)
class _Kind:
    """Documents of one kind: where the first was, how many there are."""

    first: Place
    count: int = 1


@dataclass(slots=True)
class SourcePart:
    """What one part of a source told. `file` and `joined` hold what every part finds alike: rows, encodings, remarks on whole tables."""

    file: FileReport
    sums: Sums
    joined: list[FileReport] = field(default_factory=list)
    unused: Unused = field(default_factory=Unused)
    kinds: dict[str, _Kind] = field(default_factory=dict)
    refused: list[tuple[Place, Refusal]] = field(default_factory=list)
    """Those that the report may name; `refused_total` counts all."""
    refused_total: int = 0
    on_rows: FileReport = field(init=False)
    """Remarks on rows of this part."""
    on_rows_places: list[Place] = field(default_factory=list)
    """The place of each of them that is kept."""
    left: dict[int, CellProblem] = field(default_factory=dict)
    """Misplaced rows that belong to none of this part's groups."""

    def __post_init__(self) -> None:
        self.on_rows = FileReport(self.file.file)

    def count(self, kind: str, place: Place) -> None:
        """Count a document."""
        known = self.kinds.get(kind)
        if known is None:
            self.kinds[kind] = _Kind(place)
        else:
            known.count += 1

    def refuse(self, place: Place, refusal: Refusal, *, name: bool) -> None:
        """Count a refusal, and keep it where the report may name it."""
        self.refused_total += 1
        if name:
            self.refused.append((place, refusal))

    def remarks_at(self, place: Place) -> Callable[[int, str, str], None]:
        """Return what takes remarks on the rows of one group: row, sentence, value."""

        def remark(row: int, detail: str, value: str) -> None:
            self.on_rows.remark(row, detail, value)
            if len(self.on_rows.remarks) > len(self.on_rows_places):
                self.on_rows_places.append(place)

        return remark


def put_together(parts: Sequence[SourcePart], report: ImportReport) -> FileReport:
    """Add a source to the report as if it had been read in one piece; return the report of its file.

    BadFile where the parts did not see the same file: it changed meanwhile, and rows of it may be in none of them.
    """
    file, joined = parts[0].file, parts[0].joined
    if any((part.file, part.joined) != (file, joined) for part in parts):
        raise BadFile(f"{file.file}: changed while it was read; import it again")
    report.files += [file, *joined]
    file.documents = _kinds(parts)
    on_rows = _in_order([list(zip(part.on_rows_places, part.on_rows.remarks, strict=True)) for part in parts])
    file.put_first([remark for _, remark in on_rows], sum(part.on_rows.remarks_total for part in parts))
    unused, sums = parts[0].unused, parts[0].sums
    for part in parts[1:]:
        unused.add(part.unused)
        sums.merge(part.sums)
    unused.finish(file)
    file.totals = sums.totals()
    for _, refusal in _in_order(part.refused for part in parts):
        report.refuse(refusal, file)
    report.refuse_unnamed(sum(part.refused_total - len(part.refused) for part in parts), file)
    for number, problem in parts[0].left.items():
        if all(number in part.left for part in parts):
            report.refuse(refused_row(file, problem), file)
    report.documents += sum(file.documents.values())
    return file


def _kinds(parts: Sequence[SourcePart]) -> dict[str, int]:
    """Return how many documents of each kind there are, in the order in which the kinds first come."""
    if len(parts) == 1:
        return {kind: known.count for kind, known in parts[0].kinds.items()}
    first: dict[str, Place] = {}
    count: dict[str, int] = {}
    for part in parts:
        for kind, known in part.kinds.items():
            first[kind] = min(first.get(kind, known.first), known.first)
            count[kind] = count.get(kind, 0) + known.count
    return {kind: count[kind] for kind in sorted(first, key=first.__getitem__)}


def _in_order(told: Iterable[Sequence[tuple[Place, Told]]]) -> Iterable[tuple[Place, Told]]:
    """Return what several parts told as one would have told it; each tells it in order, so that rows of one line stay as they are."""
    return heapq.merge(*told, key=itemgetter(0))
