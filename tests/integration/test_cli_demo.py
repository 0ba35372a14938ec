"""`make run`: the sample books are made once, and the second start changes nothing but the token."""

from __future__ import annotations

from pathlib import Path

from api.demo import SAMPLE, prepare
from tests.company import Company


def test_sample_books(tmp_path: Path) -> None:
    """Every sample document is posted, the books hold, the newest token reads and the older one is gone."""
    books = tmp_path / "sample"
    first, second = prepare(books, None), prepare(books, None)
    company = Company(books, f"sqlite:///{books / '.orderledger/store.db'}")
    documents = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in SAMPLE.glob("*.ndjson"))
    health = company.ledger.health()
    assert health["seq"] == health["published_seq"] == documents > 0
    assert company.ledger.tokens.scopes_of(first) is None and company.ledger.tokens.scopes_of(second) == frozenset({"read"})
    assert not company.problems()
    company.ledger.close()
