"""Documents as they are: NDJSON (one a line) and JSON (one object, or an array of them)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from importers.bounds import FAULTS_SHOWN, JSON_BYTES_MAX
from importers.errors import BadFile
from importers.found import Found
from importers.parts import FROM_ROW, Part, Place
from importers.report import FileReport, Refusal
from ledger import limits
from ledger.documents import read
from ledger.errors import InvalidDocument

PLAIN_SUFFIXES = (".ndjson", ".jsonl", ".json")


def plain_documents(path: Path, base_currency: str, file: FileReport, part: Part) -> Iterator[tuple[Place, Found | Refusal]]:
    """Yield the documents of one part of a file; `row` is the line in NDJSON, the item from 1 in a JSON array."""
    items = _json_items(path) if path.suffix.lower() == ".json" else _lines(path)
    for row, item in items:
        file.rows += 1
        if part.has_row(file.rows):
            yield (FROM_ROW, row, 0), _document(row, _parsed_line(item) if isinstance(item, bytes) else item, base_currency, file)


def _document(row: int, body: object, base_currency: str, file: FileReport) -> Found | Refusal:
    if isinstance(body, _Broken):
        return Refusal(file.file, row, None, body.detail)
    try:
        return Found(read(body, base_currency), file, [row], (row, 0))
    except InvalidDocument as error:
        told = [f"{fault.pointer or '/'} {fault.detail}" for fault in error.errors[:FAULTS_SHOWN]]
        return Refusal(file.file, row, error.document, f"{error.detail} ({'; '.join(told)})", error.code)


class _Broken:
    """A line that holds no JSON value."""

    def __init__(self, detail: str) -> None:
        self.detail = detail


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty; they are parsed by whose part they are."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.BODY_BYTES_MAX + 1):
            number += 1
            if len(line) > limits.BODY_BYTES_MAX:
                raise BadFile(f"{path}: line {number} is longer than a document can be ({limits.BODY_BYTES_MAX} bytes)")
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _parsed_line(line: bytes) -> object:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        return _Broken(f"is not UTF-8 at byte {error.start + 1}")
    except (json.JSONDecodeError, RecursionError) as error:
        return _Broken(f"is not a JSON object on one line: {error}")


def _json_items(path: Path) -> Iterator[tuple[int, object]]:
    if path.stat().st_size > JSON_BYTES_MAX:
        raise BadFile(f"{path}: is larger than {JSON_BYTES_MAX} bytes; write NDJSON, one document a line")
    try:
        body: object = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: is not UTF-8 at byte {error.start + 1}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadFile(f"{path}: is not JSON: {error}") from None
    yield from enumerate(body if isinstance(body, list) else [body], start=1)
