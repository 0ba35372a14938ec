"""The books rebuild the store, and the store answers every report as before; what is damaged is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.books.layout import default_store_url
from ledger.creation import create_books
from ledger.documents import digest, read
from ledger.errors import BooksProblem, LedgerError
from ledger.integrity import check
from ledger.rebuild import rebuild
from ledger.reports.entry_list import list_entries
from ledger.reports.inventory import inventory
from ledger.reports.orders import list_orders
from ledger.reports.period import EVERYTHING
from ledger.reports.profit_by import DIMENSIONS, profit_by
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company
from tests.docs import EXAMPLES
from tests.sample_company import documents as sample_documents


def post_examples(ledger: Ledger) -> None:
    """Post one document of every kind."""
    for path in sorted(EXAMPLES.glob("*.json")):
        ledger.post([read(json.loads(path.read_text(encoding="utf-8")), "CNY")])
    ledger.publish()


def answers(ledger: Ledger) -> dict[str, Any]:
    """Return what every report says."""
    with ledger.read() as context:
        found: dict[str, Any] = {f"profit by {by}": profit_by(context, by) for by in DIMENSIONS}
        found |= {f"cohort by {by}": profit_by(context, by, cohort=True) for by in DIMENSIONS}
        for name in ("income", "balance-sheet", "cash-flow", "trial-balance"):
            found[name] = statement(context, name, EVERYTHING)
        found["orders"] = list_orders(context)
        found["entries"] = list_entries(context)
        found["inventory"] = inventory(context)
    return found


def test_every_report_answers_as_before(company: Company) -> None:
    """A token survives as well, and posting goes on where it stopped."""
    post_examples(company.ledger)
    token = company.ledger.tokens.create("auditor", ["read"])
    before = answers(company.ledger)
    texts = {path: path.read_bytes() for path in company.books.rglob("journal/**/*") if path.is_file()}
    company.ledger.close()
    rebuilt = rebuild(company.books, company.store_url)
    assert rebuilt.documents == len(list(EXAMPLES.glob("*.json")))
    company.ledger = Ledger.open(company.books, company.store_url)
    assert answers(company.ledger) == before
    assert company.ledger.tokens.scopes_of(token) == {"read"}
    company.buy("after", "2026-04-02", 1, "1.00")
    company.ledger.publish()
    for path, text in texts.items():
        assert path.name == "index.beancount" or path.read_bytes().startswith(text), f"{path.name} only grows"


def test_the_books_are_as_long_as_before(company: Company) -> None:
    """The new store knows where each file ends: what stands beyond is not the ledger's."""
    post_examples(company.ledger)
    before = dict(rows(company.ledger, "SELECT path, size FROM book_file"))
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    after = dict(rows(company.ledger, "SELECT path, size FROM book_file"))
    assert before.items() <= after.items()
    assert after == {path: (company.books / path).stat().st_size for path in after}


def rows(ledger: Ledger, statement: str) -> list[tuple[Any, ...]]:
    """Ask the store."""
    with ledger.database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_the_sample_company_is_made_again(tmp_path: Path) -> None:
    """Entry by entry, from the canonical text: what the documents' authors wrote in another order makes the same entries."""
    create_books(tmp_path / "books")
    ledger = Ledger.open(tmp_path / "books")
    sample = [read(body, ledger.currency) for body in sample_documents()]
    for start in range(0, len(sample), 100):
        refused = [outcome for outcome in ledger.post_each(sample[start : start + 100]) if isinstance(outcome, LedgerError)]
        assert not refused
    ledger.publish()
    before = rows(ledger, "SELECT id, voucher, hash FROM entry ORDER BY id")
    ledger.close()
    assert rebuild(tmp_path / "books").documents == len(sample)
    ledger = Ledger.open(tmp_path / "books")
    assert rows(ledger, "SELECT id, voucher, hash FROM entry ORDER BY id") == before
    ledger.close()


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Books with an example of every kind, their store closed."""
    create_books(tmp_path / "books")
    ledger = Ledger.open(tmp_path / "books")
    post_examples(ledger)
    ledger.close()
    return tmp_path / "books"


def test_a_lost_store_is_not_taken_for_a_new_one(books: Path) -> None:
    """The store's file is gone: opening says to rebuild, and after that everything is there."""
    for path in (books / ".orderledger").glob("store.db*"):
        path.unlink()
    with pytest.raises(BooksProblem, match="rebuild"):
        Ledger.open(books)
    rebuild(books)
    ledger = Ledger.open(books)
    assert check(ledger) == []
    ledger.close()


@pytest.mark.parametrize(
    ("what", "old", "new", "told"),
    [
        ("a changed document", '"unit_price":"31.2"', '"unit_price":"31.1"', "was changed in the books"),
        ("a document that is none now", '"unit_price":"31.2"', '"unit_price":"x"', r"purchase/PO-7 was changed in the books"),
        ("a number that is none", '{"seq":', '{"seq":"1","was":', r"2026-02\.documents\.ndjson:1: is not a document of ours"),
        ("a digest that is none", '"digest":"', '"digest":1,"was":"', r"2026-02\.documents\.ndjson:1: is not a document of ours"),
        ("a list before the document", '{"seq":', '[{"seq":', r"2026-02\.documents\.ndjson:1: is not a document of ours"),
        ("a missing document", None, None, "have a gap"),
    ],
)
def test_damaged_documents_stop_a_rebuild(books: Path, what: str, old: str | None, new: str, told: str) -> None:
    """The old store stays as it was."""
    path = books / "journal/2026/2026-02.documents.ndjson"
    text = path.read_text(encoding="utf-8")
    damaged = text.replace(old, new) if old is not None else "".join(text.splitlines(keepends=True)[1:])
    assert damaged != text, what
    path.write_text(damaged, encoding="utf-8")
    with pytest.raises(BooksProblem, match=told):
        rebuild(books)
    assert not list((books / ".orderledger").glob("*.rebuild*"))
    assert Ledger.open(books).health()["seq"] == len(list(EXAMPLES.glob("*.json")))


def formatted(line: str) -> str:
    """Write a line with spaces."""
    return json.dumps(json.loads(line), ensure_ascii=False) + "\n"


def noted(line: str) -> str:
    """Write something more into a line."""
    return line.replace('{"seq"', '{"note":"seen","seq"', 1)


def doubled(line: str) -> str:
    """Give a line a second document, and the digest of both: JSON's readers take the last one."""
    head, mark, rest = line.partition('],"document":')
    text = f'{{"kind":"order"}},"document":{rest.removesuffix("}" + chr(10))}'
    return with_digest(head, digest(text)) + mark + text + "}\n"


def uncanonical(line: str) -> str:
    """Write a document's quantity another way, and give it the digest of that."""
    head, mark, rest = line.partition('],"document":')
    text = rest.removesuffix("}\n").replace('"quantity":"', '"quantity":"0', 1)
    return with_digest(head, digest(text)) + mark + text + "}\n"


def unknown(line: str) -> str:
    """Make a document one of a kind that nobody knows, with the digest of that."""
    head, mark, rest = line.partition('],"document":')
    text = rest.removesuffix("}\n").replace('"kind":"order"', '"kind":"ordre"', 1)
    return with_digest(head, digest(text)) + mark + text + "}\n"


def with_digest(head: str, found: str) -> str:
    """Give a line another digest."""
    return re.sub("sha256:[0-9a-f]{64}", f"sha256:{found}", head, count=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (formatted, r"2026-02\.documents\.ndjson:\d+: is not a document of ours"),
        (doubled, r"2026-02\.documents\.ndjson:\d+: is not a document of ours"),
        (unknown, "document .*/ordre/.* of the books cannot be read: .*kind"),
        (noted, "order.* does not stand in the documents file of 2026-02 as it was recorded"),
        (uncanonical, "order.* does not stand in the documents file of 2026-02 as it was recorded"),
    ],
)
def test_a_line_that_is_written_otherwise_stops_a_rebuild(books: Path, change: Callable[[str], str], told: str) -> None:
    """Its document may be the same, but files are cut off at the length that they had; an order makes no entry whose hash would tell."""
    path = books / "journal/2026/2026-02.documents.ndjson"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if '"entries":[],' in line and '"kind":"order"' in line)
    lines[place] = change(lines[place])
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(BooksProblem, match=told):
        rebuild(books)
    assert not list((books / ".orderledger").glob("*.rebuild*"))


def test_a_document_that_stands_twice_stops_a_rebuild(books: Path) -> None:
    """Also where it makes no entry, and nothing comes after it."""
    (last,) = sorted((books / "journal").glob("*/*.documents.ndjson"))[-1:]
    texts = [path.read_text(encoding="utf-8") for path in (books / "journal").glob("*/*.documents.ndjson")]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    order = next(line for line in lines if not line["entries"] and line["document"]["kind"] == "order")
    order["seq"] = max(line["seq"] for line in lines) + 1
    with last.open("a", encoding="utf-8") as file:
        file.write(json.dumps(order, ensure_ascii=False, separators=(",", ":")) + "\n")
    with pytest.raises(BooksProblem, match=r"order.* stands in the documents files twice"):
        rebuild(books)


def test_a_failed_rebuild_makes_nothing_more_of_its_store(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is thrown away, and what was wrong is what is told."""
    monkeypatch.setattr("ledger.store.ranks.make_ranks", lambda _: pytest.fail("indexes of a store that is thrown away"))
    path = books / "journal/2026/2026-02.documents.ndjson"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    with pytest.raises(BooksProblem, match="have a gap"):
        rebuild(books)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("2026-02.beancount", "Lin & Co", "Lin & Ca", "was changed after it was posted"),
        ("2026-03.beancount", "voucher:", "Voucher:", "was changed after it was posted"),
        ("2026-03.documents.ndjson", '"score":"4"', '"score":"5"', "does not stand here as it was recorded"),
    ],
)
def test_check_names_a_change_behind_our_back(books: Path, file: str, old: str, new: str, told: str) -> None:
    """File and line of the first difference."""
    path = books / "journal/2026" / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    ledger = Ledger.open(books)
    problems = [problem for problem in check(ledger) if not problem.startswith("bean-check")]
    ledger.close()
    assert any(file in problem and told in problem for problem in problems), problems


def test_text_of_others_is_set_aside(books: Path) -> None:
    """What somebody appended to a file of ours is moved aside when the publisher goes on, and `check` is clean again."""
    path = books / "journal/2026/2026-03.beancount"
    with path.open("a", encoding="utf-8") as file:
        file.write('2026-03-09 * "sneaked in"\n  Assets:Bank  1 CNY\n  Expenses:Operating\n\n')
    ledger = Ledger.open(books)
    assert any("behind our back" in problem for problem in check(ledger))
    body = {"kind": "purchase", "source": "shop", "number": "later", "date": "2026-03-31", "supplier": "S"}
    ledger.post([read(body | {"lines": [{"sku": "X", "quantity": "1", "amount": "1.00"}]}, "CNY")])
    ledger.publish()
    assert check(ledger) == []
    (aside,) = (books / ".orderledger/set-aside").iterdir()
    assert "sneaked in" in aside.read_text(encoding="utf-8")
    ledger.close()


def test_default_store_lies_beside_the_books(books: Path) -> None:
    """SQLite where nothing else is said."""
    assert default_store_url(books).endswith("/books/.orderledger/store.db")
