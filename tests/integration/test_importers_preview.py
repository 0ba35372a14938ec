"""beangulp and Fava's import page: they show what a file would post, and nothing that they show can count beside it."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from beancount.parser import printer
from fava.application import create_app
from fava.core import FavaLedger

from importers.beangulp_importer import DocumentsImporter
from importers.errors import BadFile
from importers.fava_import import only_show
from importers.preview import dry_run
from importers.run import import_paths
from ledger.creation import create_books
from ledger.documents.base import Document
from ledger.errors import FieldError, InvalidDocument
from ledger.service import Ledger
from tests.integration.test_importers_tables import GOOD, HEADER, MAPPING

DUPLICATE = "__duplicate__"
CONFIG = "from importers.fava_import import CONFIG, HOOKS\n"
OPTIONS = '1970-01-01 custom "fava-option" "import-config" "import_config.py"\n1970-01-01 custom "fava-option" "import-dirs" "imports/"\n'


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Lend empty books that are set up for Fava's import page, with a table of orders and payments in their imports folder."""
    folder = tmp_path / "books"
    create_books(folder, currency="USD")
    (folder / "imports").mkdir()
    (folder / "imports" / "sales.csv").write_text(HEADER + GOOD, encoding="utf-8")
    (folder / "mappings").mkdir()
    (folder / "mappings" / "sales.toml").write_text('[match]\nheader = ["Order", "SKU"]\n' + MAPPING, encoding="utf-8")
    (folder / "import_config.py").write_text(CONFIG, encoding="utf-8")
    with (folder / "main.beancount").open("a", encoding="utf-8") as main:
        main.write("\n" + OPTIONS)
    return folder


@pytest.fixture
def table(books: Path) -> str:
    """Lend the table's name as beangulp has it."""
    return str(books / "imports" / "sales.csv")


def post(books: Path, *files: str) -> None:
    """Import files into the books, and publish."""
    ledger = Ledger.open(books)
    assert import_paths(ledger, [Path(file) for file in files]).refused == []
    ledger.publish()
    ledger.close()


def seq(books: Path) -> int:
    """Return how many documents the books hold."""
    ledger = Ledger.open(books)
    try:
        return ledger.health()["seq"]
    finally:
        ledger.close()


def existing(books: Path) -> list[Any]:
    """Load the books as they are."""
    entries, errors, _ = loader.load_file(str(books / "main.beancount"))
    assert errors == []
    return list(entries)


def test_shows_the_entries_of_a_file(books: Path, table: str) -> None:
    """Orders post nothing, payments do; nothing is kept."""
    importer = DocumentsImporter()
    assert importer.identify(table)
    assert (importer.name, importer.account(table)) == ("orderledger", "Assets:Receivable")
    assert (importer.date(table), importer.filename(table)) == (datetime.date(2026, 1, 3), "shop.sales.csv")
    entries = importer.extract(table, [])
    assert [entry.narration for entry in entries] == [f"Payment SO-{n} of order SO-{n}" for n in (2, 1, 3)]
    assert entries[0].links == {"shop/payment/SO-2"} and entries[0].tags == {"order-SO-2"}
    bank = entries[0].postings[0]
    assert (bank.account, str(bank.units)) == ("Assets:Bank", "26.00 USD")
    assert not any(DUPLICATE in entry.meta for entry in entries)
    assert seq(books) == 0


def test_marks_what_is_in_the_books(books: Path, table: str) -> None:
    """By the document's own link: an equal payment of the same day is none."""
    post(books, table)
    with Path(table).open("a", encoding="utf-8") as file:
        file.write("SO-4,2026-01-03,Bo,TEA,1,10.00,\n")
    importer = DocumentsImporter(books)
    entries = importer.extract(table, existing(books))
    importer.deduplicate(entries, existing(books))
    marked = {entry.narration: entry.meta.get(DUPLICATE) for entry in entries}
    assert marked.pop("Payment SO-4 of order SO-4") is None
    assert {name: same.narration for name, same in marked.items()} == {name: name for name in marked}
    assert len(marked) == 3


def test_marks_without_the_entries_of_the_books(books: Path, table: str) -> None:
    """Fava may look at a view without old entries; the ledger knows them all the same."""
    post(books, table)
    entries = DocumentsImporter(books).extract(table, [])
    assert [entry.meta[DUPLICATE] for entry in entries] == [True] * 3
    assert not any("Preview" in entry.meta for entry in entries)


def test_stock_and_true_ups(books: Path) -> None:
    """Lots at their unit price and money for the rest, as in the books; entries of another date than the document's."""
    documents: list[dict[str, Any]] = [
        {
            "kind": "order",
            "number": "SO-1",
            "date": "2026-01-01",
            "customer": "C",
            "lines": [{"sku": "T-1", "quantity": "1", "amount": "9"}],
        },
        {"kind": "shipment", "number": "SO-1", "date": "2026-01-02", "order": "SO-1"},
        {
            "kind": "purchase",
            "number": "P-1",
            "date": "2026-01-03",
            "supplier": "S",
            "lines": [{"sku": "T-1", "quantity": "3", "amount": "10"}],
        },
    ]
    file = books / "imports" / "documents.json"
    file.write_text(json.dumps([{"source": "shop", **document} for document in documents]), encoding="utf-8")
    shown = {entry.narration: entry for entry in DocumentsImporter().extract(str(file), [])}
    post(books, str(file))
    posted = {entry.narration: entry for entry in existing(books) if isinstance(entry, data.Transaction)}
    assert set(shown) == set(posted)
    for narration, entry in shown.items():
        assert [(p.account, p.units, p.cost) for p in entry.postings] == [(p.account, p.units, p.cost) for p in posted[narration].postings]
        assert (entry.date, entry.links, entry.tags) == (posted[narration].date, posted[narration].links, posted[narration].tags)


def test_refused_documents_are_notes(books: Path, table: str) -> None:
    """Whether the file or the ledger refuses them; the rest is shown."""
    Path(table).write_text(HEADER + GOOD.replace("TEA,2,20.00", "TEA,two,20.00"), encoding="utf-8")
    other = books / "imports" / "payments.ndjson"
    payment = {
        "kind": "payment",
        "source": "s",
        "number": "P",
        "date": "2026-01-02",
        "order": "nobody's",
        "amount": "5.00",
        "account": "bank",
    }
    good = {
        "kind": "order",
        "source": "s",
        "number": "O",
        "date": "2026-01-02",
        "customer": "C",
        "lines": [{"sku": "A", "quantity": "1", "amount": "5"}],
    }
    lines = [payment, good, payment | {"number": "Q", "order": "s/O"}, payment | {"number": "R"}]
    other.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    importer = DocumentsImporter()
    entries = importer.extract(table, [])
    assert [type(entry).__name__ for entry in entries] == ["Transaction", "Transaction", "Note", "Note"]
    assert "sales.csv:3: shop/order/SO-2: column 'Qty' holds 'two'" in entries[2].comment
    entries = importer.extract(str(other), [])
    assert entries[0].narration == "Payment Q of order O"
    assert [note.comment.partition("(")[2] for note in entries[1:]] == ["/order no order 'nobody's' is in the books)"] * 2
    assert "payments.ndjson:1: s/payment/P" in entries[1].comment and "payments.ndjson:4: s/payment/R" in entries[2].comment


def test_files_that_are_not_for_it(books: Path, table: str, tmp_path: Path) -> None:
    """A table without a mapping, a text that holds no document, a file outside of books."""
    importer = DocumentsImporter()
    for name, text in {
        "other.csv": "a,b\n1,2\n",
        "notes.json": '{"title": "no document"}',
        "sales.toml": MAPPING,
        "broken.json": "{",
    }.items():
        (books / "imports" / name).write_text(text, encoding="utf-8")
        assert not importer.identify(str(books / "imports" / name))
    outside = tmp_path / "sales.csv"
    outside.write_text(HEADER + GOOD, encoding="utf-8")
    assert not importer.identify(str(outside))
    assert DocumentsImporter(books).identify(str(outside))
    assert DocumentsImporter(mapping=books / "mappings" / "sales.toml", account="Assets:Bank").account(table) == "Assets:Bank"


def test_the_environment_names_the_books(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ORDERLEDGER_BOOKS counts where the importer was made without books."""
    outside = tmp_path / "sales.csv"
    outside.write_text(HEADER + GOOD, encoding="utf-8")
    monkeypatch.setenv("ORDERLEDGER_BOOKS", str(books))
    assert len(DocumentsImporter().extract(str(outside), [])) == 3


def test_unreadable_files_say_why_when_they_are_extracted(books: Path, table: str) -> None:
    """They do not take the list of files with them."""
    Path(table).write_text(HEADER.replace("Freight", "Fracht") + GOOD, encoding="utf-8")
    importer = DocumentsImporter()
    assert importer.identify(table)
    assert (importer.date(table), importer.filename(table)) == (None, None)
    with pytest.raises(BadFile, match='lacks "Freight"'):
        importer.extract(table, [])


def test_bounds(books: Path, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large to look at is for the command line; so is one of which nearly all is refused."""
    monkeypatch.setattr("importers.beangulp_importer.PREVIEW_DOCUMENTS_MAX", 5)
    with pytest.raises(BadFile, match="makes 6 documents, more than a preview shows"):
        DocumentsImporter().extract(table, [])


class RefusingLedger:
    """Refuses some documents by name, in the ways that the ledger has of saying which."""

    def __init__(self, refused: Sequence[str], *, pointers: bool) -> None:
        self._refused = refused
        self._pointers = pointers

    def post(self, documents: Sequence[Document], *, dry_run: bool) -> list[Any]:
        """Refuse the first document that is to be refused."""
        assert dry_run
        for i, document in enumerate(documents):
            if document.number in self._refused:
                faults = (FieldError(f"/{i}/number", "is bad"),) if self._pointers else ()
                raise InvalidDocument("refused", faults, document=None if self._pointers else document.key)
        return []


@pytest.mark.parametrize("pointers", [True, False])
def test_leaves_out_what_the_ledger_refuses(table: str, monkeypatch: pytest.MonkeyPatch, *, pointers: bool) -> None:
    """One after the other, up to a bound; where nothing is left, nothing is shown."""
    found = DocumentsImporter()._files.read(Path(table)).documents
    entries, refused = dry_run(RefusingLedger(["SO-1", "SO-3"], pointers=pointers), found)
    assert entries == []
    assert [refusal.document for refusal in refused] == [f"shop/{kind}/SO-{n}" for n in (1, 3) for kind in ("order", "payment")]
    assert all(("/number is bad" in refusal.reason) is pointers for refusal in refused)
    assert len(dry_run(RefusingLedger(["SO-1", "SO-2", "SO-3"], pointers=pointers), found)[1]) == 6
    monkeypatch.setattr("importers.preview.PREVIEW_REFUSALS_MAX", 3)
    with pytest.raises(InvalidDocument):
        dry_run(RefusingLedger(["SO-1", "SO-3"], pointers=pointers), found)


def test_a_changed_file_is_read_again(books: Path, table: str) -> None:
    """So is one whose mapping changed; one that did not is read once for all questions."""
    importer = DocumentsImporter()
    assert importer.filename(table) == "shop.sales.csv"
    mapping = books / "mappings" / "sales.toml"
    mapping.write_text(mapping.read_text().replace('"shop"', '"webshop"'), encoding="utf-8")
    assert importer.filename(table) == "webshop.sales.csv"
    Path(table).write_text(HEADER + GOOD.replace("2026-01-03", "2026-01-31"), encoding="utf-8")
    assert importer.date(table) == datetime.date(2026, 1, 31)


def test_saved_previews_count_nowhere(books: Path, table: str) -> None:
    """Beancount, and so Fava and bean-check, drops each with an error at its line; what stands around them counts; check names them."""
    entries = DocumentsImporter().extract(table, [])
    by_hand = '2026-01-05 * "by hand"\n  Assets:Bank  1.00 USD\n  Liabilities:Refund\n'
    text = "\n".join([by_hand, *map(printer.format_entry, entries), by_hand])
    (books / "manual.beancount").write_text(text, encoding="utf-8")
    post(books, table)
    loaded, errors, _ = loader.load_file(str(books / "main.beancount"))
    told = [error.message for error in errors]
    assert told == ["Invalid token: 'Preview:'"] * 3
    narrations = [str(entry.narration) for entry in loaded if isinstance(entry, data.Transaction)]
    assert sorted(narrations) == sorted([*(str(entry.narration) for entry in entries), "by hand", "by hand"])
    ledger = Ledger.open(books)
    problems = ledger.people().problems
    assert len(ledger.people().manual) == 2
    ledger.close()
    assert len([problem for problem in problems if "Preview:" in problem]) == 3


@pytest.fixture
def page(books: Path) -> Iterator[Any]:
    """Lend a client of Fava over the books."""
    app = create_app([str(books / "main.beancount")])
    app.testing = True
    with app.test_client() as client:
        yield client


def ask(page: Any, question: str, **arguments: str) -> Any:
    """Ask Fava's own interface."""
    answer = page.get(f"/orderledger/api/{question}", query_string=arguments)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


def test_favas_import_page(books: Path, table: str, page: Any) -> None:
    """The shipped configuration lists the file and shows its entries, all of them marked as not to be saved."""
    listed = FavaLedger(str(books / "main.beancount")).ingest.import_data()
    assert [(file.basename, [importer.importer_name for importer in file.importers]) for file in listed] == [("sales.csv", ["orderledger"])]
    entries = ask(page, "extract", filename=table, importer="orderledger")
    assert [entry["narration"] for entry in entries] == [f"Payment SO-{n} of order SO-{n}" for n in (2, 1, 3)]
    assert all(entry["meta"][DUPLICATE] for entry in entries)
    post(books, table)
    entries = ask(page, "extract", filename=table, importer="orderledger")
    assert all(entry["meta"][DUPLICATE] and "Preview" not in entry["meta"] for entry in entries)


def test_saved_in_spite_of_it(books: Path, table: str, page: Any) -> None:
    """Whoever takes the mark off and saves gets an error at the line, and nothing counts."""
    entries = ask(page, "extract", filename=table, importer="orderledger")
    for entry in entries:
        del entry["meta"][DUPLICATE]
    answer = page.put("/orderledger/api/add_entries", json={"entries": entries})
    assert answer.status_code == 200
    loaded, errors, _ = loader.load_file(str(books / "main.beancount"))
    assert not [entry for entry in loaded if isinstance(entry, data.Transaction)]
    assert len(errors) == 3


def test_the_hook_leaves_marks_as_they_are() -> None:
    """What is in the books stays marked by the entry that it is."""
    same = object()
    entries = [data.Note({DUPLICATE: same}, datetime.date(2026, 1, 1), "Assets:Bank", "x", None, None)]
    entries.append(data.Note({}, datetime.date(2026, 1, 1), "Assets:Bank", "y", None, None))
    only_show([("file", entries)], [])
    assert [entry.meta[DUPLICATE] for entry in entries] == [same, True]


def test_as_a_command(books: Path, table: str) -> None:
    """`python -m importers.beangulp_importer generate` writes the golden file that `test` compares."""
    command = [sys.executable, "-m", "importers.beangulp_importer"]
    subprocess.run([*command, "generate", table], check=True, capture_output=True)
    assert Path(f"{table}.beancount").read_text(encoding="utf-8").startswith(";; Account: Assets:Receivable\n")
    subprocess.run([*command, "test", table], check=True, capture_output=True)
    Path(table).write_text(HEADER, encoding="utf-8")
    assert subprocess.run([*command, "test", table], check=False, capture_output=True).returncode == 1
