"""Tables: CSV that reads back, XLSX whose figures are numbers, and no cell that can become a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from ledger.reports.tabular import Table, table_of, to_csv, to_xlsx

STATEMENT = {
    "name": "income",
    "lines": [
        {"id": "sales", "label": "Sales", "amount": "10.00", "accounts": [{"account": "Income:Sales", "label": "S", "amount": "10.00"}]},
        {
            "id": "other",
            "label": "=1+1",
            "amount": "-3.50",
            "accounts": [
                {"account": "Expenses:A", "label": "A", "amount": "1.50"},
                {"account": "Expenses:B", "label": "B", "amount": "-5.00"},
            ],
        },
        {"id": "net", "label": "Net", "amount": "6.50", "accounts": []},
    ],
}

PROFIT = {
    "by": "sku",
    "items": [{"key": "007", "revenue": "1.00", "margin": None}, {"key": "+T", "revenue": "-2.00", "margin": "0.5000"}],
    "unallocated": {"revenue": "3.00", "margin": None},
    "total": {"revenue": "2.00", "margin": None},
    "next": None,
}


def cells(data: bytes) -> list[list[Any]]:
    return load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_a_statement_has_a_row_for_each_line_and_account() -> None:
    table = table_of(STATEMENT)
    assert table.title == "income" and table.columns == ("id", "label", "amount", "account")
    assert table.rows == (
        ("sales", "Sales", "10.00", "Income:Sales"),
        ("other", "=1+1", "-3.50", ""),
        ("other", "A", "1.50", "Expenses:A"),
        ("other", "B", "-5.00", "Expenses:B"),
        ("net", "Net", "6.50", ""),
    )


def test_a_list_has_a_row_for_each_item_and_its_sums() -> None:
    table = table_of(PROFIT)
    assert table.columns == ("key", "revenue", "margin")
    assert [row[0] for row in table.rows] == ["007", "+T", "unallocated", "total"]


def test_what_is_nested_is_written_flat() -> None:
    item = {
        "order": "O-1", "channel": None, "final": True, "lot": {"label": "P-1"},
        "pending": [{"what": "owed", "detail": "3 CUP"}, {"what": "accrued", "detail": "18.00"}],
        "lots": [{"label": "P-1", "value": "1.00"}],
    }  # fmt: skip
    table = table_of({"items": [item]}, "orders")
    assert (table.title, table.columns) == ("orders", ("order", "channel", "final", "lot_label", "pending", "lots"))
    assert table.rows == (("O-1", "", "true", "P-1", "3 CUP; 18.00", "label P-1, value 1.00"),)


def test_an_empty_list_is_an_empty_table() -> None:
    assert to_csv(table_of({"items": []})) == "\r\n"
    assert to_xlsx(table_of({"items": []})).startswith(b"PK")


def test_csv_is_rfc_4180_and_harmless() -> None:
    table = Table("t", ("key", "amount"), (('a"b,c', "-1.00"), ("=HYPERLINK(1)", "1.00"), ("two\nlines", "")))
    assert to_csv(table) == 'key,amount\r\n"a""b,c",-1.00\r\n\'=HYPERLINK(1),1.00\r\n"two\nlines",\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_csv_cell_starts_a_formula(start: str) -> None:
    text = to_csv(Table("t", ("key",), ((f"{start}cmd|' /C calc'!A0",),)))
    assert next(csv.reader(io.StringIO(text.split("\r\n", 1)[1], newline="")))[0].startswith(f"'{start}")


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=4))
def test_csv_reads_back_as_it_was_but_for_the_apostrophe(rows: list[list[str]]) -> None:
    text = to_csv(Table("t", ("key", "label"), tuple(tuple(row) for row in rows)))
    back = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    assert len(back) == len(rows)
    for given_row, read_row in zip(rows, back, strict=True):
        assert all(cell in (wanted, f"'{wanted}") for wanted, cell in zip(given_row, read_row, strict=True))


def test_xlsx_figures_are_numbers_and_names_are_text() -> None:
    rows = cells(to_xlsx(table_of(PROFIT)))
    assert rows[0] == ["key", "revenue", "margin"]
    assert rows[1][0] == "007" and rows[2][0] == "+T"
    assert [Decimal(str(row[1])) for row in rows[1:]] == [1, -2, 3, 2]


def test_xlsx_never_holds_a_formula_and_cuts_no_digits() -> None:
    table = Table("a/b:c'" * 9, ("key", "amount"), (("=1+1", "123456789012345.67"), ("http://x", "-12345678901.23")))
    data = to_xlsx(table)
    rows = cells(data)
    assert rows[1] == ["=1+1", "123456789012345.67"], "longer than a double holds: text"
    assert rows[2][0] == "http://x" and Decimal(str(rows[2][1])) == Decimal("-12345678901.23")
