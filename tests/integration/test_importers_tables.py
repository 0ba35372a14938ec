"""Tables with faults: a bad row refuses its own document, says where and why, and lets the others in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers.errors import BadFile
from importers.report import ImportReport
from importers.run import import_paths
from tests.integration.test_importers_ledger import FakeLedger

MAPPING = """
[group]
by = ["Order"]

[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "Order" }
date = { column = "Date" }
customer = { column = "Customer" }
shipping = { amount = { column = "Freight", sum = true } }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Qty" }
amount = { column = "Amount" }

[[document]]
kind = "payment"
number = { column = "Order" }
date = { column = "Date" }
order = { document = "order" }
amount = { add = ["Amount", "Freight"], sum = true }
account = { constant = "bank" }
"""

HEADER = "Order,Date,Customer,SKU,Qty,Amount,Freight\n"

GOOD = """\
SO-1,2026-01-02,Lin,TEA,1,10.00,1.00
SO-2,2026-01-01,Ana,TEA,2,20.00,0
SO-2,2026-01-01,Ana,CUP,1,5.5,0.5
SO-3,2026-01-03,Bo,TEA,1,10.00,
"""


def load(folder: Path, rows: str | bytes, *, header: str = HEADER, mapping: str = MAPPING) -> tuple[ImportReport, dict[str, Any]]:
    """Import a table; return the report and the documents that went in, by kind and number."""
    table = folder / "sales.csv"
    table.write_bytes(rows if isinstance(rows, bytes) else (header + rows).encode())
    table.with_suffix(".toml").write_text(mapping, encoding="utf-8")
    ledger = FakeLedger(folder)
    report = import_paths(ledger, [table])
    return report, {f"{kind} {number}": json.loads(text) for (_, kind, number), text in ledger.posted.items()}


def test_good_rows_go_in(tmp_path: Path) -> None:
    """Rows of one order become its lines; an empty amount leaves the field out."""
    report, documents = load(tmp_path, GOOD)
    assert (report.new, report.documents, report.refused) == (6, 6, [])
    assert list(documents) == ["order SO-2", "payment SO-2", "order SO-1", "payment SO-1", "order SO-3", "payment SO-3"]
    assert documents["order SO-2"]["shipping"] == {"amount": "0.50"}
    assert [line["amount"] for line in documents["order SO-2"]["lines"]] == ["20.00", "5.50"]
    assert documents["payment SO-2"]["amount"] == "26.00"
    assert "shipping" not in documents["order SO-3"]


@pytest.mark.parametrize(
    ("old", "new", "row", "reason"),
    [
        ("CUP,1,5.5", "CUP,1,5,5", 4, "has 8 cells where the header has 7"),
        ("CUP,1,5.5,0.5", "CUP,1", 4, "has 5 cells where the header has 7"),
        ("CUP,1,5.5", "CUP,1,five", 4, 'column "Amount" holds "five": must be a number such as 1234.50'),
        ("CUP,1,5.5", 'CUP,1,"5,50"', 4, 'column "Amount" holds "5,50": must be a number'),
        ("CUP,1,5.5", "CUP,1,-5.5", 4, 'column "Amount" holds "-5.5": amount must not be negative'),
        ("CUP,1,5.5", "CUP,0,5.5", 4, 'column "Qty" holds "0": quantity must be greater than zero'),
        ("CUP,1,5.5", "CUP,0.1234567,5.5", 4, 'column "Qty" holds "0.1234567": must have at most 6 decimals'),
        ("CUP,1,5.5", "CUP,,5.5", 4, 'column "Qty" is empty: quantity is required'),
        ("Ana,CUP", "Anna,CUP", 4, 'column "Customer" holds "Anna": differs from row 3'),
        ("2026-01-01,Ana,CUP", "2026-01-32,Ana,CUP", 4, 'column "Date" holds "2026-01-32": must be a date such as'),
        ("Ana,CUP", '"Ana"B,CUP', 4, "text follows a closing quote"),
    ],
)
def test_bad_row_refuses_its_order_only(tmp_path: Path, old: str, new: str, row: int, reason: str) -> None:
    """Row, column, value and remedy are told; the order's payment goes with it; the other orders are in."""
    report, documents = load(tmp_path, GOOD.replace(old, new))
    first = next(refusal for refusal in report.refused if refusal.document in ("shop/order/SO-2", None))
    assert (first.row, first.file) == (row, str(tmp_path / "sales.csv"))
    assert reason in first.reason
    # Which document a row without cells belongs to nobody knows: both neighbours stay out.
    neighbours = {"order SO-3", "payment SO-3"} if "closing quote" in reason else set()
    assert set(documents) == {"order SO-1", "payment SO-1", "order SO-3", "payment SO-3"} - neighbours
    assert {refusal.document for refusal in report.refused} >= {"shop/payment/SO-2"}


def test_row_moved_by_a_stray_delimiter_finds_its_order(tmp_path: Path) -> None:
    """With a cell too many before the key, the key stands one further: the order must not go in without this line."""
    mapping = MAPPING.replace('by = ["Order"]', 'by = ["SKU"]').replace('{ column = "Order" }', '{ column = "SKU" }')
    rows = GOOD.replace("Ana,CUP", "Ana, junior,TEA").replace("SO-2,2026-01-01,Ana,TEA", "SO-2,2026-01-01,Ana,CUP")
    report, documents = load(tmp_path, rows, mapping=mapping)
    assert set(documents) == {"order CUP", "payment CUP"}
    assert {refusal.document for refusal in report.refused} == {"shop/order/TEA", "shop/payment/TEA"}


def test_file_cut_in_its_last_row_refuses_the_order_before(tmp_path: Path) -> None:
    """A transfer that broke off in the key may have taken a line from the last order."""
    report, documents = load(tmp_path, GOOD + "SO")
    assert "order SO-3" not in documents
    assert len(documents) == 4
    assert [(refusal.document, refusal.row) for refusal in report.refused] == [
        ("shop/order/SO-3", 6),
        ("shop/payment/SO-3", 6),
    ]


def test_quote_that_never_closes(tmp_path: Path) -> None:
    """The rows that it swallows are named; what stands before it goes in."""
    report, documents = load(tmp_path, GOOD.replace("SO-3,2026-01-03,Bo", 'SO-3,2026-01-03,"Bo'))
    assert set(documents) == {"order SO-1", "payment SO-1"}
    assert "a quote opens and never closes: rows 5 to 5 are not read" in report.refused[0].reason


def test_row_without_a_key(tmp_path: Path) -> None:
    """A row that names no document is refused by itself."""
    report, documents = load(tmp_path, GOOD + ",2026-01-04,Cy,TEA,1,1.00,0\n")
    assert len(documents) == 6
    assert [str(refusal) for refusal in report.refused] == [
        f'{tmp_path / "sales.csv"}:6: column "Order" is empty: must say which document the row belongs to'
    ]


def test_rows_need_not_be_neighbours(tmp_path: Path) -> None:
    """The lines of an order may stand anywhere in the file."""
    lines = GOOD.splitlines(keepends=True)
    _, documents = load(tmp_path, "".join([lines[1], lines[0], lines[3], lines[2]]))
    assert [line["sku"] for line in documents["order SO-2"]["lines"]] == ["TEA", "CUP"]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """Blank lines, a preamble and line breaks inside quotes do not shift the row that is named."""
    rows = "made by shop\n\n" + HEADER + '\n"SO-1\n",2026-01-02,Lin,TEA,1,10.00,1.00\n,,,,,,\n'
    report, _ = load(tmp_path, rows + "SO-2,never,Ana,TEA,2,20.00,0\n", header="")
    assert [refusal.row for refusal in report.refused if refusal.document == "shop/order/SO-2"] == [8]
    assert report.new == 2


def test_many_faults_of_a_document_are_told_together(tmp_path: Path) -> None:
    """One refusal a document, with every fault found in it."""
    report, _ = load(tmp_path, "SO-1,soon,Lin,TEA,many,10.00,1.00\nSO-1,soon,Lin,TEA,1,ten,1.00\n")
    order = next(refusal for refusal in report.refused if refusal.document == "shop/order/SO-1")
    assert order.row == 2
    assert 'column "Date" holds "soon"' in order.reason
    assert 'column "Qty" holds "many"' in order.reason
    assert 'row 3, column "Amount" holds "ten"' in order.reason


def test_values_in_messages_are_bounded_and_printable(tmp_path: Path) -> None:
    """A message never carries a whole file or a control character."""
    report, _ = load(tmp_path, f"SO-1,2026-01-02,Lin,TEA,1,\x1b[31m{'9' * 5000},0\n")
    assert "\x1b" not in str(report.refused[0])
    assert len(report.refused[0].reason) < 300


def test_control_totals(tmp_path: Path) -> None:
    """Totals say what the file has and what the documents carry; refused documents count in neither."""
    report, _ = load(tmp_path, GOOD + "SO-4,2026-01-04,Cy,TEA,1,1.005,0\nSO-5,never,Cy,TEA,1,7.00,0\n")
    file = report.files[0]
    assert (file.rows, file.documents) == (6, {"order": 4, "payment": 4})
    totals = {total.field: (total.currency, total.exact, total.booked) for total in file.totals}
    assert totals["order.lines.quantity"] == (None, "6", "6")
    assert totals["order.lines.amount"] == ("USD", "46.505", "46.51")
    assert totals["order.shipping.amount"] == ("USD", "1.50", "1.50")
    assert json.dumps(report.to_json())


@pytest.mark.parametrize(
    ("encoding", "hint", "name"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "", "utf-8-sig"),
        ("utf-16", "", "utf-16"),
        ("gb18030", "", "gb18030"),
        ("cp1252", '[file]\nencoding = "cp1252"\n', "cp1252"),
        ("utf-8", '[file]\nencoding = "cp1252"\n', "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, hint: str, name: str) -> None:
    """Byte order mark, strict UTF-8, the mapping's hint, GB18030, in this order; the report says which it was."""
    customer = "Müller" if encoding == "cp1252" else "林记茶行"
    rows = (HEADER + GOOD.replace("Lin", customer)).encode(encoding)
    report, documents = load(tmp_path, rows, mapping=hint + MAPPING)
    assert documents["order SO-1"]["customer"] == customer
    assert report.files[0].encoding == name


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b"", "holds no rows"),
        (HEADER.replace("Freight", "Fracht").encode(), 'the header lacks "Freight"'),
        (HEADER.replace("Amount", "Amounts").encode(), 'the header lacks "Amount"; there is Amounts'),
        (HEADER.replace(",", ";").encode(), "is the delimiter right"),
        (HEADER.replace("SKU", "Order").encode(), 'the header lacks "SKU"'),
        ((HEADER.strip() + ",Amount\n").encode(), '"Amount" heads several columns'),
        (b"\xef\xbb\xbfOrder\xff", "is not text in utf-8-sig"),
        (b"Order\x81", "byte 0x81 at line 1"),
        (b"PK\x03\x04...", "is a spreadsheet or an archive"),
    ],
)
def test_unreadable_files_stop_the_import(tmp_path: Path, rows: bytes, message: str) -> None:
    """What concerns the whole file is said once, before anything is posted."""
    with pytest.raises(BadFile, match=message):
        load(tmp_path, rows)


EXTRAS = """
[file]
header = false
strip = '`="'
empty = ["--"]
skip = ["#"]
when = [{ column = 1, is_not = ["void"] }, { column = 2, empty = false }]

[[document]]
kind = "order"
source = { constant = "shop" }
number = { column = 2 }
date = { column = 3 }
at = { column = 12, format = "%Y-%m-%d %H:%M", zone = "+08:00" }
customer = { column = 4, default = "walk-in" }
channel = { column = 5, map = { "T" = "tmall", "J" = "jd" } }
prices_include_tax = { column = 6, true = ["Y"], false = ["N"] }

[[document.lines]]
sku = { template = "SKU-{7}" }
quantity = { column = 8, negate = true }
amount = { add = [9], subtract = [10], round = "each" }

[[document.lines]]
once = true
when = { column = 11, empty = false }
sku = { constant = "postage" }
quantity = { constant = 1 }
amount = { column = 11 }
type = { constant = "service" }
"""


def test_expressions_of_every_sort(tmp_path: Path) -> None:
    """Numbers for columns, stripped cells, translations, templates, flags, defaults, extra lines, rows left out."""
    rows = (
        "# remark\n"
        'ok,="0017",2026-01-02,Lin,T,Y,7,-2,10.005,1.005,3.50,2026-01-02 09:30\n'
        "ok,`18,2026-01-02,--,J,N,8,-1,5\n"
        "void,19,2026-01-02,Lin,T,Y,7,-2,10,1,3.50\n"
        "ok,20,2026-01-02,Lin,X,Y,7,-2,10,1,\n"
    )
    report, documents = load(tmp_path, rows, header="", mapping=EXTRAS)
    assert documents["order 0017"] == {
        "kind": "order",
        "source": "shop",
        "number": "0017",
        "date": "2026-01-02",
        "at": "2026-01-02T09:30:00+08:00",
        "customer": "Lin",
        "channel": "tmall",
        "prices_include_tax": True,
        "lines": [
            {"sku": "SKU-7", "quantity": "2", "amount": "9.00"},
            {"sku": "postage", "quantity": "1", "amount": "3.50", "type": "service"},
        ],
    }
    assert documents["order 18"]["customer"] == "walk-in"
    assert len(documents["order 18"]["lines"]) == 1
    assert [refusal.reason for refusal in report.refused] == [
        'column number 5 holds "X": is none of the texts that the mapping knows: "T", "J"'
    ]
    assert (report.files[0].rows, report.files[0].rows_left_out) == (5, 2)


def test_currency_by_document(tmp_path: Path) -> None:
    """Each document is rounded to its own currency's minor unit, and control totals keep currencies apart."""
    mapping = MAPPING.replace(
        'customer = { column = "Customer" }',
        'customer = { column = "Customer" }\ncurrency = { column = "Money" }\nrate = { column = "Rate" }',
    )
    rows = "SO-1,2026-01-02,Lin,TEA,1,1000.5,0,JPY,0.0067\nSO-2,2026-01-02,Lin,TEA,1,1000.5,0,KWD,3.25\n"
    _, documents = load(tmp_path, rows, header=HEADER.strip() + ",Money,Rate\n", mapping=mapping)
    assert documents["order SO-1"]["lines"][0]["amount"] == "1001"
    assert documents["order SO-2"]["lines"][0]["amount"] == "1000.500"


BILL = """
[file]
date = "%Y%m%d"

[group]
by = ["Bill", "Carrier"]

[[document]]
kind = "freight_bill"
source = { constant = "carriers" }
number = { template = "{Bill}-{Carrier}" }
date = { column = "Date", first = true }
carrier = { column = "Carrier" }
memo = { template = "account {Account}" }
attributes = { region = { column = "Region" } }

[[document.lines]]
once = true
when = { column = "Direction", is = ["out"] }
amount = { column = "Net", sum = true, round = "each" }
direction = { constant = "outbound" }
orders = { column = "Orders", split = ";" }

[[document.lines]]
when = [{ column = "Direction", is_not = ["out"] }, { column = "Net", is_not = ["0"] }]
amount = { column = "Net" }
tax_rate = { column = "VAT", percent = true, round = "refuse" }
direction = { column = "Direction", map = { in = "inbound", back = "return" } }
shipments = { column = "Orders" }
"""

BILL_HEADER = "Bill,Carrier,Date,Account,Region,Direction,Net,VAT,Orders\n"


def test_lines_for_some_rows_and_for_all_of_them(tmp_path: Path) -> None:
    """One line names every order of its rows once; rows of another sort make lines of their own; keys may be composed."""
    rows = (
        "7,DHL,20260331,A1,north,out,1.005,,SO-1; SO-2\n"
        "7,DHL,20260401,A1,,out,1.005,,SO-2\n"
        "7,DHL,20260331,A1,north,back,2.00,19%,S-9\n"
        "7,UPS,20260331,,,out,3,,SO-4\n"
    )
    report, documents = load(tmp_path, rows, header=BILL_HEADER, mapping=BILL)
    assert report.refused == []
    assert documents["freight_bill 7-DHL"] == {
        "kind": "freight_bill",
        "source": "carriers",
        "number": "7-DHL",
        "date": "2026-03-31",
        "carrier": "DHL",
        "memo": "account A1",
        "attributes": {"region": "north"},
        "lines": [
            {"amount": "2.02", "direction": "outbound", "orders": ["SO-1", "SO-2"]},
            {"amount": "2.00", "tax_rate": "0.19", "direction": "return", "shipments": ["S-9"]},
        ],
    }
    assert "memo" not in documents["freight_bill 7-UPS"]


def test_lines_that_name_nothing_or_too_much(tmp_path: Path) -> None:
    """A line without its target, a rate that is none, rows that are all left out: each refuses its bill."""
    rows = (
        "1,DHL,20260331,A1,north,out,1,,\n"
        "2,DHL,20260331,A1,north,back,2.00,119%,S-9\n"
        "3,DHL,20260331,A1,north,in,0,,S-9\n"
        ",DHL,20260331,A1,north,out,1,,SO-1\n"
        "4,DHL,20260331,A1,north,sideways,1,,SO-1\n"
        "5,DHL,20260331,A1,north,back,1,0.0000001%,S-1\n"
    )
    report, documents = load(tmp_path, rows, header=BILL_HEADER, mapping=BILL)
    assert documents == {}
    told = {refusal.row: refusal.reason for refusal in report.refused}
    assert "give exactly one of orders, shipments, tracking, purchases, shares" in told[2]
    assert 'column "VAT" holds "119%": tax_rate must be a share' in told[3]
    assert "lines must be a list with at least one item" in told[4]
    assert 'column "Bill" is empty' in told[5]
    assert 'column "Direction" holds "sideways": is none of the texts that the mapping knows: "in", "back"' in told[6]
    assert 'column "VAT" holds "0.0000001%": must have at most 6 decimals' in told[7]


def test_money_that_may_not_be_finer(tmp_path: Path) -> None:
    """`round = "refuse"` takes the file at its word; `first` takes the first amount, without it rows must agree."""
    mapping = MAPPING.replace('amount = { column = "Amount" }', 'amount = { column = "Amount", round = "refuse" }')
    mapping = mapping.replace('{ column = "Freight", sum = true }', '{ column = "Freight", first = true }')
    mapping = mapping.replace('add = ["Amount", "Freight"], sum = true', 'add = ["Amount"]')
    report, documents = load(tmp_path, GOOD.replace("10.00", "10.001", 1), mapping=mapping)
    told = {refusal.document: refusal.reason for refusal in report.refused}
    assert 'column "Amount" holds "10.001": must have at most 2 decimals' in told["shop/order/SO-1"]
    assert 'column "Amount" holds "5.5": differs from row 3' in told["shop/payment/SO-2"]
    assert documents["order SO-2"]["shipping"] == {"amount": "0.00"}


def test_rows_that_disagree_on_the_currency(tmp_path: Path) -> None:
    """The fault is told once, as the field's own."""
    mapping = MAPPING.replace("customer = {", 'currency = { column = "Money" }\nrate = { constant = "1" }\ncustomer = {')
    rows = "SO-1,2026-01-02,Lin,TEA,1,10,0,EUR\nSO-1,2026-01-02,Lin,CUP,1,10,0,JPY\n"
    report, _ = load(tmp_path, rows, header=HEADER.strip() + ",Money\n", mapping=mapping)
    told = {refusal.document: refusal.reason for refusal in report.refused}
    assert told["shop/order/SO-1"].count("differs from row 2") == 1
    assert told["shop/payment/SO-1"] == "the order of the same rows is refused"


def test_a_row_that_may_belong_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many documents come into question, the neighbours stay out too."""
    monkeypatch.setattr("importers.misplaced.KEYS_TRIED_MAX", 2)
    mapping = MAPPING.replace('by = ["Order"]', 'by = ["Order", "Date"]')
    report, documents = load(tmp_path, GOOD.replace("CUP,1,5.5", "CUP,1,5,5,5,5"), mapping=mapping)
    assert set(documents) == {"order SO-1", "payment SO-1"}
    assert len(report.refused) == 4


def test_a_file_of_misplaced_rows_stops_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a bound it is not the rows that are wrong; nothing is posted."""
    monkeypatch.setattr("importers.misplaced.MISPLACED_MAX", 1)
    rows = GOOD.replace("TEA,", "TEA,,")
    with pytest.raises(BadFile, match="more than 1 rows like row 3, which has 8 cells where the header has 7"):
        load(tmp_path, rows)
