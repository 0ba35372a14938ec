"""The example mappings: each has a small table beside it, and the documents that it must make beside that."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from beangulp import testing

from importers.beangulp_importer import DocumentsImporter
from importers.run import import_paths
from ledger.creation import create_books
from tests.integration.test_importers_ledger import FakeLedger

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "importers" / "examples"
TABLES = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".csv", ".tsv", ".sql") and any(EXAMPLES.glob(f"{path.stem}*.toml")))
JOINED = {"adventureworks_purchase_order_headers.csv"}
CURRENCIES = {"web_shop_orders.csv": "EUR", "online_retail.csv": "GBP"}


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_example_makes_its_documents(table: Path, golden: Callable[[Path, str], None], tmp_path: Path) -> None:
    """Every row of an example makes the documents written beside it, in the order of posting."""
    ledger = FakeLedger(tmp_path)
    report = import_paths(ledger, [table])
    assert report.refused == []
    golden(table.with_suffix(".documents.ndjson"), ledger.texts())


def test_every_mapping_has_a_table() -> None:
    """An example without a table would be tested by nobody."""
    assert {path.name.partition(".")[0] for path in EXAMPLES.glob("*.toml")} == {path.stem for path in TABLES}
    assert {path.name for path in EXAMPLES.iterdir() if path.suffix in (".csv", ".tsv", ".sql")} == {path.name for path in TABLES} | JOINED


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_example_shows_its_entries(table: Path, golden: Callable[[Path, str], None], tmp_path: Path) -> None:
    """beangulp's golden pairs: what the file would post into empty books, in the form of its `generate`."""
    create_books(tmp_path / "books", currency=CURRENCIES.get(table.name, "USD"))
    text = io.StringIO()
    testing.write_expected(text, *testing.run_importer(DocumentsImporter(tmp_path / "books"), str(table)))
    golden(table.with_name(table.name + ".beancount"), text.getvalue())


def test_golden_documents_import_as_they_are(tmp_path: Path) -> None:
    """The documents written beside an example say the same as its table."""
    table = EXAMPLES / "adventureworks_internet_sales.csv"
    ledger = FakeLedger(tmp_path)
    import_paths(ledger, [table])
    again = import_paths(ledger, [table.with_suffix(".documents.ndjson")])
    assert (again.new, again.replayed, again.refused) == (0, 9, [])


@pytest.mark.parametrize("name", ["web_shop_orders.csv", "web_shop_orders.toml"])
def test_the_guide_shows_the_example(name: str) -> None:
    """docs/IMPORT.md prints the files that it tells people to run."""
    guide = (ROOT / "docs" / "IMPORT.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert (EXAMPLES / name).read_text(encoding="utf-8") in blocks
