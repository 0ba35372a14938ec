"""Large books of before: their view is there before Fava starts; small ones, and those that cannot be opened, start as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api import first_view
from api.first_view import make_first_view
from ledger.books.layout import MAIN, VIEW_INDEX
from tests.company import Company
from tests.view_books import assert_same, detail_days


def test_large_books_get_their_view_before_fava_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Only where there is none, and only where their text is long."""
    store_url = f"sqlite:///{tmp_path}/store.db"
    company = Company(tmp_path / "books", store_url)
    detail_days(company.books, "1")
    for day in range(1, 4):
        company.sell(f"SO-{day}", f"2026-03-{day:02}", 1)
    company.ledger.publish()
    company.ledger.close()
    shutil.rmtree(company.books / "view")
    make_first_view(company.books, store_url)
    assert not (company.books / VIEW_INDEX).exists()
    monkeypatch.setattr(first_view, "FULL_BYTES", 100)
    make_first_view(company.books, store_url)
    before = (company.books / VIEW_INDEX).stat()
    make_first_view(company.books, store_url)
    assert (company.books / VIEW_INDEX).stat() == before
    again = Company(company.books, store_url)
    assert_same(again)
    again.ledger.close()
    shutil.rmtree(company.books / "view")
    (company.books / MAIN).write_text("")
    make_first_view(company.books, store_url)
    assert "Fava starts without a view" in caplog.text
