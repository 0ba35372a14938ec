"""The outbox: what one commit adds to a file waits as few rows, and the books never claim a document of which they lack a part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import limits, publisher
from ledger.creation import create_books
from ledger.documents import read
from ledger.service import Ledger
from ledger.store import unit

DAYS = [f"2026-0{month}-1{day}" for day in range(9) for month in (1, 2)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open empty books that nobody publishes."""
    create_books(tmp_path / "books", chart="ifrs", currency="CNY", costing="fifo")
    opened = Ledger.open(tmp_path / "books")
    yield opened
    opened.close()


def _post(ledger: Ledger) -> int:
    """Post entries of two months by turns in one commit; return how many rows wait."""
    postings = [{"account": "bank", "amount": "1.00"}, {"account": "packaging", "amount": "-1.00"}]
    common = {"source": "shop", "kind": "entry", "narration": "boxes sent back", "postings": postings}
    ledger.post([read({**common, "number": f"E-{i}", "date": day}, "CNY") for i, day in enumerate(DAYS)])
    with ledger.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT COUNT(*) FROM outbox").scalar_one())


def _whole(books: Path) -> int:
    """Return the last document up to which the books have every entry and every document."""
    found = {json.loads(line)["seq"] for path in books.glob("journal/*/*.ndjson") for line in path.read_text().splitlines()}
    text = "".join(path.read_text() for path in books.glob("journal/*/*.beancount"))
    return next(seq for seq in range(len(DAYS) + 1) if not (seq + 1 in found and f"  seq: {seq + 1}\n" in text))


def test_documents_of_one_commit_share_rows(ledger: Ledger) -> None:
    """One row for the index, and for each month one of entries and one of documents."""
    assert _post(ledger) == 5


@pytest.mark.parametrize("characters", [1, 2_000, limits.OUTBOX_TEXT])
def test_published_row_by_row_the_books_claim_what_they_hold(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, characters: int) -> None:
    """Whatever shares a row, and wherever the publisher stops between two of them."""
    monkeypatch.setattr(unit, "OUTBOX_TEXT", characters)
    monkeypatch.setattr(publisher, "PUBLISH_BATCH", 1)
    _post(ledger)
    claimed = []
    while ledger.publisher._waits() and ledger.publisher._lease() and ledger.publisher._publish_batch():
        claimed.append(ledger.publisher.published_seq())
        assert claimed[-1] <= _whole(ledger.books)
    assert claimed == sorted(claimed)
    assert claimed[-1] == len(DAYS)
