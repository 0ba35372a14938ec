"""Kits: one line for the customer, parts out of stock, margin by the kit's SKU."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.errors import LedgerError
from tests.stock_in_memory import Stock
from tests.unit.test_histories import check_books, check_promises


@pytest.fixture(params=["fifo", "average", "month-average"])
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """10 CUP at 4.00 and 2 TEA at 30.00; SET is 2 CUP and 0.05 TEA (9.50 of cost); every promise holds at the end."""
    made = Stock(request.param)
    made.buy("P1", 1, "10", "4.00", sku="CUP")
    made.buy("P2", 1, "2", "30.00", sku="TEA")
    kit(made, "K1", 2, CUP="2", TEA="0.05")
    yield made
    check_promises(made.ledger)
    check_books(made.ledger)


def kit(stock: Stock, number: str, day: int | str, sku: str = "SET", **parts: str) -> None:
    """Record a version of a kit."""
    stock.post("kit", number, day, sku=sku, components=[{"sku": part, "quantity": quantity} for part, quantity in parts.items()])


def by_sku(stock: Stock, account: str) -> dict[str, int]:
    """Return an account's balance by the SKU of its postings, minor units."""
    found: dict[str, int] = defaultdict(int)
    for entry in stock.ledger.engine.entries:
        for posting in entry.postings:
            if posting.account == account:
                found[posting.sku or ""] += posting.amount
    return {sku: amount for sku, amount in found.items() if amount}


def test_parts_leave_and_the_kit_bears_the_cost(stock: Stock) -> None:
    """3 SET: 6 CUP (24.00) and 0.15 TEA (4.50) leave; revenue 300.00 and cost 28.50 stand on SET."""
    stock.sell("O", 3, "3", sku="SET")
    assert stock.cost("O") == (2850, 0, 0, 0)
    assert by_sku(stock, "Expenses:COGS") == {"SET": 2850}
    assert by_sku(stock, "Income:Sales") == {"SET": -30000}
    assert (stock.value("CUP"), stock.value("TEA")) == (1600, 5550)


def test_returns_bring_the_parts_back(stock: Stock) -> None:
    """2 of 3 come back at the order's own cost: 4 CUP and 0.10 TEA, 19.00; the third is broken: 9.50 of loss, of SET."""
    stock.sell("O", 3, "3", sku="SET")
    stock.bring_back("R1", 5, "O", "2", sku="SET")
    assert (stock.value("CUP"), stock.value("TEA")) == (3200, 5850)
    stock.bring_back("R2", 6, "O", "1", sku="SET", restock=False)
    assert stock.cost("O") == (0, 0, 0, 950)
    assert by_sku(stock, "Expenses:ReturnLoss") == {"SET": 950}


def test_late_freight_of_a_part_reaches_the_kit(stock: Stock) -> None:
    """5.00 over 10 CUP of which 6 are in sold sets: 3.00 of landed cost on SET."""
    stock.sell("O", 3, "3", sku="SET")
    stock.freight("F", 4, "5.00", "P1")
    assert stock.cost("O") == (2850, 300, 0, 0)
    assert by_sku(stock, "Expenses:COGS:Landed") == {"SET": 300}


def test_owed_parts(stock: Stock) -> None:
    """7 SET want 14 CUP of 10: 4 are owed at 4.00 and covered at 5.00; 2 SET that come back cancel the debt or bring units."""
    stock.sell("O", 3, "7", sku="SET")
    assert stock.cost("O") == (5600 + 1050, 0, 0, 0)
    assert stock.profit("O").owed == 4_000_000
    stock.bring_back("R", 4, "O", "1", sku="SET")
    assert stock.profit("O").owed == 2_000_000
    stock.buy("P3", 5, "2", "5.00", sku="CUP")
    assert stock.cost("O") == (4000 + 1000 + 900, 0, 0, 0)
    assert by_sku(stock, "Liabilities:StockOwed") == {}


def test_the_version_of_the_order_stays(stock: Stock) -> None:
    """From 10 March a SET has 3 CUP: an order recorded before, or dated before, keeps 2."""
    stock.order("OLD", 3, "1", sku="SET")
    kit(stock, "K2", 10, CUP="3")
    stock.order("BACKDATED", 9, "1", sku="SET")
    stock.order("NEW", 10, "1", sku="SET")
    for number in ("OLD", "BACKDATED", "NEW"):
        stock.post("shipment", f"S-{number}", 12, order=number)
    assert [stock.cost(number)[0] for number in ("OLD", "BACKDATED", "NEW")] == [950, 950, 1200]


def test_before_its_date_a_kit_is_a_sku(stock: Stock) -> None:
    """An order of 1 March sells SET as such: nothing is known of its cost, so it is owed at zero."""
    stock.sell("O", 1, "1", sku="SET")
    assert (stock.cost("O")[0], stock.profit("O").owed) == (0, 1_000_000)


def test_parts_of_a_quantity_too_fine(stock: Stock) -> None:
    """0.000003 of a SET would be 0.00000015 TEA: refused in the order, the shipment and the return."""
    with pytest.raises(LedgerError, match="whole millionths") as refused:
        stock.order("O", 3, "1.000003", sku="SET")
    assert refused.value.errors[0].pointer == "/lines/0/quantity"
    stock.order("O", 3, "2", sku="SET")
    with pytest.raises(LedgerError, match="whole millionths"):
        stock.post("shipment", "S", 4, order="O", lines=[{"sku": "SET", "quantity": "1.000001"}])
    stock.post("shipment", "S", 4, order="O")
    with pytest.raises(LedgerError, match="whole millionths") as refused:
        stock.bring_back("R", 5, "O", "0.000001", sku="SET")
    assert refused.value.errors[0].pointer == "/lines/0/quantity"


@pytest.mark.parametrize(
    ("sku", "parts", "pointer"),
    [
        ("BOX", {"SET": "1"}, "/components/0/sku"),
        ("CUP", {"CLAY": "1"}, "/sku"),
        ("BOX", {"BOX": "1"}, "/components/0/sku"),
        ("BOX", {"CUP": "0"}, "/components/0/quantity"),
        ("LOOSE", {"CUP": "1"}, "/sku"),
    ],
)
def test_kits_that_cannot_be(stock: Stock, sku: str, parts: dict[str, str], pointer: str) -> None:
    """A kit of kits from above and from below, a kit of itself, none of a part, a SKU that has stock."""
    stock.buy("P4", 1, "1", "1.00", sku="LOOSE")
    with pytest.raises(LedgerError) as refused:
        kit(stock, "K9", 5, sku=sku, **parts)
    assert refused.value.errors[0].pointer == pointer


def test_a_part_is_named_once(stock: Stock) -> None:
    """Two components of one SKU are an error of the sender."""
    components = [{"sku": "CUP", "quantity": "1"}, {"sku": "CUP", "quantity": "2"}]
    with pytest.raises(LedgerError, match="named twice"):
        stock.post("kit", "K9", 5, sku="BOX", components=components)


def test_a_kit_is_not_bought(stock: Stock) -> None:
    """Purchase, receipt, invoice before receipt and stock found are refused with the line; before its date a purchase is not."""
    line: dict[str, Any] = {"sku": "SET", "quantity": "1", "unit_price": "5.00"}
    stock.post("purchase_order", "PO", 3, supplier="Supplier")
    for kind, fields in (
        ("purchase", {"supplier": "Supplier", "lines": [line]}),
        ("receipt", {"supplier": "Supplier", "lines": [line]}),
        ("supplier_invoice", {"supplier": "Supplier", "purchase_order": "PO", "lines": [line]}),
        ("stock_adjustment", {"reason": "found", "lines": [{"sku": "SET", "quantity": "1"}]}),
    ):
        with pytest.raises(LedgerError, match="is a kit") as refused:
            stock.post(kind, "refused", 3, **fields)
        assert refused.value.errors[0].pointer == "/lines/0/sku"
    stock.buy("P5", 1, "1", "5.00", sku="SET")


def test_lots_of_parts() -> None:
    """Specific identification: the line names a lot for each part; a CUP of P2, one of P1 and 0.05 TEA of P3 are 10.00 + 1.50."""
    stock = Stock("specific")
    stock.buy("P1", 1, "10", "4.00", sku="CUP")
    stock.buy("P2", 1, "10", "6.00", sku="CUP")
    stock.buy("P3", 1, "1", "30.00", sku="TEA")
    kit(stock, "K1", 2, CUP="2", TEA="0.05")
    stock.order("O", 3, "2", sku="SET")
    tea = {"sku": "TEA", "quantity": "0.05", "lot": "P3"}
    for parts, words in (
        ({}, "name the lot"),
        ({"lot": "P2"}, "is a kit"),
        ({"parts": [tea]}, "name the lot"),
        ({"parts": [tea, {"sku": "CUP", "quantity": "3", "lot": "P2"}]}, "no such units"),
    ):
        with pytest.raises(LedgerError, match=words):
            stock.post("shipment", "S", 4, order="O", lines=[{"sku": "SET", "quantity": "1", **parts}])
    cups = [{"sku": "CUP", "quantity": "1", "lot": "P2"}, {"sku": "CUP", "quantity": "1", "lot": "P1"}]
    stock.post("shipment", "S", 4, order="O", lines=[{"sku": "SET", "quantity": "1", "parts": [tea, *cups]}])
    assert stock.cost("O") == (1000 + 150, 0, 0, 0)
