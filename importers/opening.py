"""Opens a table, whatever it is kept in: text in some encoding, a sheet of a spreadsheet, or a table of an SQL dump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.encoding import find_encoding
from importers.sheets import SHEET_SUFFIXES, read_sheet
from importers.table import Row, TableFormat, read_rows

DUMP_SUFFIXES = (".sql",)


@dataclass(frozen=True, slots=True)
class OpenTable:
    """The rows of a table, and what was found out about it."""

    rows: Iterator[Row]
    encoding: str | None = None
    sheet: str | None = None
    """The sheet of a spreadsheet, the table of a dump."""


def open_table(path: Path, form: TableFormat) -> OpenTable:
    """Open a table; BadFile where it is not what its name says."""
    if path.suffix.lower() in SHEET_SUFFIXES:
        name, rows = read_sheet(path, form.sheet)
        return OpenTable(rows, sheet=name)
    encoding = find_encoding(path, form.encoding)
    if path.suffix.lower() in DUMP_SUFFIXES:
        from importers.dumps import read_dump

        return OpenTable(read_dump(path, form, encoding), encoding=encoding, sheet=form.table)
    return OpenTable(read_rows(path, form, encoding), encoding=encoding)
