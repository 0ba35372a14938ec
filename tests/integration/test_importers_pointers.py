"""Cells that point to the row where their value stands, and fields that are given only where all rows meet a condition."""

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
[file]
empty = ["included", "later"]

[[pointer]]
column = "Freight"
pattern = 'see (\\d+)'
to = "Id"

[group]
by = ["Delivery"]

[constants]
source = "goods"
date = "2026-02-01"

[[document]]
kind = "purchase"
number = { column = "Delivery" }
supplier = { constant = "S" }

[[document.lines]]
sku = { template = "SKU-{Id}" }
quantity = { constant = 1 }
amount = { column = "Value" }
weight_kg = { column = "Weight", when = { column = "Weight", pattern = '\\d+' } }

[[document]]
kind = "freight_bill"
when = { column = "Freight", empty = false }
whole = true
number = { column = "Delivery" }
carrier = { constant = "C" }

[[document.lines]]
once = true
amount = { column = "Freight" }
direction = { constant = "inbound" }
basis = { constant = "weight", when = { column = "Weight", pattern = '\\d+' }, default = "value" }
purchases = { document = "purchase" }
"""

HEADER = "Id,Delivery,Value,Weight,Freight\n"


def load(folder: Path, rows: str, *, mapping: str = MAPPING) -> tuple[ImportReport, dict[str, Any]]:
    """Import rows; return the report and the documents that went in, by kind and number."""
    (folder / "goods.csv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "goods.toml").write_text(mapping, encoding="utf-8")
    ledger = FakeLedger(folder / "books")
    report = import_paths(ledger, [folder / "goods.csv"])
    return report, {f"{kind} {number}": json.loads(text) for (_, kind, number), text in ledger.posted.items()}


def test_an_amount_counts_once_for_all_rows_that_point_to_it(tmp_path: Path) -> None:
    """Directly or by way of another row; before the row that carries it or after."""
    rows = "1,D-1,10,,see 2\n2,D-1,20,,see 3\n3,D-1,30,7,9.50\n4,D-2,40,5,1.25\n"
    report, documents = load(tmp_path, rows)
    assert (report.refused, report.files[0].remarks) == ([], [])
    assert documents["freight_bill D-1"]["lines"] == [
        {"amount": "9.50", "direction": "inbound", "basis": "value", "purchases": ["goods/D-1"]}
    ]
    assert documents["freight_bill D-2"]["lines"][0]["basis"] == "weight"
    totals = {total.field: total.exact for total in report.files[0].totals}
    assert totals["freight_bill.lines.amount"] == "10.75"


def test_a_field_for_all_rows_or_none(tmp_path: Path) -> None:
    """A weight of one line of many would be taken for all of them."""
    _, documents = load(tmp_path, "1,D-1,10,4,2\n2,D-1,20,unknown,see 1\n3,D-2,10,4,2\n4,D-2,20,6,see 3\n")
    assert "weight_kg" not in documents["purchase D-1"]["lines"][0]
    assert [line["weight_kg"] for line in documents["purchase D-2"]["lines"]] == ["4", "6"]


@pytest.mark.parametrize(
    ("rows", "remarks"),
    [
        ("1,D-1,10,,later\n2,D-1,20,,see 1\n", ['3: column "Freight" points to Id 1: row 2, which has none ("see 1")']),
        ("1,D-1,10,,see 9\n", ['2: column "Freight" points to Id 9: no row of the same document ("see 9")']),
        ("1,D-1,10,,3.00\n2,D-2,20,,see 1\n", ['3: column "Freight" points to Id 1: no row of the same document ("see 1")']),
        (
            "1,D-1,10,,see 2\n2,D-1,20,,see 1\n",
            [
                '2: column "Freight" points to Id 2: row 3, which has none ("see 2")',
                '3: column "Freight" points to Id 1: row 2, which has none ("see 1")',
            ],
        ),
    ],
)
def test_pointers_that_lead_to_no_amount_are_told(tmp_path: Path, rows: str, remarks: list[str]) -> None:
    """The goods are bought all the same; no amount is invented, none is taken from another document."""
    report, documents = load(tmp_path, rows)
    assert report.refused == []
    assert [str(remark).rpartition("goods.csv:")[2] for remark in report.files[0].remarks] == remarks
    assert "freight_bill D-2" not in documents
    assert ("freight_bill D-1" in documents) is ("3.00" in rows)


def test_a_document_for_all_rows_or_none(tmp_path: Path) -> None:
    """A bill for some lines of a delivery would be shared to all of its purchase."""
    report, documents = load(tmp_path, "1,D-1,10,,2.00\n2,D-1,20,,included\n3,D-2,5,,1.00\n")
    assert set(documents) == {"purchase D-1", "purchase D-2", "freight_bill D-2"}
    assert [(refusal.row, refusal.document) for refusal in report.refused] == [(3, "goods/freight_bill/D-1")]
    assert "does not meet the document's condition while other rows do" in report.refused[0].reason


def test_remarks_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report counts all of them and names the first."""
    monkeypatch.setattr("importers.report.REMARKS_KEPT", 2)
    report, _ = load(tmp_path, "".join(f"{i},D-{i},10,,see 0\n" for i in range(1, 6)))
    assert (len(report.files[0].remarks), report.files[0].remarks_total) == (2, 5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("see (\\d+)", "see \\d+", "pointer 1: needs column, to, and a pattern with one group"),
        ("see (\\d+)", "see (", "pointer 1: pattern is not a regular expression"),
        ('to = "Id"', "", "pointer 1: needs column, to"),
        ("pattern = '\\d+' } }\n\n", "pattern = '(' } }\n\n", "when 1: pattern is not a regular expression"),
        ("pattern = '\\d+' } }\n\n", "pattern = '1', empty = true } }\n\n", "when 1: must be {"),
        ('constant = "S" }', 'constant = "S", default = "T" }', "default is not known here"),
        ("whole = true", "whole = 'yes'", "whole must be true or false"),
    ],
)
def test_faults_of_the_mapping(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Each is named with its place."""
    assert old in MAPPING
    with pytest.raises(BadMapping, match=message):
        load(tmp_path, "", mapping=MAPPING.replace(old, new))
