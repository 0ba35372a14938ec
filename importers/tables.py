"""A table and a mapping become documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from importers.found import Found, refused_document, refused_row
from importers.groups import gather
from importers.mapping import Mapping
from importers.report import FileReport, Refusal, Sums


def table_documents(path: Path, mapping: Mapping, base_currency: str, file: FileReport) -> Iterator[Found | Refusal]:
    """Yield what the groups of a table make, in file order, and fill its control totals."""
    gathered = gather(path, mapping)
    file.mapping, file.encoding = str(mapping.path), gathered.encoding
    file.rows, file.rows_left_out = gathered.rows, gathered.left_out
    sums = Sums(mapping.totals)
    for problem in gathered.refused:
        yield refused_row(file, problem)
    for group in gathered.take():
        for plan in mapping.documents:
            made = plan.make(group, base_currency)
            if made is None:
                continue
            if made.document is None:
                yield refused_document(file, made)
                continue
            sums.add(made.tally, made.document.currency or base_currency)
            yield Found(made.document, file, made.rows, plan)
    file.totals = sums.totals()
