"""The documents page is what the code declares, and its examples post."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.documents import KINDS, read
from tests.company import Company
from tests.docs import EXAMPLES, PAGE, page


def examples() -> list[Path]:
    """Return the example files in order."""
    return sorted(EXAMPLES.glob("*.json"))


def test_every_kind_has_an_example() -> None:
    """One example a kind."""
    assert {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in examples()} == set(KINDS)


def test_the_page_is_current() -> None:
    """`make docs` was run after the last change of a document's fields."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_examples_post(company: Company) -> None:
    """In order, as a newcomer sends them; the order's profit comes out."""
    for path in examples():
        company.ledger.post([read(json.loads(path.read_text(encoding="utf-8")), "CNY")])
    profit = company.profit("SO-1001")
    assert (profit["revenue"], profit["contribution"]) == ("109.11", "28.52")
