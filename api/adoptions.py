"""What adopting hand-written entries came to, as JSON and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.adoption_plan import Adopted, Adoption


def adoption_json(adoption: Adoption) -> dict[str, Any]:
    """Return all that was adopted, refused, or is still to be taken out of its file."""
    refused = [{"place": one.place, "code": one.code, "detail": one.detail} for one in adoption.refused]
    return {"adopted": adopted_json(adoption.adopted), "refused": refused, "left": adoption.left}


def adopted_json(adopted: Sequence[Adopted]) -> list[dict[str, Any]]:
    """Return adopted entries; `already` were in the journal before, `beyond` stands in the document's memo only."""
    return [
        {
            "place": one.entry.place,
            "date": one.entry.date,
            "narration": one.entry.narration,
            "document": f"manual/entry/{one.number}",
            "voucher": one.voucher,
            "already": one.document is None,
            "beyond": list(one.beyond),
        }
        for one in adopted
    ]


def adopted_lines(adopted: Sequence[Adopted], *, dry_run: bool = False) -> Iterator[str]:
    """Yield a line for each adopted entry, in English and Chinese, and one for what only its memo keeps."""
    for one in adopted:
        what = "would adopt  将编号入账" if dry_run else "adopted  已编号入账"
        if one.document is None:
            what = "would take out, adopted before  将移除（此前已入账）" if dry_run else "taken out, adopted before  已移除（此前已入账）"
        entry = one.entry
        told = (what, entry.date, entry.place, entry.narration or entry.payee, one.voucher)
        yield "  ".join(" ".join(part.split()) if part is not what else part for part in told if part)
        if one.beyond:
            yield f"  kept as memo only  仅存入备注: {'; '.join(' '.join(part.split()) for part in one.beyond)}"
