"""A change of the cost formula: prospective, at the value that is there, nothing to profit (IAS 8.25; CAS 28 未来适用法)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.errors import LedgerError
from ledger.state.records import CostingEffect, Pool
from tests.stock_in_memory import Stock
from tests.unit.test_histories import check_books, check_promises

made_stocks: list[Stock] = []


@pytest.fixture(autouse=True)
def promises() -> Iterator[None]:
    """Every promise holds at the end, whatever changed in between."""
    made_stocks.clear()
    yield
    for stock in made_stocks:
        check_promises(stock.ledger)
        check_books(stock.ledger)


def two_lots(costing: str) -> Stock:
    """10@10.00 and 10@20.00 of which 15 are sold to order A."""
    stock = Stock(costing)
    made_stocks.append(stock)
    stock.buy("P1", 1, "10", "10.00")
    stock.buy("P2", 2, "10", "20.00")
    stock.sell("A", 3, "15")
    return stock


def change(stock: Stock, number: str, method: str, day: int | str = 10, sku: str | None = None) -> int:
    """Change the method; return how many entries that posted."""
    fields = {"sku": sku} if sku else {}
    return len(stock.post("costing_change", number, day, method=method, reason="as agreed", **fields).entries)


def effects(stock: Stock) -> list[tuple[str, str, str, int, int, int, int]]:
    """Return (sku, from, to, units in millionths, value before, after, lots alone) of all changes."""
    rows = stock.ledger.engine.state[CostingEffect].changes()[0]
    return [(r.sku, r.before, r.method, r.quantity, r.value_before, r.value_after, r.lots_alone) for r in rows]


def test_from_average_to_fifo() -> None:
    """A cost 225.00; the 5 left of P2 at 20.00 carry the pool's 75.00 from now on, and leave with it."""
    stock = two_lots("average")
    assert change(stock, "C", "fifo") == 0
    assert effects(stock) == [("X", "average", "fifo", 5_000_000, 7500, 7500, 10000)]
    [pool] = stock.ledger.engine.state[Pool].changes()[0]
    assert (pool.goods, stock.on_hand()) == (0, {"P2": (5, 7500)})
    stock.buy("P3", 11, "5", "30.00")
    stock.sell("B", 12, "6")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (22500, 7500 + 3000, 12000)


def test_the_difference_is_shared_by_quantity() -> None:
    """Odd cents go to the earlier lot: -33.33 over 3 units of P1 and 4 of P2 are -14.28 and -19.05 (largest remainder)."""
    stock = Stock("average")
    made_stocks.append(stock)
    stock.buy("P1", 1, "5", "10.00")
    stock.buy("P2", 2, "4", "26.665")
    stock.sell("A", 3, "2")
    before = stock.value()
    lots = {label: value for label, (_, value) in stock.on_hand().items()}
    change(stock, "C", "specific")
    after = {label: value for label, (_, value) in stock.on_hand().items()}
    assert (before, lots, stock.value()) == (15666 - 3481, {"P1": 3000, "P2": 10666}, before)
    assert after == {"P1": 3000 - 635, "P2": 10666 - 846}
    stock.sell("B", 12, "1", lot="P1")
    assert stock.cost("B")[0] == 788


def test_no_lot_falls_below_zero() -> None:
    """10@1.00 and 10@39.00, 10 sold for 200.00 (the lots give 10.00): the pool has -190.00; then 10@0.10 come.

    By quantity P3 would carry 1.00 - 95.00. By what the lots carry, 390.00 and 1.00, it gives 0.49 and P2 189.51.
    """
    stock = Stock("average")
    made_stocks.append(stock)
    stock.buy("P1", 1, "10", "1.00")
    stock.buy("P2", 2, "10", "39.00")
    stock.sell("A", 3, "10")
    stock.buy("P3", 4, "10", "0.10")
    change(stock, "C", "fifo")
    assert stock.on_hand() == {"P2": (10, 39000 - 18951), "P3": (10, 100 - 49)}
    assert sum(value for _, value in stock.on_hand().values()) == 20100


def test_from_fifo_to_average() -> None:
    """Difference zero: 5 of P2 worth 100.00 and 5@30.00 are 25.00 a unit."""
    stock = two_lots("fifo")
    change(stock, "C", "average")
    assert effects(stock) == [("X", "fifo", "average", 5_000_000, 10000, 10000, 10000)]
    stock.buy("P3", 11, "5", "30.00")
    stock.sell("B", 12, "6")
    assert (stock.cost("B")[0], stock.value()) == (15000, 10000)


def test_of_the_ledger_or_of_one_sku() -> None:
    """The ledger's change prices every SKU but those with a method of their own, and lists those on hand."""
    stock = two_lots("fifo")
    stock.buy("P4", 2, "2", "5.00", sku="Y")
    change(stock, "C1", "specific", sku="Y")
    change(stock, "C2", "average")
    assert [(e[0], e[1], e[2]) for e in effects(stock)] == [("Y", "fifo", "specific"), ("X", "fifo", "average")]
    with pytest.raises(LedgerError, match="name the lot"):
        stock.sell("B", 12, "1", sku="Y")
    stock.sell("C", 12, "1", sku="X")


@pytest.mark.parametrize("sku", [None, "X"])
def test_the_same_method_is_refused(sku: str | None) -> None:
    """It would say that something changed."""
    with pytest.raises(LedgerError, match="already") as refused:
        change(two_lots("fifo"), "C", "fifo", sku=sku)
    assert refused.value.errors[0].pointer == "/method"


def test_into_month_average_in_the_middle_of_a_month() -> None:
    """What is there on the 10th is the start: 5 worth 100.00 and 5@30.00 are 25.00; A of before keeps its cost.

    A sale dated before the change but recorded after it is of the same average.
    """
    stock = two_lots("fifo")
    change(stock, "C", "month-average")
    stock.sell("B", 5, "1")
    stock.buy("P3", 11, "5", "30.00")
    stock.sell("D", 12, "6")
    assert (stock.cost("B")[0], stock.cost("D")[0]) == (2000, 15333)
    stock.close("2026-03", "2026-03-31")
    assert [stock.cost(number)[0] for number in "ABD"] == [20000, 2500, 15000]
    assert stock.value() == 7500


def test_out_of_month_average_ends_the_month() -> None:
    """15 sold at 225.00; 5@40.00 on the 9th: 500.00 / 25 = 20.00, so 75.00 more on the day of the change; then first in first out.

    The lots' 100.00 and 200.00 take the pool's -100.00 by halves; closing the month later adds nothing to it.
    """
    stock = two_lots("month-average")
    stock.buy("P3", 9, "5", "40.00")
    assert change(stock, "C", "fifo") == 1
    assert stock.cost("A")[0] == 30000
    assert stock.ledger.engine.entries[-1].date == "2026-03-10"
    assert stock.on_hand() == {"P2": (5, 5000), "P3": (5, 15000)}
    stock.buy("P4", 11, "10", "90.00")
    stock.close("2026-03", "2026-03-31")
    assert stock.cost("A")[0] == 30000
    change(stock, "C2", "month-average", "2026-04-01")
    stock.sell("B", "2026-04-02", "10")
    stock.close("2026-04", "2026-04-30")
    assert (stock.cost("B")[0], stock.value()) == (55000, 55000)


def test_out_of_month_average_with_nothing_on_hand() -> None:
    """All 20 are sold: 15 at 15.00 and 5 at 15.00, then the ledger goes to fifo and closes; nothing is left to carry anything."""
    stock = two_lots("month-average")
    stock.sell("B", 4, "5")
    change(stock, "C", "fifo")
    stock.buy("P3", 11, "1", "90.00")
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (22500, 7500, 9000)


def test_back_and_forth_in_one_month() -> None:
    """Month-average, fifo, month-average within March: the second time starts from what is on hand then."""
    stock = two_lots("month-average")
    change(stock, "C1", "fifo", 10)
    change(stock, "C2", "month-average", 11)
    stock.buy("P3", 12, "5", "25.00")
    stock.sell("B", 13, "2")
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("A")[0], stock.cost("B")[0], stock.value()) == (22500, 4000, 16000)


def test_debts_of_before_are_covered() -> None:
    """3 are owed under fifo; under specific the next units pay them, though no document names their lot."""
    stock = two_lots("fifo")
    stock.sell("B", 4, "8")
    change(stock, "C", "specific")
    stock.buy("P3", 11, "4", "25.00")
    assert (stock.cost("B")[0], stock.profit("B").owed, stock.on_hand()) == (17500, 0, {"P3": (1, 2500)})
