"""The second real input: AdventureWorks' purchase orders, two files joined, to the cent, against sums made here."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from importers.report import ImportReport
from importers.run import import_paths
from ledger.creation import create_books
from ledger.integrity import check
from ledger.service import Ledger

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "adventureworks"
DETAILS, HEADERS = FOLDER / "purchase_order_detail.csv", FOLDER / "purchase_order_header.csv"
MAPPING = ROOT / "importers" / "examples" / "adventureworks_purchase_orders.toml"
CENT = Decimal("0.01")

pytestmark = pytest.mark.skipif(not DETAILS.exists(), reason="shared/data is not beside this checkout")


def rows(path: Path) -> list[dict[str, str]]:
    """Read a file with nothing of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class OnHand:
    """One lot: the purchase's number and line it came with, units, and what they carry."""

    purchase: str
    line: int
    sku: str
    quantity: Decimal
    goods: Decimal
    landed: Decimal

    @property
    def value(self) -> Decimal:
        """Return all that the lot carries."""
        return self.goods + self.landed


def balances(ledger: Ledger) -> dict[str, Decimal]:
    """Return the balance of each account, stock accounts together as `stock`."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with ledger.database.reading() as connection:
        for account, amount in connection.exec_driver_sql("SELECT account, sum(amount) FROM posting GROUP BY account"):
            name = "stock" if account.startswith("Assets:Inventory:") else account
            sums[name] += Decimal(amount).scaleb(-2)
    return dict(sums)


def stock(ledger: Ledger) -> list[OnHand]:
    """Return every lot that a purchase brought."""
    with ledger.database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT d.number, l.line, l.sku, l.quantity, l.goods, l.landed FROM lot l JOIN document d ON d.seq = l.document_seq "
            "ORDER BY l.document_seq, l.line"
        ).all()
    return [
        OnHand(number, line, sku, Decimal(quantity).scaleb(-6), Decimal(goods).scaleb(-2), Decimal(landed).scaleb(-2))
        for number, line, sku, quantity, goods, landed in rows
    ]


class Expected:
    """What the two files come to: plain csv and Decimal. Each order's sums are rounded half up once."""

    def __init__(self) -> None:
        lines: dict[str, list[dict[str, str]]] = defaultdict(list)
        for line in rows(DETAILS):
            lines[line["PurchaseOrderID"]].append(line)
        self.orders = [header for header in rows(HEADERS) if header["Status"] == "4"]
        self.lines = [line for order in self.orders for line in lines[order["PurchaseOrderID"]]]
        goods = [
            sum((Decimal(line["ReceivedQty"]) * Decimal(line["UnitPrice"]) for line in lines[order["PurchaseOrderID"]]), Decimal(0))
            for order in self.orders
        ]
        self.goods_exact = sum(goods, Decimal(0))
        self.goods = sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in goods), Decimal(0))
        self.tax = self._rounded("TaxAmt")
        self.freight = self._rounded("Freight")

    def _rounded(self, column: str) -> Decimal:
        return sum((Decimal(order[column]).quantize(CENT, ROUND_HALF_UP) for order in self.orders), Decimal(0))

    def units(self, column: str) -> Decimal:
        """Return the sum of a column of the lines."""
        return sum((Decimal(line[column]) for line in self.lines), Decimal(0))


@pytest.fixture(scope="module")
def expected() -> Expected:
    """Read the files."""
    return Expected()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, ImportReport]]:
    """Import the details, and the headers with them, into books of their own."""
    books = tmp_path_factory.mktemp("aw") / "books"
    create_books(books, currency="USD")
    ledger = Ledger.open(books)
    yield ledger, import_paths(ledger, [DETAILS], mapping=MAPPING)
    ledger.close()


def test_control_totals_of_the_files(expected: Expected) -> None:
    """The figures that the documentation states."""
    assert (len(expected.orders), len(expected.lines)) == (1931, 4359)
    units = [int(expected.units(column)) for column in ("ReceivedQty", "RejectedQty", "StockedQty")]
    assert units == [1081500, 13076, 1068424]
    assert (expected.goods_exact, expected.goods) == (Decimal("29391295.7415"), Decimal("29391299.08"))
    assert (expected.tax, expected.freight) == (Decimal("2372953.23"), Decimal("741548.15"))


def test_every_order_goes_in(imported: tuple[Ledger, ImportReport], expected: Expected) -> None:
    """Purchases of what was received, freight for each, an adjustment where units were rejected; the report meets the files."""
    _, report = imported
    details, headers = report.files
    assert (report.refused, details.remarks, headers.remarks) == ([], [], [])
    assert details.documents == {"purchase": 1931, "freight_bill": 1931, "stock_adjustment": 212}
    assert (details.rows, details.rows_left_out, headers.rows) == (4472, 113, 2000)
    totals = {total.field: (Decimal(total.exact), Decimal(total.booked)) for total in details.totals}
    assert totals["purchase.lines.amount"] == (expected.goods_exact, expected.goods)
    assert totals["purchase.lines.quantity"][1] == expected.units("ReceivedQty")
    assert totals["purchase.lines.tax"][1] == expected.tax
    assert totals["freight_bill.lines.amount"][1] == expected.freight
    assert totals["stock_adjustment.lines.quantity"][1] == -expected.units("RejectedQty")


def test_the_books_meet_the_files(imported: tuple[Ledger, ImportReport], expected: Expected) -> None:
    """What suppliers and carriers are owed, input tax, units; value in = value on hand + what the rejected units had cost."""
    ledger, _ = imported
    sums = balances(ledger)
    assert sums["Liabilities:Payable:Supplier"] == -(expected.goods + expected.tax)
    assert sums["Liabilities:Payable:Carrier"] == -expected.freight
    assert sums["Assets:VAT:Input"] == expected.tax
    on_hand = stock(ledger)
    assert sum((lot.quantity for lot in on_hand), Decimal(0)) == expected.units("StockedQty")
    value = sum((lot.value for lot in on_hand), Decimal(0))
    assert value + sums["Expenses:StockLoss"] == expected.goods + expected.freight
    assert value == sums["stock"]


def test_rejected_units_leave_the_lot_they_came_in(imported: tuple[Ledger, ImportReport], expected: Expected) -> None:
    """Each line's units on hand are its own, though the same product came before and after."""
    ledger, _ = imported
    found = {(lot.purchase, lot.sku): lot.quantity for lot in stock(ledger)}
    wanted = {(line["PurchaseOrderID"], f"P-{line['ProductID']}"): Decimal(line["StockedQty"]) for line in expected.lines}
    assert found == wanted


def test_the_books_hold(imported: tuple[Ledger, ImportReport]) -> None:
    """Every promise, bean-check included."""
    ledger, _ = imported
    ledger.publish()
    assert check(ledger) == []
