"""The fifth real input: a trading company's SQL dump, orders and purchases against its own stock movements and sums made here."""

from __future__ import annotations

import ast
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from importers.report import ImportReport
from importers.run import import_paths
from ledger.creation import create_books
from ledger.integrity import check
from ledger.service import Ledger
from tests.integration.test_importers_purchase_orders import balances

ROOT = Path(__file__).parents[2]
DUMP = ROOT.parent / "shared" / "data" / "northwind_mysql" / "northwind-data.sql"
EXAMPLES = ROOT / "importers" / "examples"
PURCHASED, SOLD, HELD, WASTE = 1, 2, 3, 4

pytestmark = pytest.mark.skipif(not DUMP.exists(), reason="shared/data is not beside this checkout")

Table = dict[Any, dict[str, Any]]


class Dump:
    """The dump read with nothing of ours: each of its INSERT statements stands on one line, and its values are Python's but for NULL."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = defaultdict(dict)
        for line in DUMP.read_text(encoding="utf-8").splitlines():
            if found := re.fullmatch(r"INSERT INTO `(\w+)` \((.*?)\) VALUES (\(.*\));", line):
                names = re.findall(r"`(\w+)`", found[2])
                values = ast.literal_eval(re.sub(r"\bNULL\b", "None", found[3]))
                row = dict(zip(names, values if isinstance(values, tuple) else (values,), strict=True))
                self._tables[found[1]][row.get("id", len(self._tables[found[1]]))] = row

    def __getattr__(self, name: str) -> Table:
        return self._tables[name]

    def units(self, kind: int) -> dict[str, int]:
        """Return the units that movements of one type moved, by SKU."""
        sums: dict[str, int] = defaultdict(int)
        for movement in self.inventory_transactions.values():
            if movement["transaction_type"] == kind:
                sums[f"P-{movement['product_id']}"] += movement["quantity"]
        return dict(sums)

    def sold(self) -> list[dict[str, Any]]:
        """Return the order lines that a movement of type Sold names."""
        movements = self.inventory_transactions
        lines = [line for line in self.order_details.values() if line["inventory_id"] is not None]
        return [line for line in lines if movements[line["inventory_id"]]["transaction_type"] == SOLD]


def money(value: float) -> Decimal:
    """Return a literal of the dump as money."""
    return Decimal(str(value))


@pytest.fixture(scope="module")
def dump() -> Dump:
    """Read the dump."""
    return Dump()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, ImportReport]]:
    """Import the dump with its three mappings into books of its own."""
    books = tmp_path_factory.mktemp("northwind") / "books"
    create_books(books, currency="USD")
    (books / "mappings").mkdir(exist_ok=True)
    for mapping in EXAMPLES.glob("northwind.*.toml"):
        shutil.copy(mapping, books / "mappings")
    ledger = Ledger.open(books)
    yield ledger, import_paths(ledger, [DUMP])
    ledger.close()


def test_every_row_is_accounted_for(imported: tuple[Ledger, ImportReport], dump: Dump) -> None:
    """28 purchase orders, 21 receipts, 39 orders, 31 payments, 35 shipments, 7 steps on hold; what makes no document is counted."""
    _, report = imported
    assert (report.refused, report.new) == ([], 161)
    tables = {file.sheet: file for file in report.files if not file.joined_by}
    assert {name: file.documents for name, file in tables.items()} == {
        "purchase_order_details": {"purchase_order": 28, "receipt": 21},
        "order_details": {"order": 39, "payment": 31, "shipment": 35},
        "inventory_transactions": {"event": 7},
    }
    lines = tables["order_details"]
    assert (lines.rows, lines.rows_left_out, lines.rows_without_document) == (58, 2, 0)
    stock = tables["inventory_transactions"]
    assert (stock.rows, stock.rows_left_out, stock.rows_without_document) == (102, 92, 3)
    held = [m for m in dump.inventory_transactions.values() if m["transaction_type"] == HELD]
    assert len(held) == 7 + 3
    assert len(dump.units(PURCHASED)) > 0 and not dump.units(WASTE)
    orders = next(file for file in report.files if file.sheet == "orders")
    assert [remark.detail.rpartition(";")[2] for remark in orders.remarks] == [" there are 9 such rows"]


def test_stock_rolls_forward(imported: tuple[Ledger, ImportReport], dump: Dump) -> None:
    """By SKU: received 3,550 - sold 2,487 - waste 0 = 1,063 on hand; nothing is owed. 578 of them are on hold."""
    ledger, _ = imported
    received, sold, held = dump.units(PURCHASED), dump.units(SOLD), dump.units(HELD)
    on_hand: dict[str, int] = defaultdict(int)
    with ledger.database.reading() as connection:
        for sku, quantity in connection.exec_driver_sql("SELECT sku, quantity FROM lot"):
            on_hand[sku] += quantity // 1_000_000
        owed = connection.exec_driver_sql("SELECT sum(quantity) FROM owed").scalar()
    assert owed in (0, None)
    assert dict(on_hand) == {sku: units - sold.get(sku, 0) for sku, units in received.items()}
    assert [sum(units.values()) for units in (received, sold, held, on_hand)] == [3550, 2487, 578, 1063]


def test_purchases_are_what_came_in(imported: tuple[Ledger, ImportReport], dump: Dump) -> None:
    """Received at the lines' unit cost: 59,130.00, owed as not yet invoiced, and all of it in stock or sold."""
    ledger, _ = imported
    sums = balances(ledger)
    movements = dump.inventory_transactions
    lines = [line for line in dump.purchase_order_details.values() if line["inventory_id"] is not None]
    assert all(movements[line["inventory_id"]]["quantity"] == line["quantity"] for line in lines)
    assert all(movements[line["inventory_id"]]["product_id"] == line["product_id"] for line in lines)
    cost = sum((line["quantity"] * money(line["unit_cost"]) for line in lines), Decimal(0))
    assert sums["Liabilities:GRIR"] == -cost == Decimal("-59130.00")
    assert sums["stock"] + sums["Expenses:COGS"] == cost
    assert (sums["stock"], sums["Expenses:COGS"]) == (Decimal("20400.00"), Decimal("38730.00"))


def test_revenue_is_of_the_invoiced_orders(imported: tuple[Ledger, ImportReport], dump: Dump) -> None:
    """The 35 orders that the stock sold are the 35 invoiced ones: goods 52,062.75, shipping 1,895.00, paid 51,807.25."""
    ledger, _ = imported
    sums = balances(ledger)
    sold = dump.sold()
    orders = {line["order_id"] for line in sold}
    assert orders == {invoice["order_id"] for invoice in dump.invoices.values()}
    assert (len(orders), len(dump.invoices)) == (35, 35)
    goods = sum((line["quantity"] * money(line["unit_price"]) for line in sold), Decimal(0))
    fees = sum((money(dump.orders[order]["shipping_fee"]) for order in orders), Decimal(0))
    assert sums["Income:Sales"] == -goods == Decimal("-52062.75")
    assert sums["Income:Shipping"] == -fees == Decimal("-1895.00")
    assert sums["Assets:Bank"] == Decimal("51807.25")
    unpaid = {order for order in orders if dump.orders[order]["paid_date"] is None}
    assert unpaid == {42, 69, 70, 71}
    assert sums["Assets:Receivable"] == goods + fees - sums["Assets:Bank"] == Decimal("2150.50")


def test_what_the_dump_says_against_itself(dump: Dump) -> None:
    """The contradictions that the guide names, so that none of them is a fault of the import."""
    assert {invoice[name] for invoice in dump.invoices.values() for name in ("tax", "shipping", "amount_due")} == {0}
    movements, orders = dump.inventory_transactions, dump.orders
    sold = {line["order_id"]: movements[line["inventory_id"]]["transaction_created_date"] for line in dump.sold()}
    assert {order for order in sold if orders[order]["shipped_date"] is None} == {69, 70, 71}
    assert sum(day[:10] < orders[order]["order_date"][:10] for order, day in sold.items()) == 22
    late = [line for line in dump.purchase_order_details.values() if line["purchase_order_id"] == 103]
    assert (orders[42]["shipped_date"][:10], late[0]["date_received"][:10]) == ("2006-04-07", "2006-04-17")
    with_lines = {line["order_id"] for line in dump.order_details.values() if line["quantity"]}
    empty = set(orders) - with_lines
    assert empty == {57, 59, 61, 62, 64, 65, 66, 68, 81}
    assert sum(orders[order]["paid_date"] is not None for order in empty) == 7
    assert sum(money(orders[order]["shipping_fee"]) for order in empty) == Decimal("243")
    named = {line["inventory_id"] for line in dump.order_details.values()}
    assert [m["id"] for m in movements.values() if m["transaction_type"] == HELD and m["id"] not in named] == [96, 97, 98]
    assert (movements[136]["quantity"], dump.order_details[86]["quantity"]) == (110, 10)
    codes = [product["product_code"] for product in dump.products.values()]
    assert sorted({code for code in codes if codes.count(code) > 1}) == ["NWTC-82", "NWTJP-6"]
    ordered = dump.purchase_orders.values()
    assert {(order["payment_date"], order["payment_amount"], order["taxes"], order["shipping_fee"]) for order in ordered} == {
        (None, 0, 0, 0)
    }
    assert [order["id"] for order in ordered if order["payment_method"]] == [105, 142]


def test_the_books_hold(imported: tuple[Ledger, ImportReport]) -> None:
    """Every promise, bean-check included; importing again changes nothing."""
    ledger, _ = imported
    again = import_paths(ledger, [DUMP])
    assert (again.new, again.replayed, again.refused) == (0, 161, [])
    ledger.publish()
    assert check(ledger) == []
