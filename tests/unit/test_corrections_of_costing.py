"""Corrections beside the costing methods: named lots, parts of kits, months under month-average."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import LedgerError
from ledger.state.records import Consumption, FreightMonth, Lot, MonthStock, Pool, Provisional
from tests.books_in_memory import MemoryLedger
from tests.stock_in_memory import Stock, day_of
from tests.unit.test_histories import check_books, check_promises, rows


def correct(stock: Stock, kind: str, number: str, day: int | str, **fields: Any) -> None:
    """Post another version of a document; every promise holds after it."""
    stock.post(kind, number, day, corrects=True, reason="typing error", **fields)
    check_promises(stock.ledger)
    check_books(stock.ledger)


def refused(stock: Stock, kind: str, number: str, day: int | str, **fields: Any) -> list[str]:
    """Return the pointers and details with which a correction is refused."""
    with pytest.raises(LedgerError) as caught:
        correct(stock, kind, number, day, **fields)
    return [f"{error.pointer} {error.detail}" for error in caught.value.errors]


def of(quantity: str, lot: str | None = None, sku: str = "X") -> dict[str, str]:
    """Return a line of a shipment."""
    return {"sku": sku, "quantity": quantity} | ({"lot": lot} if lot else {})


def two_lots(costing: str) -> Stock:
    """10 at 4.00 in P1, 10 at 7.00 in P2, 5 of P1 sold to O."""
    stock = Stock(costing)
    stock.buy("P1", 1, "10", "4.00")
    stock.buy("P2", 2, "10", "7.00")
    stock.order("O", 3, "5")
    stock.post("shipment", "S", 3, order="O", lines=[of("5", "P1")])
    return stock


@pytest.mark.parametrize("costing", ["specific", "fifo"])
def test_another_lot_had_left(costing: str) -> None:
    """2 of the 5 were of P2: 2 of P1 come back, 2 of P2 leave, and the order costs 6.00 more; and back again."""
    stock = two_lots(costing)
    correct(stock, "shipment", "S", 3, order="O", lines=[of("3", "P1"), of("2", "P2")])
    assert stock.cost("O")[0] == 2600
    assert stock.on_hand() == {"P1": (5, 2000), "P2": (8, 5600), "S": (2, 800)}
    correct(stock, "shipment", "S", 3, order="O", lines=[of("5", "shop/P1")])
    assert stock.cost("O")[0] == 2000
    assert stock.value() == 9000


def test_fewer_and_more_of_named_lots() -> None:
    """4 of P1 had left, then 4 of P1 and 1 of P2; a line without a lot is refused, for what leaves only."""
    stock = two_lots("specific")
    correct(stock, "shipment", "S", 3, order="O", lines=[of("4", "P1")])
    assert stock.cost("O")[0] == 1600
    assert refused(stock, "shipment", "S", 3, order="O", lines=[of("4", "P1"), of("1")]) == [
        "/lines/1/lot 'X' is costed by specific identification: name the lot that the units come from on each line; "
        "on hand: 'S', 'P1', 'P2'"
    ]
    correct(stock, "shipment", "S", 3, order="O", lines=[of("4", "P1"), of("1", "P2")])
    assert stock.cost("O")[0] == 2300


def test_a_lot_that_came_back_since() -> None:
    """3 of the 5 came back: the order holds 2 of P1, so the shipment cannot have been of P2 as a whole."""
    stock = two_lots("specific")
    stock.bring_back("R", 5, "O", "3")
    [detail] = refused(stock, "shipment", "S", 3, order="O", lines=[of("5", "P2")])
    assert detail.startswith("/corrects the order holds only 2 of lot 'P1'")
    correct(stock, "return", "R", 5, order="O", lines=[{"sku": "X", "quantity": "1"}])
    assert stock.cost("O")[0] == 1600


def test_a_return_whose_units_left_again() -> None:
    """3 of P1 came back as lot R and were sold as such: no lot can be named for them in a return, so it is refused."""
    stock = two_lots("specific")
    stock.bring_back("R", 5, "O", "3")
    stock.sell("O2", 6, "3", lot="R")
    [detail] = refused(stock, "return", "R", 5, order="O", lines=[{"sku": "X", "quantity": "1"}])
    assert detail == "/corrects 3 of 'X' that had come back have left again; correct by what they left first"


def test_a_count_of_a_named_lot() -> None:
    """5 of the 5 of P1 were written off, it was 2: the put-back lot is named by its purchase, or by its own label."""
    stock = two_lots("specific")
    stock.post("stock_adjustment", "A", 5, reason="broken", lines=[of("-5", "P1")])
    correct(stock, "stock_adjustment", "A", 5, lines=[{"sku": "X", "quantity": "-2", "purchase": "P1"}])
    assert stock.on_hand() == {"A": (3, 1200), "P2": (10, 7000)}


def test_lots_of_before_an_average() -> None:
    """Named under fifo, then under average: the quantity is corrected without lots, at the average of the day; with them it is refused."""
    stock = two_lots("fifo")
    stock.post("costing_change", "C", 4, method="average", reason="as agreed")
    correct(stock, "shipment", "S", 3, order="O", estimated_freight="1.00", lines=[of("5", "P1")])
    assert stock.cost("O")[0] == 2000
    stock.order("O2", 4, "5")
    [detail] = refused(stock, "shipment", "S", 3, order="O", lines=[of("4", "P1")])
    assert detail.startswith("/lines/0/lot 'X' is costed at average")
    correct(stock, "shipment", "S", 3, order="O", lines=[of("4")])
    assert stock.cost("O")[0] == 1600


@pytest.mark.parametrize("method", ["fifo", "specific"])
def test_a_purchase_of_before_the_lots_cost_what_they_cost(method: str) -> None:
    """10@10.00 and 10@20.00 at average, 5 sold at 15.00, then lots again: P1 cost 12.00, and the books still hold."""
    stock = Stock("average")
    stock.buy("P1", 1, "10", "10.00")
    stock.buy("P2", 2, "10", "20.00")
    stock.sell("O", 3, "5")
    stock.freight("F", 3, "10.00", "P1")
    stock.post("costing_change", "C", 4, method=method, reason="one bin a delivery")
    lines = [{"sku": "X", "quantity": "10", "unit_price": "12.00"}]
    correct(stock, "purchase", "P1", 1, supplier="Supplier", lines=lines)
    assert sum(stock.cost("O")) + stock.value() == 33000
    assert not any(pool.goods or pool.landed or pool.variance or pool.memo for pool in rows(stock.ledger.engine.state, Pool))


def test_units_came_back_at_the_average() -> None:
    """1 of 5 sold at 15.00 comes back to P1, which cost 10.00 a unit; P1 is corrected with all its units on hand: nothing is lost."""
    stock = Stock("average")
    stock.buy("P1", 1, "10", "10.00")
    stock.buy("P2", 2, "10", "20.00")
    stock.sell("O", 3, "1")
    stock.bring_back("R", 4, "O", "1")
    correct(stock, "purchase", "P1", 5, supplier="Supplier", lines=[{"sku": "X", "quantity": "10", "unit_price": "11.00"}])
    assert stock.value() == 31000


METHODS = ["fifo", "average", "month-average"]


def with_kits(costing: str, sold: str = "3") -> Stock:
    """10 CUP at 4.00 and 2 TEA at 30.00; SET is 2 CUP and 0.05 TEA (9.50), some are sold."""
    stock = Stock(costing)
    stock.buy("P1", 1, "10", "4.00", sku="CUP")
    stock.buy("P2", 1, "2", "30.00", sku="TEA")
    make_kit(stock, "K", 2, CUP="2", TEA="0.05")
    stock.order("O", 3, "4", sku="SET")
    stock.post("shipment", "S", 3, order="O", lines=[of(sold, sku="SET")])
    return stock


def components(**parts: str) -> list[dict[str, str]]:
    """Return a kit's components."""
    return [{"sku": part, "quantity": quantity} for part, quantity in parts.items()]


def make_kit(stock: Stock, number: str, day: int, **parts: str) -> None:
    """Record a version of SET."""
    stock.post("kit", number, day, sku="SET", components=components(**parts))


@pytest.mark.parametrize("costing", METHODS)
def test_a_shipment_of_kits(costing: str) -> None:
    """3 SET had left, it was 2, then 4: parts come back and leave, the cost stands on SET."""
    stock = with_kits(costing)
    correct(stock, "shipment", "S", 3, order="O", lines=[of("2", sku="SET")])
    assert (stock.cost("O")[0], stock.value("CUP"), stock.value("TEA")) == (1900, 2400, 5700)
    correct(stock, "shipment", "S", 3, order="O")
    assert (stock.cost("O")[0], stock.value("CUP"), stock.value("TEA")) == (3800, 800, 5400)
    assert {c.sold_as for c in rows(stock.ledger.engine.state, Consumption)} == {"SET"}


def test_a_shipment_of_kits_by_lots() -> None:
    """Under specific identification the parts name their lots in the correction too."""
    stock = Stock("specific")
    stock.buy("P1", 1, "10", "4.00", sku="CUP")
    stock.buy("P2", 1, "10", "5.00", sku="CUP")
    make_kit(stock, "K", 2, CUP="2")
    stock.order("O", 3, "3", sku="SET")

    def sets(quantity: str, **lots: str) -> list[dict[str, Any]]:
        return [{"sku": "SET", "quantity": quantity, "parts": [of(units, lot, "CUP") for lot, units in lots.items()]}]

    stock.post("shipment", "S", 3, order="O", lines=sets("2", P1="4"))
    correct(stock, "shipment", "S", 3, order="O", lines=sets("3", P1="3", P2="3"))
    assert stock.cost("O")[0] == 2700
    [detail] = refused(stock, "shipment", "S", 3, order="O", lines=[of("3", "P1", "SET")])
    assert detail.startswith("/lines/0/parts")


@pytest.mark.parametrize("costing", METHODS)
@pytest.mark.parametrize("restock", [True, False])
def test_a_return_of_kits(costing: str, *, restock: bool) -> None:
    """2 of 3 SET had come back (whole or broken), it was 1: the parts of the other are with the order again."""
    stock = with_kits(costing)
    stock.bring_back("R", 5, "O", "2", sku="SET", restock=restock)
    line = {"sku": "SET", "quantity": "1", "restock": restock}
    correct(stock, "return", "R", 5, order="O", lines=[line])
    assert stock.cost("O") == ((1900, 0, 0, 0) if restock else (1900, 0, 0, 950))


@pytest.mark.parametrize("costing", METHODS)
def test_a_part_that_was_bought_at_another_price(costing: str) -> None:
    """CUP cost 5.00: the 6 in sold sets cost 6.00 more, on SET."""
    stock = with_kits(costing)
    correct(stock, "purchase", "P1", 1, supplier="Supplier", lines=[{"sku": "CUP", "quantity": "10", "unit_price": "5.00"}])
    assert (stock.cost("O")[0], stock.value("CUP")) == (3450, 2000)


def test_a_kit_was_said_wrong() -> None:
    """O keeps what it was recorded with, and so does its correction; an order after it has 3 CUP, and so has a new line of O."""
    stock = with_kits("fifo", sold="1")
    correct(stock, "kit", "K", 2, sku="SET", components=components(CUP="3"))
    line = {"sku": "SET", "quantity": "2", "unit_price": "100.00"}
    correct(stock, "order", "O", 3, customer="Customer", lines=[line, {**line, "quantity": "1"}])
    correct(stock, "shipment", "S", 3, order="O")
    assert stock.cost("O")[0] == 2 * 950 + 1200
    stock.sell("O2", 4, "1", sku="SET")
    assert stock.cost("O2")[0] == 1200


def test_a_line_that_is_a_kit_no_more() -> None:
    """SET was meant to be CUP: the parts of the line are forgotten; a stated cost has no parts, and without it there are parts again."""
    stock = Stock("fifo")
    stock.buy("P1", 1, "10", "4.00", sku="CUP")
    make_kit(stock, "K", 2, CUP="2")
    stock.order("O", 3, "2", sku="SET")
    stock.order("O2", 3, "2", sku="SET")
    correct(stock, "order", "O", 3, customer="Customer", lines=[{"sku": "CUP", "quantity": "2", "unit_price": "100.00"}])
    line = {"sku": "SET", "quantity": "2", "unit_price": "100.00"}
    correct(stock, "order", "O2", 3, customer="Customer", lines=[{**line, "cost": "7.00"}])
    correct(stock, "order", "O2", 3, customer="Customer", lines=[line])
    stock.post("shipment", "S", 4, order="O")
    stock.post("shipment", "S2", 4, order="O2")
    assert (stock.cost("O")[0], stock.cost("O2")[0]) == (800, 1600)


def test_a_kit_in_quantities_that_its_parts_have() -> None:
    """A third of a millionth is no quantity: refused by the order's correction as by the order."""
    stock = with_kits("fifo")
    lines = [{"sku": "SET", "quantity": "4.000001", "unit_price": "1.00"}]
    assert refused(stock, "order", "O", 3, customer="Customer", lines=lines)[0].startswith("/lines/0/quantity")


def test_a_change_of_method_is_not_corrected() -> None:
    """What it did stands in every document after it; another change says what holds from then on."""
    stock = Stock("fifo")
    stock.post("costing_change", "C", 4, method="average", reason="as agreed")
    with pytest.raises(LedgerError) as caught:
        stock.post("costing_change", "C", 4, method="specific", corrects=True, reason="as agreed")
    assert caught.value.errors[0].pointer == "/corrects"


def test_a_price_of_the_month() -> None:
    """10@10.00, 6 sold, 10@16.00 that were 18.00: the average is 14.00 and the order ends at 84.00, whenever it is corrected."""
    stock = Stock("month-average")
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("O", 5, "6")
    stock.buy("P2", 10, "10", "16.00")
    correct(stock, "purchase", "P2", 12, supplier="Supplier", lines=[{"sku": "X", "quantity": "10", "unit_price": "18.00"}])
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("O")[0], stock.value()) == (8400, 19600)


def test_the_price_of_what_was_sold_in_the_month() -> None:
    """10@10.00 that were 12.00, 6 of them sold, 10@16.00: the average is 14.00; a return that was none does not change it."""
    stock = Stock("month-average")
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("O", 5, "6")
    stock.buy("P2", 10, "10", "16.00")
    correct(stock, "purchase", "P1", 12, supplier="Supplier", lines=[{"sku": "X", "quantity": "10", "unit_price": "12.00"}])
    stock.bring_back("R", 13, "O", "2")
    correct(stock, "return", "R", 13, order="O", lines=[{"sku": "X", "quantity": "1"}])
    correct(stock, "shipment", "O", 5, order="O", lines=[of("5")])
    stock.close("2026-03", "2026-03-31")
    assert (stock.cost("O")[0], stock.value()) == (4 * 1400, 16 * 1400)


def test_a_count_of_the_month() -> None:
    """10@10.00, 4 lost (it was 2) before 10@16.00 come: 13.00 on average, 26.00 of loss; what was put back is provisional no more."""
    stock = Stock("month-average")
    stock.buy("P1", 1, "10", "10.00")
    stock.post("stock_adjustment", "A", 5, reason="counted", lines=[of("-4")])
    correct(stock, "stock_adjustment", "A", 5, lines=[of("-2")])
    stock.buy("P2", 10, "10", "16.00")
    stock.close("2026-03", "2026-03-31")
    assert stock.ledger.balances()["Expenses:StockLoss"] == 2600
    assert stock.value() == 23400
    charged = rows(stock.ledger.engine.state, Provisional)
    assert sum(row.goods for row in charged) == 2600


def test_memo_of_freight_is_averaged_too() -> None:
    """Inbound freight expensed: 20.00 of memo on 10 of which 5 are sold, 10 more without: 1.00 a unit, so the order's 10.00 become 5.00."""
    stock = Stock("month-average")
    stock.ledger = MemoryLedger(costing="month-average", policies={"inbound-freight": "expense"})
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("O", 5, "5")
    stock.freight("F", 10, "20.00", "P1")
    assert stock.profit("O").memo_landed == 1000
    stock.buy("P2", 20, "10", "10.00")
    stock.close("2026-03", "2026-03-31")
    check_promises(stock.ledger)
    state = stock.ledger.engine.state
    assert (stock.profit("O").memo_landed, stock.cost("O")) == (500, (5000, 0, 0, 0))
    assert sum(row.memo for row in rows(state, MonthStock)) == sum(u.memo for u in (*rows(state, Lot), *rows(state, Pool))) == 1500
    assert {row.name: row.amount for row in rows(state, FreightMonth)} == {"billed": 2000, "orders": 500}


def test_goods_on_their_way_are_averaged() -> None:
    """Recognition at delivery: 6 shipped at 60.00 are goods shipped until the delivery, and the month's average reaches them there."""
    stock = Stock("month-average")
    stock.ledger = MemoryLedger(costing="month-average", policies={"recognition": "delivery"})
    stock.buy("P1", 1, "10", "10.00")
    stock.sell("O", 5, "6")
    stock.buy("P2", 20, "10", "16.00")
    stock.close("2026-03", "2026-03-31")
    check_promises(stock.ledger)
    assert stock.ledger.balances()["Assets:GoodsShipped"] == 7800
    stock.post("delivery", "D", "2026-04-02", order="O")
    check_promises(stock.ledger)
    assert (stock.ledger.balances()["Assets:GoodsShipped"], stock.cost("O")[0]) == (0, 7800)


def test_kits_on_their_way() -> None:
    """Recognition at delivery: goods shipped, and then cost, stand on SET; what comes back before leaves as parts; owed parts too."""
    stock = Stock("fifo")
    stock.ledger = MemoryLedger(policies={"recognition": "delivery"})
    stock.buy("P1", 1, "5", "4.00", sku="CUP")
    make_kit(stock, "K", 2, CUP="2")
    stock.order("O", 3, "3", sku="SET")
    stock.post("shipment", "S", 3, order="O")
    check_promises(stock.ledger)
    stock.bring_back("R", 4, "O", "1", sku="SET")
    check_promises(stock.ledger)
    stock.post("delivery", "D", day_of(5), order="O")
    check_promises(stock.ledger)
    assert (stock.cost("O")[0], stock.value("CUP")) == (1600, 400)
    check_books(stock.ledger)


def test_a_transfer_of_named_lots_is_received() -> None:
    """Under way are 2 of P1 and 3 of P2: a receipt names the lot, or takes all; a single lot needs no name."""
    stock = two_lots("specific")
    lines = [of("2", "P1"), of("3", "P2")]
    stock.post("transfer", "T", 5, **{"from": "main", "to": "north", "received": False, "lines": lines})
    with pytest.raises(LedgerError):
        stock.post("transfer_receipt", "TR", 6, transfer="T", lines=[of("1")])
    stock.post("transfer_receipt", "TR", 6, transfer="T", lines=[of("3", "P2")])
    assert stock.on_hand("north") == {"P2": (3, 2100)}
    stock.post("transfer_receipt", "TR2", 7, transfer="T", lines=[of("1")])
    stock.post("stock_adjustment", "A", 8, reason="lost", transfer="T", lines=[of("-1")])
    assert stock.on_hand("north") == {"P2": (3, 2100), "P1": (1, 400)}
    check_promises(stock.ledger)


def test_a_line_that_is_ordered_again() -> None:
    """Two lines, one, two again, in one working set: the second is there once, and ships once."""
    stock = Stock("fifo")
    stock.buy("P1", 1, "10", "4.00")
    line = {"sku": "X", "quantity": "2", "unit_price": "100.00"}
    stock.post("order", "O", 3, customer="Customer", lines=[line, line])
    correct(stock, "order", "O", 3, customer="Customer", lines=[line])
    correct(stock, "order", "O", 3, customer="Customer", lines=[line, line], memo="again")
    stock.post("shipment", "S", 4, order="O")
    assert (stock.cost("O")[0], stock.value()) == (1600, 2400)
