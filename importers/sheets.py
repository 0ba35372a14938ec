"""Sheets of spreadsheets: typed cells become the text that the mapping reads, row by row with their numbers.

A spreadsheet keeps numbers in binary and shows at most 15 digits of them: the text is the number at 15 digits, which is what a
person typed. How many of its decimals a cell shows is left aside: money is rounded by documents, once.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from importers.bounds import SHEET_BYTES_MAX, SHEET_DIGITS
from importers.errors import BadFile
from importers.scope import Notation
from importers.sheet_errors import error_cells
from importers.table import Row, Typed, Unreadable

SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xls")
_PLAIN = Notation()


def read_sheet(path: Path, wanted: str | int | None) -> tuple[str, Iterator[Row]]:
    """Return the name of the sheet and its rows; without a name or a number from 1, it is the first one that is shown."""
    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            name = _choose(path, book, wanted)
            return name, _rows(book.get_sheet_by_name(name), error_cells(path, book.sheet_names.index(name)))
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"{path}: is no spreadsheet that can be read: {error}") from None


def sheet_text(value: Typed, notation: Notation = _PLAIN) -> str:
    """Return a typed cell as its column writes it; ValueError where it is an error, or has lost digits of a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, Unreadable):
        raise ValueError(value.detail)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value, notation)
    if isinstance(value, datetime.date):
        return _date_text(value, notation)
    return str(value)


def _number_text(value: float, notation: Notation) -> str:
    if abs(value) >= 10**SHEET_DIGITS:
        raise ValueError(f"is a number of more than {SHEET_DIGITS} digits, of which a spreadsheet loses the rest: make the cells text")
    text = format(Decimal(format(value, f".{SHEET_DIGITS}g")), "f")
    return notation.number.write(text) if notation.number else text


def _date_text(value: datetime.date, notation: Notation) -> str:
    if notation.date:
        return value.strftime(notation.date)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return value.isoformat() if not isinstance(value, datetime.datetime) else value.isoformat(" ")


def _choose(path: Path, book: CalamineWorkbook, wanted: str | int | None) -> str:
    if isinstance(wanted, int):
        if wanted > len(book.sheet_names):
            raise BadFile(f"{path}: has {len(book.sheet_names)} sheets, the mapping wants number {wanted}")
        return book.sheet_names[wanted - 1]
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise BadFile(f'{path}: has no sheet "{wanted}"; there are {", ".join(book.sheet_names)}')
        return wanted
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return sheet.name
    raise BadFile(f"{path}: shows no sheet; name one with [file] sheet in the mapping")


def _rows(sheet: CalamineSheet, errors: dict[int, set[int]]) -> Iterator[Row]:
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        values: list[Typed] = [*left, *cells]
        for column in errors.get(line, ()):
            values[column] = Unreadable()
        if any(value != "" for value in values):
            yield _row(line, values)


def _row(line: int, values: Sequence[Typed]) -> Row:
    cells = []
    for value in values:
        try:
            cells.append(sheet_text(value))
        except ValueError:
            cells.append(str(value))  # Told only where the mapping uses the column.
    return Row(line, cells, None, values)


def _refuse_bombs(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > SHEET_BYTES_MAX:
        raise BadFile(f"{path}: unpacks to {size} bytes, more than a spreadsheet may have ({SHEET_BYTES_MAX}); save it as CSV")
