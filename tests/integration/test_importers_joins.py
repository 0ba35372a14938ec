"""Two files joined by a key: order headers and lines, or a list that lends what the table lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers.errors import BadFile, BadMapping
from importers.report import ImportReport
from importers.run import import_paths
from tests.integration.test_importers_ledger import FakeLedger

MAPPING = """
[match]
name = "lines-*.csv"

[file]
when = { column = "head.Status", is_not = ["void"] }

[[join]]
name = "head"
file = "heads-*.csv"
delimiter = ";"
on = ["Order"]
keys = ["No"]

[group]
by = ["Order"]

[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "Order" }
date = { column = "head.Date" }
customer = { column = "head.Customer" }
shipping = { amount = { column = "head.Freight" } }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Qty" }
amount = { multiply = ["Qty", "Price"] }
tax = { column = "head.Tax", shared_by = "Qty" }
"""

LINES = "Order,SKU,Qty,Price\nSO-1,TEA,2,1.005\nSO-1,CUP,1,1.005\nSO-2,TEA,3,2\nSO-3,TEA,1,9\n"
HEADS = "No;Date;Customer;Freight;Tax;Status\nSO-1;2026-01-02;Lin;4.90;0.05;paid\nSO-2;2026-01-01;Ana;;;paid\nSO-3;2026-01-03;Bo;0;0;void\n"


def load(folder: Path, *, lines: str = LINES, heads: str | None = HEADS, mapping: str = MAPPING) -> tuple[ImportReport, dict[str, Any]]:
    """Import lines of March with their headers, all in one folder; return the report and the orders that went in."""
    for name, text in {"lines-03.csv": lines, "heads-03.csv": heads, "lines-03.toml": mapping}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    ledger = FakeLedger(folder / "books")
    report = import_paths(ledger, [folder])
    return report, {number: json.loads(text) for (_, _, number), text in ledger.posted.items()}


def test_lines_take_what_their_header_says(tmp_path: Path) -> None:
    """A header's amounts count once, or are shared to its lines; conditions see its columns; it is no table of its own."""
    report, orders = load(tmp_path)
    assert set(orders) == {"SO-1", "SO-2"}
    assert orders["SO-1"]["customer"] == "Lin"
    assert orders["SO-1"]["shipping"] == {"amount": "4.90"}
    assert [(line["amount"], line["tax"]) for line in orders["SO-1"]["lines"]] == [("2.01", "0.03"), ("1.01", "0.02")]
    assert "tax" not in orders["SO-2"]["lines"][0]
    lines, heads = report.files
    assert (lines.rows, lines.rows_left_out, heads.rows) == (4, 1, 3)
    assert (Path(heads.file).name, heads.joined_by) == ("heads-03.csv", "lines-03.csv")
    totals = {total.field: (total.columns, total.exact, total.booked) for total in lines.totals}
    assert totals["order.lines.amount"] == ("Qty x Price", "9.015", "9.02")
    assert totals["order.lines.tax"] == ("head.Tax", "0.05", "0.05")
    assert totals["order.shipping.amount"] == ("head.Freight", "4.90", "4.90")


def test_the_star_stands_for_the_same_in_both_names(tmp_path: Path) -> None:
    """Lines of April never take headers of March."""
    load(tmp_path)
    (tmp_path / "lines-04.csv").write_text(LINES.replace("SO-", "A-"), encoding="utf-8")
    (tmp_path / "lines-04.toml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(BadFile, match=r"lines-04\.csv: is read together with heads-04\.csv beside it; it is not there"):
        import_paths(FakeLedger(tmp_path), [tmp_path])


def test_headers_alone_are_nothing_to_import(tmp_path: Path) -> None:
    """Neither by themselves, nor with the mapping of the lines; both together are the lines."""
    load(tmp_path)
    with pytest.raises(BadMapping, match="no mapping says how to read it"):
        import_paths(FakeLedger(tmp_path), [tmp_path / "heads-03.csv"])
    both = [tmp_path / "heads-03.csv", tmp_path / "lines-03.csv"]
    assert import_paths(FakeLedger(tmp_path), both, mapping=tmp_path / "lines-03.toml").new == 2
    (tmp_path / "own.toml").write_text(MAPPING.replace('"lines-*.csv"', '"*.csv"').replace("heads-*", "heads-03"), encoding="utf-8")
    with pytest.raises(BadFile, match="is only joined to another table"):
        import_paths(FakeLedger(tmp_path), both[:1], mapping=tmp_path / "own.toml")


@pytest.mark.parametrize(
    ("old", "new", "row", "reason"),
    [
        ("SO-1;2026-01-02;Lin;4.90;0.05;paid\n", "", 2, 'column "Order" holds "SO-1": no row of heads-03.csv has this key'),
        ("SO-3;2026-01-03", "SO-1;2026-01-03", 2, "rows 2 and 4 of heads-03.csv both have this key"),
        ("SO-1;2026-01-02;Lin", "SO-1;2026-01-02;Lin;Co", 2, "no row of heads-03.csv has this key"),
        ("SO-1;2026-01-02", "SO-1;soon", 2, 'column "head.Date" holds "soon"'),
        ("4.90;0.05", "4,90;0.05", 2, 'column "head.Freight" holds "4,90"'),
    ],
)
def test_headers_that_are_missing_or_wrong(tmp_path: Path, old: str, new: str, row: int, reason: str) -> None:
    """The order is refused, the others go in; a header that cannot be read is remarked on where it stands."""
    report, orders = load(tmp_path, heads=HEADS.replace(old, new))
    refused = {refusal.document: refusal for refusal in report.refused}["shop/order/SO-1"]
    assert refused.row == row
    assert reason in refused.reason
    assert "SO-2" in orders
    if "Co" in new:
        assert [(remark.row, remark.detail[:11]) for remark in report.files[1].remarks] == [(2, "has 7 cells")]


def test_headers_without_lines_are_remarked_on(tmp_path: Path) -> None:
    """They are not refused: nothing says that they should be documents."""
    report, _ = load(tmp_path, lines=LINES.replace("SO-2,TEA,3,2\n", ""))
    assert report.refused == []
    assert str(report.files[1].remarks[0]).endswith("heads-03.csv:3: no row of the table has the key of this row; there are 1 such rows")
    assert report.to_json()["files"][1]["remarks_total"] == 1


def test_joins_beside_the_group(tmp_path: Path) -> None:
    """A second join lends what a price list knows of each article."""
    (tmp_path / "articles.txt").write_text("SKU,Rate\nTEA,0.07\nCUP,0.19\nUNUSED,0\n", encoding="utf-8")
    second = '[[join]]\nname = "article"\nfile = "articles.txt"\ndelimiter = ","\non = ["SKU"]\n\n[group]'
    mapping = MAPPING.replace("[group]", second).replace(
        'tax = { column = "head.Tax", shared_by = "Qty" }', 'tax_rate = { column = "article.Rate" }'
    )
    for name, text in {"lines-03.csv": LINES, "heads-03.csv": HEADS, "m.toml": mapping}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ledger = FakeLedger(tmp_path / "books")
    report = import_paths(ledger, [tmp_path / "lines-03.csv"], mapping=tmp_path / "m.toml")
    order = next(json.loads(text) for (_, _, number), text in ledger.posted.items() if number == "SO-1")
    assert [line["tax_rate"] for line in order["lines"]] == ["0.07", "0.19"]
    assert [file.rows for file in report.files] == [4, 3, 3]


def test_joined_columns_by_number(tmp_path: Path) -> None:
    """A joined file without a header has its columns by number too."""
    mapping = MAPPING.replace('delimiter = ";"', 'delimiter = ";"\nheader = false').replace('keys = ["No"]', "keys = [1]")
    for name, number in {"Date": 2, "Customer": 3, "Freight": 4, "Tax": 5, "Status": 6}.items():
        mapping = mapping.replace(f"head.{name}", f"head.{number}")
    report, orders = load(tmp_path, heads=HEADS.partition("\n")[2], mapping=mapping)
    assert (report.refused, set(orders)) == ([], {"SO-1", "SO-2"})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "head"', "", "join 1: needs a name without a point"),
        ('name = "head"', 'name = "the.head"', "join 1: needs a name without a point"),
        ('file = "heads-*.csv"', "", "join 1: needs file"),
        ('file = "heads-*.csv"', 'file = "../heads.csv"', "file must be a name without a folder"),
        ('on = ["Order"]', "", "join 1: needs on"),
        ('keys = ["No"]', 'keys = ["No", "Date"]', "join 1: needs on"),
        ('keys = ["No"]', 'key = ["No"]', "key is not known here; do you mean keys?"),
        ("multiply = [", "multiply = 'Qty' #", "multiply must list the columns to multiply"),
        ('shared_by = "Qty"', 'shared_by = ["Qty", "Price"]', "shared_by must name one column"),
    ],
)
def test_faults_of_the_mapping(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Each is named with its place."""
    mapping = MAPPING.replace(old, new)
    if "multiply" in new:
        mapping = MAPPING.replace('multiply = ["Qty", "Price"]', 'multiply = ["Qty"]')
    with pytest.raises(BadMapping, match=message):
        load(tmp_path, mapping=mapping)


def test_amounts_that_cannot_be_shared_or_multiplied(tmp_path: Path) -> None:
    """A base that sums to zero, products beyond all decimals."""
    report, _ = load(tmp_path, lines=LINES.replace("SO-1,TEA,2", "SO-1,TEA,0").replace("SO-1,CUP,1", "SO-1,CUP,0"))
    assert 'column "Qty": cannot be shared by: it is negative or sums to zero' in report.refused[0].reason
    fine = f"0.{'1' * 18}"
    report, _ = load(tmp_path, lines=LINES.replace("TEA,3,2", f"TEA,{fine},{fine}"))
    assert f'column "Qty" holds "{fine}": times "Price" has more than 20 decimals' in report.refused[0].reason
