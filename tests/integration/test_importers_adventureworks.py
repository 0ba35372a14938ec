"""The first real input: AdventureWorks' internet sales with stated cost, to the cent, against sums made here."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from importers.run import import_paths
from ledger.creation import create_books
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger
from tests.integration.test_importers_ledger import FakeLedger

ROOT = Path(__file__).parents[2]
TABLE = ROOT.parent / "shared" / "data" / "adventureworks" / "internet_sales_to_2013-01.csv"
MAPPING = ROOT / "importers" / "examples" / "adventureworks_internet_sales.toml"
PUBLISHED = {
    "SalesAmount": Decimal("13819122.74"),
    "TotalProductCost": Decimal("8177771.41"),
    "TaxAmt": Decimal("1105535.40"),
    "Freight": Decimal("345482.02"),
}

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="shared/data is not beside this checkout")

Totals = dict[str, dict[str, Decimal]]


@pytest.fixture(scope="module")
def expected() -> Totals:
    """Sum the file by order with nothing of ours: plain csv and Decimal."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(PUBLISHED, Decimal(0)))
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in PUBLISHED:
                sums[row["SalesOrderNumber"]][column] += Decimal(row[column])
    return {
        order: {column: amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for column, amount in amounts.items()}
        for order, amounts in sums.items()
    }


def test_documents_carry_the_files_totals(expected: Totals, tmp_path: Path) -> None:
    """Each order's goods, cost, tax, shipping and payment are the file's own, rounded once."""
    ledger = FakeLedger(tmp_path)
    report = import_paths(ledger, [TABLE], mapping=MAPPING)
    assert (report.new, report.refused) == (3 * 6131, [])
    documents = [json.loads(text) for text in ledger.posted.values()]
    orders = {document["number"]: _sums(document) for document in documents if document["kind"] == "order"}
    assert orders == expected
    for column, total in PUBLISHED.items():
        assert sum(order[column] for order in orders.values()) == total
    paid = {document["number"]: Decimal(document["amount"]) for document in documents if document["kind"] == "payment"}
    assert paid == {order: sums["SalesAmount"] + sums["TaxAmt"] + sums["Freight"] for order, sums in expected.items()}
    totals = {total.field: Decimal(total.booked) for total in report.files[0].totals}
    assert totals["order.lines.amount"] == PUBLISHED["SalesAmount"]
    assert totals["order.lines.cost"] == PUBLISHED["TotalProductCost"]
    assert totals["order.lines.tax"] == PUBLISHED["TaxAmt"]
    assert totals["order.shipping.amount"] == PUBLISHED["Freight"]


def test_books_carry_each_orders_profit(expected: Totals, tmp_path: Path) -> None:
    """Posted for real: every order earns its rounded sales less its rounded cost, and a second import changes nothing."""
    create_books(tmp_path / "books", currency="USD")
    ledger = Ledger.open(tmp_path / "books")
    try:
        first = import_paths(ledger, [TABLE], mapping=MAPPING)
        seq = ledger.health()["seq"]
        again = import_paths(ledger, [TABLE], mapping=MAPPING)
        orders = _profits(ledger)
        assert ledger.health()["seq"] == seq
    finally:
        ledger.close()
    assert (first.new, first.replayed, first.refused) == (3 * 6131, 0, [])
    assert (again.new, again.replayed, again.refused) == (0, 3 * 6131, [])
    assert orders == {order: (sums["SalesAmount"], sums["TotalProductCost"], sums["Freight"]) for order, sums in expected.items()}


def _sums(order: dict[str, Any]) -> dict[str, Decimal]:
    names = {"SalesAmount": "amount", "TotalProductCost": "cost", "TaxAmt": "tax"}
    sums = {column: sum((Decimal(line[name]) for line in order["lines"]), Decimal(0)) for column, name in names.items()}
    return sums | {"Freight": Decimal(order["shipping"]["amount"])}


def _profits(ledger: Ledger) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    profits: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    with ledger.read() as context:
        after: str | None = None
        while True:
            page = profit_by(context, "order", after=after)
            for item in page["items"]:
                fields = ("goods_revenue", "product_cost", "shipping_revenue")
                goods, cost, shipping = (Decimal(item[field]) for field in fields)
                profits[item["order"]] = (goods, cost, shipping)
            after = page["next"]
            if after is None:
                return profits
