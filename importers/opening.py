"""Opens a table, whatever it is kept in: text in some encoding, or a sheet of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.encoding import find_encoding
from importers.sheets import SHEET_SUFFIXES, read_sheet
from importers.table import Row, TableFormat, read_rows


@dataclass(frozen=True, slots=True)
class OpenTable:
    """The rows of a table, and what was found out about it."""

    rows: Iterator[Row]
    encoding: str | None = None
    sheet: str | None = None


def open_table(path: Path, form: TableFormat) -> OpenTable:
    """Open a table; BadFile where it is not what its name says."""
    if path.suffix.lower() in SHEET_SUFFIXES:
        name, rows = read_sheet(path, form.sheet)
        return OpenTable(rows, sheet=name)
    encoding = find_encoding(path, form.encoding)
    return OpenTable(read_rows(path, form, encoding), encoding=encoding)
