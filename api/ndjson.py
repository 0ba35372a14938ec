"""NDJSON posts: one document a line, each standing alone, answered by one line each and in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Response

from api import limits, problems
from api.errors import TooLarge
from api.json_text import read_json, write_json
from api.media_types import NDJSON
from api.receipts import receipt_body
from ledger import documents
from ledger.documents.base import Document
from ledger.errors import LedgerError
from ledger.limits import NDJSON_LINES_MAX

if TYPE_CHECKING:
    from ledger.service import Ledger, Receipt

Read = tuple[int, Document | LedgerError]
"""A line's number, and the document on it or what is wrong with it."""


def answer(ledger: Ledger, body: bytes) -> Response:
    """Post the lines of `body` in batches; each batch is answered as soon as it is durable.

    A client that hangs up stops the batches that are not yet begun; sending all again is safe.
    """
    lines = body.split(b"\n")
    if len(lines) > NDJSON_LINES_MAX:
        raise TooLarge(f"one request holds at most {NDJSON_LINES_MAX} lines; `orderledger import` takes more")
    return Response(_answers(ledger, lines), 200, mimetype=NDJSON)


def _answers(ledger: Ledger, lines: list[bytes]) -> Iterator[bytes]:
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    for start in range(0, len(numbered), limits.NDJSON_BATCH):
        batch = [_read(ledger, number, line) for number, line in numbered[start : start + limits.NDJSON_BATCH]]
        yield b"".join(write_json(answer) + b"\n" for answer in _post(ledger, batch))


def _read(ledger: Ledger, number: int, line: bytes) -> Read:
    try:
        return number, documents.read(read_json(line), ledger.currency)
    except LedgerError as error:
        return number, error


def _post(ledger: Ledger, batch: list[Read]) -> Iterator[dict[str, Any]]:
    good = [found for _, found in batch if isinstance(found, Document)]
    results: Iterator[Receipt | LedgerError | dict[str, Any]]
    try:
        results = iter(ledger.post_each(good) if good else [])
    except LedgerError as error:
        results = iter([error] * len(good))
    except Exception as error:
        # The status line is long gone: a defect is told on the lines that it concerns.
        results = iter([problems.unexpected_body(error)] * len(good))
    for number, found in batch:
        yield {"line": number, **_line(found if isinstance(found, LedgerError) else next(results))}


def _line(result: Receipt | LedgerError | dict[str, Any]) -> dict[str, Any]:
    if isinstance(result, LedgerError):
        return problems.body_of(result)
    if isinstance(result, dict):
        return result
    return {"status": 200 if result.replay else 201, **receipt_body(result)}
