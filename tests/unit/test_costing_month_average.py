"""Month-end average: provisional in the month, trued up per order when the month is closed (月末一次加权平均法; IAS 2.27; CAS 1.14)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.documents.closing import MonthAverage
from ledger.errors import Conflict, LedgerError
from ledger.state.records import Pool
from tests.stock_in_memory import Stock
from tests.unit.test_histories import check_books, check_promises


@pytest.fixture
def stock() -> Iterator[Stock]:
    """Empty stock; every promise holds at the end."""
    made = Stock("month-average")
    yield made
    check_promises(made.ledger)
    check_books(made.ledger)


def test_the_textbook_month(stock: Stock) -> None:
    """Start 10@10.00; 6 sold on the 5th are 60.00 at first; 10@16.00 come on the 10th; 7 sold on the 20th.

    The average is 260.00 / 20 = 13.00: the first order ends at 78.00, the second at 91.00, and 7 units worth 91.00 are left.
    """
    stock.buy("P0", "2026-02-20", "10", "10.00")
    stock.close("2026-02", "2026-02-28")
    stock.sell("A", 5, "6")
    assert stock.cost("A") == (6000, 0, 0, 0)
    stock.buy("P1", 10, "10", "16.00")
    stock.sell("B", 20, "7")
    assert stock.cost("B") == (10000, 0, 0, 0)
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (7800, 9100, 9100)
    entry = stock.ledger.engine.entries[-1]
    assert (entry.date, entry.narration) == ("2026-03-31", "Average cost of X in 2026-03")
    assert [(p.account, p.amount, p.sku) for p in entry.postings][:2] == [("Expenses:COGS", 1800, "X"), ("Expenses:COGS", -900, "X")]


def test_late_freight_is_part_of_the_average(stock: Stock) -> None:
    """10@10.00, 5 sold, freight 20.00 (10.00 of it to the order), 10@20.00 after it: goods 300.00 / 20 and landed 20.00 / 20 a unit.

    The order ends at 75.00 of goods and 5.00 of landed cost; 15 units worth 240.00 are left.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "5")
    stock.freight("F", 10, "20.00", "P1")
    assert stock.cost("A") == (5000, 1000, 0, 0)
    stock.buy("P2", 20, "10", "20.00")
    stock.close("2026-03", "2026-03-31")
    assert stock.cost("A") == (7500, 500, 0, 0)
    assert stock.value() == 24000


def test_what_is_recorded_for_april_is_not_of_march(stock: Stock) -> None:
    """10@10.00 in March, 10@20.00 in April are recorded before 5 are sold in March (75.00 at first): March's average is 10.00.

    A sale of 5 in April follows at April's: (50.00 + 200.00) / 15 = 16.67, so 83.33 for 5 and 166.67 are left.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.buy("P2", "2026-04-02", "10", "20.00")
    stock.sell("A", 20, "5")
    assert stock.cost("A")[0] == 7500
    stock.sell("B", "2026-04-03", "5")
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.cost("B")[0]) == (5000, 7500)
    stock.close("2026-04", "2026-04-30")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (5000, 8333, 16667)


def test_april_freight_stays_with_april(stock: Stock) -> None:
    """Freight of April over March's receipt, before March is closed: the order's half is April's, and March's average does not take it.

    10@10.00, 5 sold, 10@20.00: March 15.00 a unit, the order 75.00; freight 10.00 in April, half of it on the order for good.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "5")
    stock.buy("P2", 20, "10", "20.00")
    stock.freight("F", "2026-04-03", "10.00", "P1")
    stock.close("2026-03", "2026-03-31")
    assert stock.cost("A") == (7500, 500, 0, 0)
    stock.close("2026-04", "2026-04-30")
    assert stock.cost("A") == (7500, 500, 0, 0)


def test_returns_are_net(stock: Stock) -> None:
    """10@10.00; 6 sold, 2 back whole and 1 broken in the month; then 10@16.00: the average is 13.00, on 4 units, 1 of them broken."""
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "6")
    stock.bring_back("R1", 6, "A", "2")
    stock.bring_back("R2", 7, "A", "1", restock=False)
    stock.buy("P2", 20, "10", "16.00")
    stock.close("2026-03", "2026-03-31")
    assert stock.cost("A") == (3900, 0, 0, 1300)
    assert stock.value() == 16 * 1300


def test_a_return_between_the_month_and_its_closing(stock: Stock) -> None:
    """5 of 6 come back in April before March is closed: they leave with the 50.00 that they were charged, and the rest is exact.

    10@10.00, 10@16.00 after the sale: what is left of March's 260.00 without the 5 is 210.00 over 15 units, 14.00 for the one kept.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "6")
    stock.buy("P2", 20, "10", "16.00")
    stock.bring_back("R", "2026-04-02", "A", "5")
    assert stock.cost("A")[0] == 1000
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.value()) == (1400, 24600)


def test_the_last_issue_takes_all(stock: Stock) -> None:
    """3 for 100.00, sold one by one, and nothing is left: 33.33, 33.34, 33.33."""
    lines = [{"sku": "X", "quantity": "3", "amount": "100.00"}]
    stock.post("purchase", "P1", 1, supplier="Supplier", lines=lines)
    for number in "ABC":
        stock.sell(number, 5, "1")
    stock.close("2026-03", "2026-03-31")
    assert [stock.cost(number)[0] for number in "ABC"] == [3333, 3334, 3333]
    assert stock.value() == 0


def test_units_that_left_in_april_take_what_march_leaves_over(stock: Stock) -> None:
    """10@10.00, 4 sold, 10@20.00, and all 16 sold in April before March is closed: no unit is left to carry March's difference.

    March: 300.00 / 20 = 15.00, so 60.00 for the 4 (40.00 at first). The 20.00 too much are April's order's: 240.00 instead of 260.00.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "4")
    stock.buy("P2", 20, "10", "20.00")
    stock.sell("B", "2026-04-02", "16")
    assert (stock.cost("A")[0], stock.cost("B")[0]) == (4000, 26000)
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (6000, 24000, 0)
    assert [entry.date for entry in stock.ledger.engine.entries[-2:]] == ["2026-03-31", "2026-04-02"]
    [pool] = stock.ledger.engine.state[Pool].changes()[0]
    assert (pool.goods, pool.landed, pool.variance) == (0, 0, 0)


def test_owed_units_are_of_the_month_that_covers_them(stock: Stock) -> None:
    """2 of 12 are owed in March at 10.00 and covered in April by 2@14.00 of 10@14.00: March's average does not know them.

    April: 140.00 / 10 = 14.00; 8 units worth 112.00 are left.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "12")
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.profit("A").owed) == (12000, 2_000_000)
    stock.buy("P2", "2026-04-02", "10", "14.00")
    stock.close("2026-04", "2026-04-30")
    assert (stock.cost("A")[0], stock.value()) == (12800, 11200)


def test_losses_and_goods_given_back_cost_the_average_too(stock: Stock) -> None:
    """10@10.00; 2 broken (20.00), 3 given back to the supplier for 30.00, then 10@16.00: 13.00 a unit.

    Loss 26.00, 9.00 of price variance without an order, 15 units worth 195.00 are left.
    """
    stock.buy("P1", 1, "10", "10.00")
    stock.post("stock_adjustment", "L", 3, reason="broken", lines=[{"sku": "X", "quantity": "-2"}])
    stock.post("supplier_return", "G", 4, purchase="P1", lines=[{"sku": "X", "quantity": "3"}])
    stock.buy("P2", 20, "10", "16.00")
    stock.close("2026-03", "2026-03-31")
    balances = stock.ledger.balances()
    assert (balances["Expenses:StockLoss"], balances["Expenses:COGS:PriceVariance"], stock.value()) == (2600, 900, 19500)


def test_each_month_is_trued_up_once(stock: Stock) -> None:
    """After its closing a month's orders do not move: the next month's receipts are not theirs."""
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("A", 5, "5")
    stock.close("2026-03", "2026-03-31")
    stock.buy("P2", "2026-04-02", "10", "40.00")
    stock.sell("B", "2026-04-03", "3")
    stock.close("2026-04", "2026-04-30")
    assert (stock.cost("A")[0], stock.cost("B")[0]) == (5000, 9000)
    with pytest.raises(LedgerError, match="closed already"):
        stock.close("2026-04", "2026-04-30")


def test_a_document_in_between_refuses_the_average(stock: Stock) -> None:
    """The average is made for a place in the journal; `close` tries again."""
    stock.buy("P1", 1, "10", "10.00")
    base = {"source": "orderledger", "number": "2026-03", "date": "2026-03-31", "period": "2026-03"}
    with pytest.raises(Conflict) as refused:
        stock.ledger.engine.post(MonthAverage(as_of_seq="0", **base))
    assert refused.value.errors[0].pointer == "/as_of_seq"
