"""The import itself: order of posting, batches, replay, refusals by the ledger, progress, and how mappings are found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from importers.errors import BadFile, BadMapping
from importers.posting_order import KIND_ORDER
from importers.run import import_paths
from ledger.documents import KINDS
from tests.integration.test_importers_ledger import FakeLedger

MAPPING = """
[match]
header = ["No", "When"]

[[document]]
kind = "order"
source = { constant = "shop" }
number = { column = "No" }
date = { column = "When" }
customer = { constant = "C" }

[[document.lines]]
sku = { constant = "A" }
quantity = { constant = 1 }
amount = { constant = "1.00" }

[[document]]
kind = "payment"
source = { constant = "shop" }
number = { column = "No" }
date = { column = "When" }
order = { column = "Of" }
amount = { constant = "1.00" }
account = { constant = "bank" }
"""


@pytest.fixture
def ledger(tmp_path: Path) -> FakeLedger:
    """Lend an empty ledger with a folder for its mappings."""
    (tmp_path / "books" / "mappings").mkdir(parents=True)
    return FakeLedger(tmp_path / "books")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Lend a function that writes a file."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


Write = Callable[[str, str], Path]


def test_every_kind_has_its_place_within_a_day() -> None:
    """A kind that is new to the ledger must be ranked here too."""
    assert set(KINDS) <= set(KIND_ORDER)


def test_documents_of_all_files_are_sorted(ledger: FakeLedger, write: Write) -> None:
    """By date, within a day by kind, then as they stand: a payment in one file finds its order in another."""
    mapping = write("m.toml", MAPPING)
    late = write("1.csv", "No,When,Of\n3,2026-01-03,1\n2,2026-01-02,3\n")
    early = write("2.csv", "No,When,Of\n1,2026-01-02,1\n")
    report = import_paths(ledger, [late, early], mapping=mapping)
    assert [(kind, number) for _, kind, number in ledger.posted] == [
        ("order", "2"),
        ("order", "1"),
        ("payment", "1"),
        ("order", "3"),
        ("payment", "3"),
    ]
    refused = report.refused[0]
    assert (refused.file, refused.row, refused.document, refused.code) == (
        str(late),
        3,
        "shop/payment/2",
        "unknown-reference",
    )
    assert 'column "Of": /order is not in the books' in refused.reason
    assert [(file.new, file.replayed, file.refused) for file in report.files] == [(3, 0, 1), (2, 0, 0)]


def test_imported_twice_nothing_changes(ledger: FakeLedger, write: Write) -> None:
    """The second time everything replays; a file that grew adds what is new."""
    write("m.csv.toml", MAPPING)
    file = write("m.csv", "No,When,Of\n1,2026-01-02,1\n")
    import_paths(ledger, [file])
    before = dict(ledger.posted)
    again = import_paths(ledger, [file])
    assert (again.new, again.replayed, again.refused, ledger.posted) == (0, 2, [], before)
    write("m.csv", "No,When,Of\n1,2026-01-02,1\n2,2026-01-02,2\n")
    grown = import_paths(ledger, [file])
    assert (grown.new, grown.replayed) == (2, 2)


def test_posts_in_batches_and_tells_progress(ledger: FakeLedger, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """No commit is larger than the bound; progress counts up to the total."""
    monkeypatch.setattr("ledger.limits.IMPORT_BATCH", 4)
    monkeypatch.setattr("importers.reading.PROGRESS_EVERY", 3)
    mapping = write("m.toml", MAPPING)
    file = write("a.csv", "No,When,Of\n" + "".join(f"{n},2026-01-02,{n}\n" for n in range(5)))
    told: list[tuple[str, int, int | None]] = []
    import_paths(ledger, [file], mapping=mapping, progress=lambda *how_far: told.append(how_far))
    assert ledger.batches == [4, 4, 2]
    read = [("documents read", done, None) for done in (3, 6, 9)]
    assert told == read + [("documents posted", done, 10) for done in (4, 8, 10)]


def test_a_folder_is_its_files(ledger: FakeLedger, write: Write, tmp_path: Path) -> None:
    """Files of a folder are read by name; what is no table and no document is left alone."""
    (tmp_path / "in").mkdir()
    mapping = write("m.toml", MAPPING)
    write("in/b.csv", "No,When,Of\n2,2026-01-02,2\n")
    write("in/a.TSV", "No\tWhen\tOf\n1\t2026-01-02\t1\n")
    write("in/readme.md", "hello")
    write("in/~$b.xlsx", "kept by a spreadsheet program while b.xlsx is open")
    write("in/.hidden.csv", "No,When,Of\n3,2026-01-02,3\n")
    report = import_paths(ledger, [tmp_path / "in"], mapping=mapping)
    assert [Path(file.file).name for file in report.files] == ["a.TSV", "b.csv"]
    assert report.new == 4


@pytest.mark.parametrize("place", ["given", "a.csv.toml", "a.toml", "books/mappings/shop.toml"])
def test_finds_the_mapping(ledger: FakeLedger, write: Write, place: str) -> None:
    """A mapping is given, or beside the file, or in the books and fits by its header."""
    mapping = write("given.toml" if place == "given" else place, MAPPING)
    file = write("a.csv", "exported today\nNo,When,Of\n1,2026-01-02,1\n")
    report = import_paths(ledger, [file], mapping=mapping if place == "given" else None)
    assert report.new == 2
    assert report.files[0].mapping == str(mapping)


def test_mappings_of_the_books_fit_by_name_too(ledger: FakeLedger, write: Write) -> None:
    """The pattern must fit the file's name; a mapping that says nothing fits nothing."""
    write("books/mappings/silent.toml", MAPPING.replace('header = ["No", "When"]', ""))
    write("books/mappings/other.toml", MAPPING.replace("[match]", '[match]\nname = "other-*.csv"'))
    write("books/mappings/shop.toml", MAPPING.replace('header = ["No", "When"]', 'name = "shop-*.csv"'))
    report = import_paths(ledger, [write("shop-1.csv", "No,When,Of\n1,2026-01-02,1\n")])
    assert str(report.files[0].mapping).endswith("shop.toml")


def test_no_mapping_or_two_stop_the_import(ledger: FakeLedger, write: Write) -> None:
    """The message says where a mapping is looked for; nothing was posted, other files included."""
    file = write("a.csv", "No,When,Of\n1,2026-01-02,1\n")
    good = write("b.csv", "No,When,Of\n1,2026-01-02,1\n")
    write("b.toml", MAPPING)
    with pytest.raises(BadMapping, match=r"no mapping says how to read it; give one with --mapping FILE, write a\.csv"):
        import_paths(ledger, [good, file])
    write("books/mappings/x.toml", MAPPING.replace('"When"', '"Elsewhere"'))
    with pytest.raises(BadMapping, match=r"the \[match\] of x.toml does not fit"):
        import_paths(ledger, [good, file])
    write("books/mappings/y.toml", MAPPING)
    write("books/mappings/z.toml", MAPPING)
    with pytest.raises(BadMapping, match=r"y\.toml and .*z\.toml fit both"):
        import_paths(ledger, [good, file])
    assert ledger.posted == {}


def test_missing_files_stop_the_import(ledger: FakeLedger, tmp_path: Path) -> None:
    """A name that leads nowhere is said as such."""
    with pytest.raises(BadFile, match="no such file"):
        import_paths(ledger, [tmp_path / "nowhere.csv"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match="holds no file to import"):
        import_paths(ledger, [tmp_path / "empty"])


ORDER = {
    "kind": "order",
    "source": "s",
    "number": "1",
    "date": "2026-01-02",
    "customer": "C",
    "lines": [{"sku": "A", "quantity": "1", "amount": "5.00"}],
}


def test_plain_documents_go_in_as_they_are(ledger: FakeLedger, write: Write) -> None:
    """NDJSON with a byte order mark and blank lines, a JSON object and a JSON array say the same."""
    files = [
        write("a.ndjson", "\ufeff" + json.dumps(ORDER) + "\n\n"),
        write("b.jsonl", json.dumps(ORDER)),
        write("c.json", json.dumps(ORDER, indent=2)),
        write("d.json", json.dumps([ORDER, ORDER])),
    ]
    report = import_paths(ledger, files)
    assert (report.new, report.replayed, report.refused) == (1, 4, [])
    assert [file.rows for file in report.files] == [1, 1, 1, 2]


def test_bad_lines_refuse_only_themselves(ledger: FakeLedger, write: Write) -> None:
    """Each says its line and what is wrong with it."""
    lines = [
        json.dumps(ORDER | {"customer": 5}),
        "{",
        '"text"',
        json.dumps({"kind": "odrer"}),
        json.dumps(ORDER),
        "[" * 100_000,
    ]
    file = write("a.ndjson", "\n".join(lines))
    with file.open("ab") as end:
        end.write(b'\n{"kind": "\xff"}\n')
    report = import_paths(ledger, [file])
    assert report.new == 1
    told = [(refusal.row, refusal.document, refusal.reason) for refusal in report.refused]
    assert told[0] == (1, "s/order/1", "the document is not valid (/customer must be a string)")
    assert [row for row, _, _ in told] == [1, 2, 3, 4, 6, 7]
    assert "is not a JSON object on one line" in told[1][2]
    assert "must be an object" in told[2][2]
    assert "/kind is not a known kind" in told[3][2]
    assert "is not UTF-8 at byte 11" in told[5][2]


def test_unreadable_json_stops_the_import(ledger: FakeLedger, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .json file is whole or not at all, and bounded; so is a line."""
    with pytest.raises(BadFile, match="is not JSON"):
        import_paths(ledger, [write("a.json", "{")])
    (tmp_path / "b.json").write_bytes(b'"\xff"')
    with pytest.raises(BadFile, match="is not UTF-8"):
        import_paths(ledger, [tmp_path / "b.json"])
    monkeypatch.setattr("importers.plain.JSON_BYTES_MAX", 2)
    with pytest.raises(BadFile, match="write NDJSON"):
        import_paths(ledger, [write("c.json", "[{}]")])
    monkeypatch.setattr("ledger.limits.BODY_BYTES_MAX", 3)
    with pytest.raises(BadFile, match="line 2 is longer than"):
        import_paths(ledger, [write("d.ndjson", "{}\n[{}]\n")])
