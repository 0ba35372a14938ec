"""The figures of the README's tour are the sample company's."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.creation import create_books
from ledger.documents import read
from ledger.errors import LedgerError
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("revenue", "gross_profit", "freight", "fees", "contribution", "margin")


def test_the_tours_figures(tmp_path: Path) -> None:
    """Profit by channel of the sample, row by row."""
    create_books(tmp_path / "books")
    ledger = Ledger.open(tmp_path / "books")
    lines = [line for path in sorted((ROOT / "books/sample").glob("*.ndjson")) for line in path.read_text(encoding="utf-8").splitlines()]
    documents = [read(json.loads(line), "CNY") for line in lines]
    for start in range(0, len(documents), 500):
        assert not [one for one in ledger.post_each(documents[start : start + 500]) if isinstance(one, LedgerError)]
    with ledger.read() as context:
        answer = profit_by(context, "channel")
    ledger.close()
    rows = [(item["key"], item) for item in answer["items"]] + [(name, answer[name]) for name in ("unallocated", "total")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for key, figures in rows:
        cells = [figures[column] if figures[column] is not None else "" for column in COLUMNS]
        row = f"| {key} | {' | '.join(cells)} |".replace("|  |", "| |")
        assert row in readme, row
