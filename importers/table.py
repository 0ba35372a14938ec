"""How tables are written, and those in text files: delimiter, quotes, header below a preamble. Rows come one by one with their line."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from importers.bounds import HEADER_SEARCH_ROWS
from importers.errors import BadFile
from importers.toml_table import TomlTable

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_TABBED = (".tsv", ".tab")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds no value to use, such as a spreadsheet's error: what it looks like, and what would be right."""

    shown: str = "an error such as #N/A"
    detail: str = "must hold a value; its formula gives none"

    def __str__(self) -> str:
        return self.shown


Typed = str | float | bool | datetime.date | datetime.time | datetime.timedelta | Unreadable
"""What a spreadsheet keeps in a cell; "" is nothing, a moment is a date with its time."""

_SPACE = " \t\r\n\v\f\u00a0\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a table is written."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    strip: str = _SPACE
    empty: frozenset[str] = frozenset()
    skip: tuple[str, ...] = ()
    sheet: str | int | None = None
    table: str | None = None
    """Of an SQL dump: the table whose rows are read."""
    dialect: str | None = None
    """Of an SQL dump: the dialect, by the name that sqlglot has for it."""

    def clean(self, cell: str) -> str:
        """Return a cell without what surrounds its value; "" where it stands for nothing."""
        text = cell.strip(self.strip)
        return "" if text in self.empty else text

    def skips(self, cells: list[str]) -> bool:
        """Say whether a row is a remark or a summary: its first cell starts as one."""
        return bool(self.skip) and bool(cells) and cells[0].strip(self.strip).startswith(self.skip)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts at, its raw cells, and why it cannot be read as a row, if so."""

    line: int
    cells: list[str]
    problem: str | None = None
    values: Sequence[Typed] | None = None
    """The cells of a spreadsheet or a dump as it keeps them; `cells` are what they look like."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the used columns stand; `width` is the number of cells in each row, None where rows may be short."""

    indexes: tuple[int, ...]
    width: int | None


def read_table_format(table: TomlTable, base: TableFormat | None = None) -> TableFormat:
    """Take the keys of `[file]` that say how the table is written; what it does not say is as in `base`."""
    base = base or TableFormat()
    encoding, delimiter, sheet = table.text("encoding"), table.text("delimiter"), table.value("sheet")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise table.fault('delimiter must be one character such as ";" or "\\t"')
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError:
            raise table.fault(f'encoding {encoding} is not known; write one such as "gb18030" or "cp1252"') from None
    if not (sheet is None or isinstance(sheet, str) or (isinstance(sheet, int) and sheet >= 1)):
        raise table.fault("sheet must be a name in quotes, or a number from 1")
    name, dialect = table.text("table"), table.text("dialect")
    header = table.flag("header", default=base.header)
    strip, empty, skip = table.text("strip"), table.texts("empty"), table.texts("skip")
    if skip is not None and not all(skip):
        raise table.fault('skip must list how rows to leave out start, such as ["#", "Total"]')
    return TableFormat(
        encoding=base.encoding if encoding is None else encoding,
        delimiter=base.delimiter if delimiter is None else delimiter,
        header=header,
        strip=base.strip if strip is None else _SPACE + strip,
        empty=base.empty if empty is None else frozenset(empty),
        skip=base.skip if skip is None else tuple(skip),
        sheet=base.sheet if sheet is None else sheet,
        table=base.table if name is None else name,
        dialect=base.dialect if dialect is None else dialect,
    )


def read_rows(path: Path, form: TableFormat, encoding: str) -> Iterator[Row]:
    """Yield the rows of a file, blank ones left out."""
    delimiter = form.delimiter or ("\t" if path.suffix.lower() in _TABBED else ",")
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, [], _csv_problem(error, line, reader.line_num))
                continue
            if any(cells):
                yield Row(line, cells)


def find_header(path: Path, rows: Iterator[Row], names: Sequence[str | int], form: TableFormat) -> Header:
    """Read `rows` up to the header that has all `names`; BadFile says which are missing."""
    if not form.header:
        return Header(tuple(int(name) - 1 for name in names), None)
    wanted = [name for name in names if isinstance(name, str)]
    nearest: list[str] = []
    for row in islice(rows, HEADER_SEARCH_ROWS):
        cells = [form.clean(cell) for cell in row.cells]
        if all(name in cells for name in wanted) and not row.problem:
            return Header(tuple(_index(path, row.line, cells, name) for name in names), len(cells))
        nearest = max(nearest, cells, key=lambda found: (len(set(wanted) & set(found)), bool(found) and not nearest))
    raise BadFile(f"{path}: {_missing(wanted, nearest)}")


def width_problem(row: Row, header: Header) -> str | None:
    """Say that a row has more or fewer cells than the header; empty ones at its end do no harm."""
    if header.width is None or len(row.cells) == header.width:
        return None
    if len(row.cells) > header.width and not any(row.cells[header.width :]):
        return None
    counts = f"has {len(row.cells)} cells where the header has {header.width}"
    return f"{counts}; is a cell with the delimiter in it not quoted?" if len(row.cells) > header.width else counts


def _index(path: Path, line: int, cells: list[str], name: str | int) -> int:
    if isinstance(name, int):
        if name > len(cells):
            raise BadFile(f"{path}: row {line}: has {len(cells)} columns, the mapping wants number {name}")
        return name - 1
    if cells.count(name) > 1:
        raise BadFile(f'{path}: row {line}: "{name}" heads several columns; name the one by its number from 1')
    return cells.index(name)


def _missing(wanted: Sequence[str], nearest: Sequence[str]) -> str:
    if not nearest:
        return "holds no rows"
    missing = [name for name in wanted if name not in nearest]
    told = ", ".join(f'"{name}"' for name in missing)
    problem = f"the header lacks {told}" if len(missing) < len(wanted) else f"no header row with {told}"
    if len(nearest) == 1:
        return f"{problem}; rows have a single cell: is the delimiter right?"
    close = {match for name in missing for match in get_close_matches(name, nearest, n=1)}
    return problem + (f"; there is {', '.join(sorted(close))}" if close else "")


def _csv_problem(error: csv.Error, first: int, last: int) -> str:
    if "unexpected end" in str(error):
        return f"a quote opens and never closes: rows {first} to {last} are not read"
    if "expected after" in str(error):
        return "text follows a closing quote; a quote inside a quoted cell is written twice"
    return f"cannot be read as a row: {error}"
