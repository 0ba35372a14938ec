"""The fourth real input: a month of a shop's invoice lines, credit notes, write-offs and fees among them, against sums made here."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from importers.report import ImportReport
from importers.run import import_paths
from ledger.creation import create_books
from ledger.integrity import check
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger
from tests.integration.test_importers_purchase_orders import balances

ROOT = Path(__file__).parents[2]
TABLE = ROOT.parent / "shared" / "data" / "online_retail" / "online_retail_2010-12.csv"
MAPPING = ROOT / "importers" / "examples" / "online_retail.toml"
FEES, DISCOUNTS = {"AMAZONFEE", "BANK CHARGES"}, {"D", "S"}

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="shared/data is not beside this checkout")

Line = dict[str, str]


def value(line: Line) -> Decimal:
    """Return what a line comes to."""
    return Decimal(line["Quantity"]) * Decimal(line["UnitPrice"])


def total(lines: list[Line]) -> Decimal:
    """Return what lines come to together."""
    return sum(map(value, lines), Decimal(0))


def credit(line: Line) -> bool:
    """Say whether a line is of a credit note."""
    return line["InvoiceNo"].startswith("C")


def goods(line: Line) -> bool:
    """Say whether a line's code is of goods."""
    return re.fullmatch(r"(\d{5}|DCGS)\w*", line["StockCode"]) is not None


def counts(lines: list[Line]) -> list[Line]:
    """Return the lines that are counts of the stock: all lines of their invoice are at no price, and it has no customer."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["InvoiceNo"]] += abs(value(line))
    return [line for line in lines if not sums[line["InvoiceNo"]] and not line["CustomerID"]]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Read the file with nothing of ours."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, ImportReport]]:
    """Import the file into books of its own."""
    books = tmp_path_factory.mktemp("retail") / "books"
    create_books(books, currency="GBP")
    ledger = Ledger.open(books)
    yield ledger, import_paths(ledger, [TABLE], mapping=MAPPING)
    ledger.close()


def test_every_line_is_in_a_document(imported: tuple[Ledger, ImportReport], lines: list[Line]) -> None:
    """No line is refused, left out, or in no document; the 421 credited lines whose sale is not in the file are told."""
    _, report = imported
    file = report.files[0]
    assert (report.refused, file.rows, file.rows_left_out, file.rows_without_document) == ([], len(lines), 0, 0)
    assert file.documents == {"order": 1558, "shipment": 1558, "entry": 205, "stock_adjustment": 389, "return": 156}
    assert [(remark.detail, remark.row) for remark in file.remarks] == [
        ("no row above is the sale of this row; there are 421 such rows", 156)
    ]


def test_lines_by_what_became_of_them(imported: tuple[Ledger, ImportReport], lines: list[Line]) -> None:
    """42,481 lines: 41,612 order lines, 728 of credit notes, 140 counts of the stock, one fee taken back."""
    ledger, _ = imported
    counted = counts(lines)
    with ledger.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT type, count(*) FROM order_line GROUP BY type").all()
    ordered = {row[0]: row[1] for row in rows}
    invoices = {line["InvoiceNo"] for line in counted}
    free = [line for line in lines if not value(line) and line["InvoiceNo"] not in invoices]
    assert (ordered["gift"], len(counted), sum(map(credit, lines))) == (len(free), 140, 728)
    assert ordered["gift_card"] == sum(line["StockCode"].startswith("gift_") for line in lines) == 2
    assert ordered["service"] == sum(not goods(line) and not credit(line) for line in lines) - 2 - 1
    assert sum(ordered.values()) == len(lines) - 140 - 728 - 1 == 41612


def test_revenue_is_the_files_own_sum(imported: tuple[Ledger, ImportReport], lines: list[Line]) -> None:
    """748,957.02 = sales - returns - discounts + vouchers - fees, each of them the sum of the file's lines that are of its kind."""
    ledger, _ = imported
    sums = balances(ledger)
    vouchers = [line for line in lines if line["StockCode"].startswith("gift_")]
    fees = [line for line in lines if line["StockCode"] == "AMAZONFEE" or (line["StockCode"] == "BANK CHARGES" and credit(line))]
    discounts = [line for line in lines if line["StockCode"] in DISCOUNTS]
    sold = [line for line in lines if not credit(line) and line not in vouchers and line not in fees]
    back = [line for line in lines if credit(line) and line not in fees and line not in discounts]
    assert sums["Liabilities:GiftCard"] == -total(vouchers) == Decimal("-76.59")
    assert sums["Expenses:PlatformFees"] == -total(fees) == Decimal("40305.38")
    assert sums["Income:Discounts"] == -total(discounts) == Decimal("758.93")
    assert sums["Income:Sales"] == -total(sold) == Decimal("-810128.22")
    assert sums["Income:Returns"] == -total(back) == Decimal("20183.48")
    names = ("Income:Sales", "Income:Returns", "Income:Discounts", "Liabilities:GiftCard", "Expenses:PlatformFees")
    assert -sum(sums[name] for name in names) == total(lines) == Decimal("748957.02")
    assert sums["Assets:Receivable"] + sums["Assets:Clearing:Amazon"] + sums["Assets:Bank"] == total(lines)
    with ledger.read() as context:
        assert profit_by(context, "sku")["total"]["revenue"] == "789185.81"


def test_units_of_each_sku_are_the_files_own(imported: tuple[Ledger, ImportReport], lines: list[Line]) -> None:
    """On hand less owed, less the opening of the units that are gone = returned + found - sold - gone, each the file's own sum."""
    ledger, _ = imported
    stock: dict[str, int] = defaultdict(int)
    with ledger.database.reading() as connection:
        for query, sign in (("SELECT sku, quantity FROM lot", 1), ("SELECT sku, quantity FROM owed", -1)):
            for sku, quantity in connection.exec_driver_sql(query):
                stock[sku] += sign * quantity // 1_000_000
    counted = counts(lines)
    for line in counted:
        stock[line["StockCode"]] -= max(0, -int(line["Quantity"]))
    # A count's quantity is what the stock changes by; any other line's is what was sold.
    wanted: dict[str, int] = defaultdict(int)
    for line in filter(goods, lines):
        wanted[line["StockCode"]] -= int(line["Quantity"])
    for line in counted:
        wanted[line["StockCode"]] += 2 * int(line["Quantity"])
    assert {sku: units for sku, units in stock.items() if units} == {sku: units for sku, units in wanted.items() if units}
    units = [
        sum(int(line["Quantity"]) for line in part if int(line["Quantity"]) * sign > 0) for part, sign in ((counted, 1), (counted, -1))
    ]
    assert units == [2805, -4046]
    assert sum(int(line["Quantity"]) for line in filter(goods, lines)) == 359021 - 3195 - 12814 + 2805 - 4046
    assert sum(stock.values()) == -359021 + 3195 + 12814 + 2805 - 4046


def test_returns_are_of_the_order_that_sold_the_same(imported: tuple[Ledger, ImportReport], lines: list[Line]) -> None:
    """289 of 710 credited lines take back a sale of the file: same customer, code and price, latest first, no unit twice."""
    ledger, _ = imported
    left: dict[tuple[str, ...], list[list[str | int]]] = defaultdict(list)
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    matched = 0
    for line in lines:
        key = (line["CustomerID"], line["StockCode"], line["UnitPrice"])
        quantity = int(line["Quantity"])
        if not credit(line) and line["CustomerID"]:
            left[key].append([line["InvoiceNo"], quantity])
        for sale in reversed(left[key]) if credit(line) and line["StockCode"] not in FEES | DISCOUNTS else ():
            if int(sale[1]) >= -quantity:
                sale[1] = int(sale[1]) + quantity
                wanted[str(sale[0])] -= value(line)
                matched += 1
                break
    assert (matched, sum(wanted.values())) == (289, Decimal("8031.72"))
    with ledger.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT number, returned_net FROM orders WHERE returned_net > 0").all()
    assert {number: Decimal(net).scaleb(-2) for number, net in rows} == wanted


def test_the_books_hold(imported: tuple[Ledger, ImportReport]) -> None:
    """Every promise, bean-check included; importing again changes nothing."""
    ledger, _ = imported
    again = import_paths(ledger, [TABLE], mapping=MAPPING)
    assert (again.new, again.replayed, again.refused) == (0, 3866, [])
    ledger.publish()
    assert check(ledger) == []
