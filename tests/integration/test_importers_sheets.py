"""Spreadsheets: typed cells make the same documents as the text of the same table."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from importers.errors import BadFile, BadMapping
from importers.run import import_paths
from tests.integration.test_importers_ledger import FakeLedger
from tests.integration.test_importers_tables import MAPPING

ROWS: list[list[Any]] = [
    ["Order", "Date", "Customer", "SKU", "Qty", "Amount", "Freight"],
    ["SO-1", datetime.date(2026, 1, 2), "Lin", "TEA", 1, 10.10 * 3, 1],
    ["SO-2", datetime.date(2026, 1, 1), "Ana", "TEA", 2, 20, ""],
    ["SO-2", datetime.date(2026, 1, 1), "Ana", "CUP", 1.5, 5.505, 0.5],
]

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Lend a function that writes a workbook of sheets by name, from the cell `at` on, and its mapping."""

    def write_book(*, mapping: str = MAPPING, at: tuple[int, int] = (0, 0), **sheets: Sequence[Sequence[Any]]) -> Path:
        path = tmp_path / "sales.xlsx"
        path.with_suffix(".toml").write_text(mapping, encoding="utf-8")
        with Workbook(path) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for i, row in enumerate(rows, start=at[0]):
                    for j, value in enumerate(row, start=at[1]):
                        if isinstance(value, datetime.date):
                            sheet.write_datetime(i, j, datetime.datetime.combine(value, datetime.time()), day)
                        elif isinstance(value, str) and value.startswith("#"):
                            sheet.write_formula(i, j, "=1/0", None, value)
                        else:
                            sheet.write(i, j, value)
        return path

    return write_book


def documents(path: Path) -> dict[str, Any]:
    """Import a file that must go in whole; return its documents by kind and number."""
    ledger = FakeLedger(path.parent)
    assert import_paths(ledger, [path]).refused == []
    return {f"{kind} {number}": json.loads(text) for (_, kind, number), text in ledger.posted.items()}


@pytest.mark.parametrize("at", [(0, 0), (4, 2)])
def test_typed_cells(write: Write, at: tuple[int, int]) -> None:
    """Numbers are what was typed, dates are days, empty cells are empty; the table may stand anywhere on the sheet."""
    made = documents(write(Sales=ROWS, at=at))
    assert [line["amount"] for line in made["order SO-2"]["lines"]] == ["20.00", "5.51"]
    assert made["order SO-2"]["lines"][1]["quantity"] == "1.5"
    assert made["order SO-1"]["lines"][0]["amount"] == "30.30"
    assert made["order SO-1"]["date"] == "2026-01-02"
    assert made["payment SO-2"]["amount"] == "26.01"


def test_the_mapping_of_a_text_file_reads_the_sheet_too(write: Write) -> None:
    """Notations that a mapping states for text hold for the same columns as typed cells."""
    german = MAPPING.replace("[group]", '[file]\ndecimal = ","\nthousands = "."\ndate = "%d.%m.%Y"\n[group]')
    assert documents(write(Sales=ROWS, mapping=german)) == documents(write(Sales=ROWS))


def test_percentages_and_flags(write: Write) -> None:
    """A cell that shows 19 % holds 0.19; TRUE is true."""
    mapping = MAPPING.replace("sku = {", 'tax_rate = { column = "VAT", percent = true }\nsku = {')
    mapping = mapping.replace("customer = {", 'prices_include_tax = { column = "Gross" }\ncustomer = {')
    rows = [[*row, more, flag] for row, more, flag in zip(ROWS, ["VAT", 0.19, 0.07, 0.07], ["Gross", True, False, False], strict=True)]
    made = documents(write(Sales=rows, mapping=mapping))
    assert made["order SO-1"]["lines"][0]["tax_rate"] == "0.19"
    assert made["order SO-1"]["prices_include_tax"] is True
    assert "prices_include_tax" not in made["order SO-2"]


@pytest.mark.parametrize("sheet", ['"Sales"', "2"])
def test_chooses_the_sheet(write: Write, sheet: str) -> None:
    """By name or number; without either it is the first, here a cover."""
    path = write(Cover=[["Report of the year"]], Sales=ROWS, mapping=f"[file]\nsheet = {sheet}\n{MAPPING}")
    assert len(documents(path)) == 4
    path.with_suffix(".toml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(BadFile, match="no header row with"):
        documents(path)


def test_says_where_it_read(write: Write) -> None:
    """The report names the sheet, refusals the row of the sheet."""
    rows = [*ROWS, ["SO-3", "soon", "Bo", "TEA", 1, 10, 0]]
    path = write(Sales=rows, at=(2, 0))
    report = import_paths(FakeLedger(path.parent), [path])
    assert (report.files[0].sheet, report.files[0].encoding, report.files[0].rows) == ("Sales", None, 4)
    assert {refusal.row for refusal in report.refused} == {7}
    assert 'column "Date" holds "soon"' in report.refused[0].reason


def test_errors_of_formulas_refuse_their_document(write: Write) -> None:
    """An amount that is #N/A is not an empty one: the order would lack what stands there. Columns that nobody reads do no harm."""
    rows = [[*row, *[""] * 20, "#N/A"] for row in ROWS[:3]]
    rows.append(["SO-2", datetime.date(2026, 1, 1), "Ana", "CUP", 1, 5, "#DIV/0!"])
    path = write(Sales=rows, at=(0, 1))
    report = import_paths(FakeLedger(path.parent), [path])
    assert report.new == 2
    assert [(r.row, r.document) for r in report.refused] == [(4, "shop/order/SO-2"), (4, "shop/payment/SO-2")]
    assert 'column "Freight" holds "an error such as #N/A": must hold a value' in report.refused[0].reason


def test_numbers_that_lost_digits_refuse_their_document(write: Write) -> None:
    """As the key of a document, and as any other column that the mapping uses; other columns do no harm."""
    long = 12345678901234567890
    rows = [[*row, long] for row in ROWS]
    rows += [[long, *ROWS[1][1:], ""], ["SO-4", ROWS[1][1], long, "TEA", 1, 10, 0, ""]]
    path = write(Sales=rows)
    report = import_paths(FakeLedger(path.parent), [path])
    assert report.new == 4
    told = {refusal.row: refusal.reason for refusal in report.refused}
    assert 'column "Order" holds "1.234567890123457e+19": is a number of more than 15 digits' in told[5]
    assert 'column "Customer"' in told[6]


def test_a_sheet_joined_to_another(write: Write) -> None:
    """Headers and lines are often two sheets of one workbook."""
    heads = [["No", "Date", "Customer"], ["SO-1", ROWS[1][1], "Lin"], ["SO-2", ROWS[2][1], "Ana"]]
    lines = [[row[0], *row[3:]] for row in ROWS]
    mapping = MAPPING.replace('"Date"', '"head.Date"').replace('"Customer"', '"head.Customer"')
    mapping = '[[join]]\nname = "head"\nsheet = "Heads"\non = ["Order"]\nkeys = ["No"]\n' + mapping
    made = documents(write(Lines=lines, Heads=heads, mapping=mapping))
    assert made == documents(write(Sales=ROWS))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ('[file]\nsheet = "Sale"\n', 'has no sheet "Sale"; there are Sales'),
        ("[file]\nsheet = 3\n", "has 1 sheets, the mapping wants number 3"),
    ],
)
def test_sheets_that_are_not_there(write: Write, mapping: str, message: str) -> None:
    """The sheets that are there are named."""
    with pytest.raises(BadFile, match=message):
        documents(write(Sales=ROWS, mapping=mapping + MAPPING))


def test_sheet_is_a_name_or_a_number(write: Write) -> None:
    """Anything else is a fault of the mapping."""
    with pytest.raises(BadMapping, match="sheet must be a name in quotes, or a number from 1"):
        documents(write(Sales=ROWS, mapping=f"[file]\nsheet = 0\n{MAPPING}"))


def test_hidden_sheets_are_not_the_first(write: Write, tmp_path: Path) -> None:
    """What a person does not see is not what they meant."""
    path = write(Sales=ROWS)
    with Workbook(path) as book:
        hidden, shown = book.add_worksheet("Hidden"), book.add_worksheet("Shown")
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
        shown.write_row(0, 0, ROWS[0])
        shown.write_row(1, 0, ["SO-9", "2026-01-02", "Bo", "TEA", 1, 10, 0])
    assert set(documents(path)) == {"order SO-9", "payment SO-9"}


def test_files_that_are_no_spreadsheets(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name, a broken file and one that would unpack to more than memory holds are refused before anything is posted."""
    path = write(Sales=ROWS)
    as_text = path.with_suffix(".csv")
    as_text.write_bytes(path.read_bytes())
    with pytest.raises(BadFile, match=r"is a spreadsheet or an archive; name it \.xlsx"):
        documents(as_text)
    monkeypatch.setattr("importers.sheets.SHEET_BYTES_MAX", 1000)
    with pytest.raises(BadFile, match="more than a spreadsheet may have"):
        documents(path)
    path.write_text("Order,Date\n", encoding="utf-8")
    with pytest.raises(BadFile, match="is no spreadsheet that can be read"):
        documents(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "no sheet")
    with pytest.raises(BadFile, match="is no spreadsheet that can be read"):
        documents(path)
