"""Returns at the order's own cost in every situation of the money rules (3.6), and quantities finer than one, by each method."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stock_in_memory import Stock
from tests.unit.test_histories import check_books, check_promises

METHODS = ("fifo", "average", "specific", "month-average")


@pytest.fixture(params=METHODS)
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """Empty stock under each method; every promise holds at the end."""
    made = Stock(request.param)
    yield made
    check_promises(made.ledger)
    check_books(made.ledger)


def sell(stock: Stock, number: str, day: int, quantity: str, lot: str) -> None:
    """Sell units, of `lot` under specific identification."""
    stock.sell(number, day, quantity, lot=lot if stock.costing == "specific" else None)


def ship(stock: Stock, number: str, day: int, quantity: str, lot: str) -> None:
    """Ship part of order O."""
    line = {"sku": "X", "quantity": quantity} | ({"lot": lot} if stock.costing == "specific" else {})
    stock.post("shipment", number, day, order="O", lines=[line])


def two_shipments(stock: Stock) -> None:
    """4 shipped when only P1 4@10.00 was there (40.00), 4 more when only P2 4@20.00 was (80.00)."""
    stock.order("O", 1, "8")
    stock.buy("P1", 1, "4", "10.00")
    ship(stock, "S1", 2, "4", "P1")
    stock.buy("P2", 3, "4", "20.00")
    ship(stock, "S2", 4, "4", "P2")


def test_the_named_shipment(stock: Stock) -> None:
    """3 of S1 come back at 30.00, though S2 is later: 90.00 stay, by every method."""
    two_shipments(stock)
    stock.bring_back("R", 5, "O", "3", shipment="S1")
    assert (stock.cost("O"), stock.value()) == ((9000, 0, 0, 0), 3000)


def test_the_latest_first(stock: Stock) -> None:
    """5 come back unnamed: 4 of S2 (80.00) and 1 of S1 (10.00); each receipt's units are a lot of their own."""
    two_shipments(stock)
    stock.bring_back("R", 5, "O", "5")
    assert (stock.cost("O"), stock.value()) == ((3000, 0, 0, 0), 9000)
    assert stock.on_hand() == {"R": (4, 8000), "R/2": (1, 1000)}


def test_broken_units_are_a_loss(stock: Stock) -> None:
    """`restock` false, 2 of S2: 40.00 from cost of sales to the order's return loss, nothing into stock."""
    two_shipments(stock)
    stock.bring_back("R", 5, "O", "2", restock=False)
    assert (stock.cost("O"), stock.value()) == ((8000, 0, 0, 4000), 0)


def test_after_late_cost(stock: Stock) -> None:
    """Freight of 8.00 over P1's 4 sold units; 1 of S1 comes back with 2.00 of it, and late cost of 4.00 follows it into stock by 1.00."""
    two_shipments(stock)
    stock.freight("F1", 5, "8.00", "P1")
    stock.bring_back("R", 6, "O", "1", shipment="S1")
    assert (stock.cost("O"), stock.value()) == ((11000, 600, 0, 0), 1200)
    stock.freight("F2", 7, "4.00", "P1")
    assert (stock.cost("O"), stock.value()) == ((11000, 900, 0, 0), 1300)


def test_after_late_cost_broken(stock: Stock) -> None:
    """The same with a broken unit: 12.00 of loss, and 1.00 of the later 4.00 follows it there."""
    two_shipments(stock)
    stock.freight("F1", 5, "8.00", "P1")
    stock.bring_back("R", 6, "O", "1", shipment="S1", restock=False)
    stock.freight("F2", 7, "4.00", "P1")
    assert (stock.cost("O"), stock.value()) == ((11000, 900, 0, 1300), 0)


def test_after_the_price_moved(stock: Stock) -> None:
    """4@10.00, 2 sold (20.00), then 4@40.00: 1 comes back at 10.00 whatever the average is now.

    Value 20.00 + 160.00 + 10.00 = 190.00 over 7 units; the next unit of average costs 27.14, of first in first out 10.00.
    """
    stock.buy("P1", 1, "4", "10.00")
    sell(stock, "O", 2, "2", "P1")
    stock.buy("P2", 3, "4", "40.00")
    stock.bring_back("R", 4, "O", "1")
    assert (stock.cost("O")[0], stock.value()) == (1000, 19000)
    sell(stock, "N", 5, "1", "R")
    pooled = stock.costing in ("average", "month-average")
    assert stock.cost("N")[0] == (2714 if pooled else 1000)


@pytest.mark.parametrize("restock", [True, False])
def test_owed_units_first(restock: bool) -> None:
    """4@10.00, 6 sold: 2 are owed at 20.00. 3 come back: the debt goes first, then one unit of P1.

    Whole: 3 of 6 stay at 30.00, P1's unit is back. Broken: 30.00 of loss, and 2 are owed still, for units that did leave; they are
    covered at 12.00 each when P2 comes, 4.00 more of loss. Under specific nothing can be owed.
    """
    for costing in ("fifo", "average", "month-average"):
        stock = Stock(costing)
        stock.buy("P1", 1, "4", "10.00")
        stock.sell("O", 2, "6")
        stock.bring_back("R", 3, "O", "3", restock=restock)
        if restock:
            assert (stock.cost("O"), stock.value(), stock.profit("O").owed) == ((3000, 0, 0, 0), 1000, 0)
        else:
            assert (stock.cost("O"), stock.value(), stock.profit("O").owed) == ((3000, 0, 0, 3000), 0, 2_000_000)
            stock.buy("P2", 4, "2", "12.00")
            assert (stock.cost("O"), stock.value(), stock.profit("O").owed) == ((3000, 0, 0, 3400), 0, 0)
        check_promises(stock.ledger)
        check_books(stock.ledger)


def test_all_of_it_in_parts_leaves_nothing(stock: Stock) -> None:
    """3 for 100.00 sold at once and back one by one: 33.33, 33.34, 33.33; the order ends at zero and the stock at 100.00."""
    stock.post("purchase", "P1", 1, supplier="S", lines=[{"sku": "X", "quantity": "3", "amount": "100.00"}])
    sell(stock, "O", 2, "3", "P1")
    costs = []
    for i in range(3):
        stock.bring_back(f"R{i}", 3 + i, "O", "1")
        costs.append(stock.cost("O")[0])
    assert (costs, stock.value()) == ([6667, 3333, 0], 10000)


def test_fractional_quantities_conserve_value(stock: Stock) -> None:
    """1 for 10.01 leaves as three times 0.333333 and once 0.000001 (3.34, 3.33, 3.34 and 0.00): value in = value out + on hand.

    After each step cost + stock = 10.01; 0.333333 that come back bring 3.33 and freight of 1.00 goes 0.34 to them, 0.66 to the orders.
    """
    stock.post("purchase", "P1", 1, supplier="S", lines=[{"sku": "X", "quantity": "1", "amount": "10.01"}])
    costs = []
    for i, quantity in enumerate(("0.333333", "0.333333", "0.333333", "0.000001")):
        sell(stock, f"O{i}", 2 + i, quantity, "P1")
        costs.append(stock.cost(f"O{i}")[0])
        assert sum(costs) + stock.value() == 1001
    assert (costs, stock.value()) == ([334, 333, 334, 0], 0)
    stock.bring_back("R", 7, "O1", "0.333333")
    assert (stock.cost("O1")[0], stock.value()) == (0, 333)
    stock.freight("F", 8, "1.00", "P1")
    landed = sum(stock.cost(f"O{i}")[1] for i in range(4))
    assert (stock.value(), landed) == (333 + 34, 66)
    if stock.costing == "month-average":
        stock.close("2026-03", "2026-03-31")
        booked = sum(sum(stock.cost(f"O{i}")) for i in range(4))
        assert booked + stock.value() == 1101
