"""Rows that look for an earlier one, groups parted further, conditions on whole groups, rows that no document takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers.errors import BadMapping
from importers.report import ImportReport
from importers.run import import_paths
from tests.integration.test_importers_ledger import FakeLedger

MAPPING = """
[[trace]]
name = "sale"
when = { column = "No", pattern = 'C.*' }
to = { column = "No", pattern = 'S.*' }
on = ["Customer", "SKU"]
quantity = "Qty"

[group]
by = ["No"]
apart = ["sale.No"]

[constants]
source = "shop"

[[document]]
kind = "order"
when = { column = "No", pattern = 'S.*' }
some = { column = "Price", is_not = ["0"] }
number = { column = "No" }
date = { column = "Date" }
customer = { column = "Customer" }

[[document.lines]]
when = { column = "SKU", is_not = ["NOTE"] }
sku = { column = "SKU" }
quantity = { column = "Qty" }
amount = { multiply = ["Qty", "Price"] }

[[document]]
kind = "return"
when = { column = "sale.No", empty = false }
number = { template = "{No}-{sale.No}" }
date = { column = "Date" }
order = { template = "shop/{sale.No}" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Qty", negate = true }

[[document]]
kind = "stock_adjustment"
when = { column = "No", pattern = 'S.*' }
none = { column = "Price", is_not = ["0"] }
number = { column = "No" }
date = { column = "Date" }
reason = { constant = "counted" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Qty" }
"""

HEADER = "No,Date,Customer,SKU,Qty,Price\n"


def load(folder: Path, rows: str, mapping: str = MAPPING) -> tuple[ImportReport, list[dict[str, Any]]]:
    """Import one table; return the report and the documents that went in."""
    (folder / "shop.csv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "shop.toml").write_text(mapping, encoding="utf-8")
    ledger = FakeLedger(folder / "books")
    report = import_paths(ledger, [folder / "shop.csv"])
    return report, [json.loads(text) for text in ledger.posted.values()]


def returned(documents: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the lines of the returns by their number."""
    return {
        document["number"]: {line["sku"]: line["quantity"] for line in document["lines"]}
        for document in documents
        if document["kind"] == "return"
    }


def test_the_latest_row_above_with_enough_left_is_found(tmp_path: Path) -> None:
    """SO-2 is later, but has one unit left after the first return; what stands below is not found."""
    rows = (
        "S1,2026-01-01,Lin,TEA,5,2\nS2,2026-01-02,Lin,TEA,3,2\nC1,2026-01-03,Lin,TEA,-2,2\nC2,2026-01-03,Lin,TEA,-2,2\n"
        "C3,2026-01-03,Ana,TEA,-1,2\nS3,2026-01-04,Ana,TEA,1,2\n"
    )
    report, documents = load(tmp_path, rows)
    assert returned(documents) == {"C1-S2": {"TEA": "2"}, "C2-S1": {"TEA": "2"}}
    assert report.refused == []
    file = report.files[0]
    assert file.rows_without_document == 1
    assert [str(remark).partition("shop.csv:")[2] for remark in file.remarks] == [
        "6: no row above is the sale of this row; there are 1 such rows",
        "6: no document of the mapping takes this row; there are 1 such rows",
    ]


def test_a_group_is_parted_by_what_its_rows_lead_to(tmp_path: Path) -> None:
    """One credit note over two orders makes two returns; an empty cell in what must be the same leads nowhere."""
    rows = (
        "S1,2026-01-01,Lin,TEA,5,2\nS1,2026-01-01,Lin,CUP,1,3\nS2,2026-01-02,Lin,POT,1,9\nS3,2026-01-02,Bo,POT,1,9\n"
        "C1,2026-01-03,Lin,POT,-1,9\nC1,2026-01-03,Lin,TEA,-1,2\nC1,2026-01-03,Lin,CUP,-1,3\nC1,2026-01-03,,POT,-1,9\n"
    )
    report, documents = load(tmp_path, rows)
    assert returned(documents) == {"C1-S2": {"POT": "1"}, "C1-S1": {"TEA": "1", "CUP": "1"}}
    assert report.files[0].rows_without_document == 1


def test_conditions_on_a_whole_group(tmp_path: Path) -> None:
    """A free line beside a priced one is the order's; a group of nothing but free ones is the other document."""
    rows = "S1,2026-01-01,Lin,TEA,5,2\nS1,2026-01-01,Lin,CUP,1,0\nS2,2026-01-02,Lin,POT,-2,0\n"
    report, documents = load(tmp_path, rows)
    assert [(document["kind"], len(document["lines"])) for document in documents] == [("order", 2), ("stock_adjustment", 1)]
    assert report.refused == []


def test_a_line_that_no_document_takes_is_counted(tmp_path: Path) -> None:
    """The order goes in without it, and the report says so."""
    report, documents = load(tmp_path, "S1,2026-01-01,Lin,TEA,5,2\nS1,2026-01-01,Lin,NOTE,1,2\n")
    assert [len(document["lines"]) for document in documents] == [1]
    file = report.files[0]
    assert (file.rows, file.rows_left_out, file.rows_without_document) == (2, 0, 1)
    assert [remark.row for remark in file.remarks] == [3]


def test_a_row_with_misplaced_cells_refuses_all_parts_of_its_group(tmp_path: Path) -> None:
    """Which part the row belongs to cannot be known."""
    rows = "S1,2026-01-01,Lin,TEA,5,2\nS2,2026-01-01,Lin,CUP,5,2\nC1,2026-01-03,Lin,TEA,-1,2\nC1,2026-01-03,Lin,CUP,-1,2\nC1,2026,Lin\n"
    report, documents = load(tmp_path, rows)
    assert [document["number"] for document in documents] == ["S1", "S2"]
    assert [refusal.document for refusal in report.refused] == ["shop/return/C1-S1", "shop/return/C1-S2"]


def test_a_quantity_that_is_none_refuses_its_document(tmp_path: Path) -> None:
    """The trace needs it, and says where it stands."""
    report, _ = load(tmp_path, "S1,2026-01-01,Lin,TEA,many,2\n")
    assert 'column "Qty" holds "many"' in str(report.refused[0])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "sale"', 'name = "the.sale"', "a name without a point"),
        ("to = { column = \"No\", pattern = 'S.*' }", "", "the rows that can be found"),
        ('on = ["Customer", "SKU"]', "on = []", "in which both rows are the same"),
        ('by = ["No"]', "", "say by what they are grouped first"),
        ("[group]", '[[trace]]\nname = "sale"\nwhen = {column = "No", empty = true}\nto = {column = "No", empty = true}\n'
         'on = ["No"]\nquantity = "Qty"\n[group]', "another join or trace has it"),
    ],
)  # fmt: skip
def test_a_mapping_with_a_fault_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Each fault names its place."""
    assert old in MAPPING
    with pytest.raises(BadMapping, match=told):
        load(tmp_path, "S1,2026-01-01,Lin,TEA,5,2\n", MAPPING.replace(old, new, 1))
