"""Cells of an XLSX sheet that hold an error (#N/A, #DIV/0!): calamine gives them as empty, and an empty discount is no discount.

A search through the sheet's own text finds them; nothing else of the file is read here.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

CHUNK_BYTES = 1024 * 1024
_OVERLAP_BYTES = 4096
"""Longer than the opening tag of any cell."""

_ERROR_CELL = re.compile(rb'<(?:\w+:)?c(?=\s[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)"')
_TARGET = re.compile(rb'<(?:\w+:)?Relationship\b(?=[^>]*\bId="([^"]+)")[^>]*\bTarget="([^"]+)"')


def error_cells(path: Path, index: int) -> dict[int, set[int]]:
    """Return the error cells of the sheet at `index`: by row from 1 the columns from 0; other formats than XLSX have none."""
    if not zipfile.is_zipfile(path):
        return {}
    found: dict[int, set[int]] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, index)
        if part is None:
            return {}
        with archive.open(part) as sheet:
            rest = b""
            while chunk := sheet.read(CHUNK_BYTES):
                text = rest + chunk
                for column, row in _ERROR_CELL.findall(text):
                    found.setdefault(int(row), set()).add(_index(column))
                rest = text[-_OVERLAP_BYTES:]
    return found


def _part(archive: zipfile.ZipFile, index: int) -> str | None:
    """Return the name of a sheet's own file inside the archive."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    targets = dict(_TARGET.findall(archive.read("xl/_rels/workbook.xml.rels")))
    if index >= len(ids) or ids[index] not in targets:
        return None
    target = targets[ids[index]].decode()
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in names else None


def _index(letters: bytes) -> int:
    """Return a column's number from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
