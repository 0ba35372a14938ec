"""The documents file: every document as canonical JSON, one a line, with what makes it provable and its first result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.journal.entry import Entry
from ledger.state.records import DocumentRow


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of a documents file, read back."""

    seq: int
    recorded_at: str
    digest: str
    body: dict[str, Any]
    hashes: tuple[str, ...]


def document_line(row: DocumentRow, entries: Iterable[Entry]) -> str:
    """Write one line: seq, moment of recording, digest, the entries it made first (voucher and hash), the document itself."""
    result = [{"voucher": entry.voucher, "hash": entry.hash} for entry in entries]
    head = {"seq": row.seq, "recorded_at": row.recorded_at, "digest": f"sha256:{row.digest}", "entries": result}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"document":{row.body}}}\n'


def read_line(line: str) -> Recorded:
    """Read one line back; ValueError or KeyError where it is none of ours."""
    value = json.loads(line)
    hashes = tuple(entry["hash"] for entry in value["entries"])
    return Recorded(value["seq"], value["recorded_at"], value["digest"].removeprefix("sha256:"), value["document"], hashes)
