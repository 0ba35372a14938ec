"""The documents file: every document as canonical JSON, one a line, with what makes it provable and its first result.

`rate` is the exchange rate that was applied, where one was: prices may be edited later, the journal is made again with this one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.journal.entry import Entry
from ledger.money import MICRO_DIGITS, format_scaled, parse_scaled
from ledger.state.records import DocumentRow

_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of a documents file, read back."""

    seq: int
    recorded_at: str
    digest: str
    body: dict[str, Any]
    hashes: tuple[str, ...]
    rate: int | None = None


def document_line(row: DocumentRow, entries: Iterable[Entry]) -> str:
    """Write one line: seq, moment of recording, digest, the entries it made first (voucher and hash), the document itself."""
    result = [{"voucher": entry.voucher, "hash": entry.hash} for entry in entries]
    head: dict[str, Any] = {"seq": row.seq, "recorded_at": row.recorded_at}
    if row.rate is not None:
        head["rate"] = format_scaled(row.rate, MICRO_DIGITS, least=0)
    head |= {"digest": f"sha256:{row.digest}", "entries": result}
    text = _LINE.encode(head)
    return f'{text[:-1]},"document":{row.body}}}\n'


def read_line(line: str) -> Recorded:
    """Read one line back; ValueError or KeyError where it is none of ours."""
    value = json.loads(line)
    hashes = tuple(entry["hash"] for entry in value["entries"])
    rate = parse_scaled(value["rate"], MICRO_DIGITS) if "rate" in value else None
    return Recorded(value["seq"], value["recorded_at"], value["digest"].removeprefix("sha256:"), value["document"], hashes, rate)
