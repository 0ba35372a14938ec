"""The documents file: every document as canonical JSON, one a line, with what makes it provable and its first result.

`rate` is the exchange rate that was applied, where one was: prices may be edited later, the journal is made again with this one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from ledger.journal.entry import Entry
from ledger.money import MICRO_DIGITS, format_scaled, parse_scaled
from ledger.state.records import DocumentRow

_DOCUMENT, _END = '],"document":', "}\n"
"""What stands before the document and after it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of a documents file, read back: `body` is the document, `text` how that is written there, `line` all of it."""

    seq: int
    recorded_at: str
    digest: str
    body: dict[str, Any]
    text: str
    hashes: tuple[str, ...]
    line: str
    rate: int | None = None


def document_line(row: DocumentRow, entries: Iterable[Entry]) -> str:
    """Write one line: seq, moment of recording, digest, the entries it made first (voucher and hash), the document itself."""
    result = ",".join([f'{{"voucher":{encode_basestring(entry.voucher)},"hash":"{entry.hash}"}}' for entry in entries])
    rate = f'"rate":"{format_scaled(row.rate, MICRO_DIGITS, least=0)}",' if row.rate is not None else ""
    head = f'"seq":{row.seq},"recorded_at":{encode_basestring(row.recorded_at)},{rate}"digest":"sha256:{row.digest}"'
    return f'{{{head},"entries":[{result}],"document":{row.body}}}\n'


def read_line(line: str) -> Recorded:
    """Read one line back; ValueError where it is none of ours."""
    head, mark, rest = line.partition(_DOCUMENT)
    if not mark or not rest.endswith(_END):
        raise ValueError("no document stands where one is written")
    value, text = json.loads(f"{head}]}}"), rest.removesuffix(_END)
    body = json.loads(text)
    try:
        seq, recorded_at, found = value["seq"], value["recorded_at"], value["digest"]
        hashes = tuple(entry["hash"] for entry in value["entries"])
        rate = parse_scaled(value["rate"], MICRO_DIGITS) if "rate" in value else None
    except (KeyError, TypeError):
        raise ValueError("something is missing before the document") from None
    if not (isinstance(seq, int) and isinstance(recorded_at, str) and isinstance(found, str) and isinstance(body, dict)):
        raise ValueError("a value is of another type")
    return Recorded(seq, recorded_at, found.removeprefix("sha256:"), body, text, hashes, line, rate)
