"""Specific identification: the document names the lot, and the units cost what that lot carries (IAS 2.23-24; CAS 1.14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ledger.errors import LedgerError
from tests.stock_in_memory import Stock
from tests.unit.test_histories import check_books, check_promises


@pytest.fixture
def stock() -> Iterator[Stock]:
    """Three lots: P1 10@10.00 and P2 10@20.00 in `main`, P3 dated 20 March 5@30.00; every promise holds at the end."""
    made = Stock("specific")
    made.buy("P1", 1, "10", "10.00")
    made.buy("P2", 2, "10", "20.00")
    made.buy("P3", 20, "5", "30.00")
    made.order("O", 3, "12")
    yield made
    check_promises(made.ledger)
    check_books(made.ledger)


def ship(stock: Stock, lines: list[dict[str, Any]], day: int = 5, **fields: Any) -> None:
    """Ship lines of order O, or all of it."""
    stock.post("shipment", f"S-{stock.count}", day, order="O", **({"lines": lines} if lines else {}), **fields)


def test_the_named_lot_is_taken(stock: Stock) -> None:
    """2 of P2 at 20.00 and 3 of P1 at 10.00 are 70.00; a line that names two lots is two lines."""
    ship(stock, [{"sku": "X", "quantity": "2", "lot": "P2"}, {"sku": "X", "quantity": "3", "lot": "P1"}])
    assert stock.profit("O").product_cost == 7000
    assert stock.on_hand() == {"P1": (7, 7000), "P2": (8, 16000), "P3": (5, 15000)}


def test_source_and_label_tell_lots_apart(stock: Stock) -> None:
    """Two suppliers' systems number alike: the bare label is refused, source/label is not."""
    stock.buy("P1", 3, "1", "50.00", source="erp")
    with pytest.raises(LedgerError, match="source/label") as refused:
        ship(stock, [{"sku": "X", "quantity": "1", "lot": "P1"}])
    assert refused.value.errors[0].pointer == "/lines/0/lot"
    ship(stock, [{"sku": "X", "quantity": "1", "lot": "erp/P1"}])
    assert stock.profit("O").product_cost == 5000


@pytest.mark.parametrize(
    ("lines", "pointer", "words"),
    [
        ([{"sku": "X", "quantity": "1"}], "/lines/0/lot", "'P1', 'P2'"),
        ([], "/lines", "on each line"),
        ([{"sku": "X", "quantity": "11", "lot": "P1"}], "/lines/0/quantity", "only 10"),
        ([{"sku": "X", "quantity": "6", "lot": "P1"}, {"sku": "X", "quantity": "5", "lot": "P1"}], "/lines/1/quantity", "only 4"),
        ([{"sku": "X", "quantity": "1", "lot": "P3"}], "/lines/0/lot", "2026-03-20"),
        ([{"sku": "X", "quantity": "1", "lot": "P9"}], "/lines/0/lot", "on hand: 'P1', 'P2'"),
    ],
)
def test_what_is_refused(stock: Stock, lines: list[dict[str, Any]], pointer: str, words: str) -> None:
    """No lot, no lines, more than the lot holds (over two lines too), a lot dated after the issue, an unknown one."""
    with pytest.raises(LedgerError, match=words) as refused:
        ship(stock, lines)
    assert refused.value.errors[0].pointer == pointer


def test_at_most_five_labels_are_spelled_out(stock: Stock) -> None:
    """Seven lots on hand before the day: five and 2 more."""
    for i in range(5):
        stock.buy(f"Q{i}", 3, "1", "1.00")
    with pytest.raises(LedgerError, match="'Q2' and 2 more"):
        ship(stock, [{"sku": "X", "quantity": "1"}])


def test_losses_and_transfers_name_their_lot(stock: Stock) -> None:
    """One of P2 is broken (20.00), three of P2 move and are one lot with the rest again when they are back."""
    for kind, fields in (("stock_adjustment", {"reason": "broken"}), ("transfer", {"from": "main", "to": "north"})):
        quantity = "-1" if kind == "stock_adjustment" else "1"
        with pytest.raises(LedgerError, match="name the lot"):
            stock.post(kind, "refused", 6, lines=[{"sku": "X", "quantity": quantity}], **fields)
    stock.post("stock_adjustment", "A", 6, reason="broken", lines=[{"sku": "X", "quantity": "-1", "lot": "P2"}])
    assert stock.ledger.balances()["Expenses:StockLoss"] == 2000
    stock.post("transfer", "T1", 6, **{"from": "main", "to": "north"}, lines=[{"sku": "X", "quantity": "3", "lot": "P2"}])
    assert stock.on_hand("north") == {"P2": (3, 6000)}
    stock.post("transfer", "T2", 7, **{"from": "north", "to": "main"}, lines=[{"sku": "X", "quantity": "3", "lot": "P2"}])
    ship(stock, [{"sku": "X", "quantity": "9", "lot": "P2"}], day=8)
    assert stock.profit("O").product_cost == 18000


def test_a_purchase_names_its_lot_where_it_has_one(stock: Stock) -> None:
    """`purchase` on a loss is enough while only one lot of it is on hand."""
    stock.post("stock_adjustment", "A", 6, reason="broken", lines=[{"sku": "X", "quantity": "-2", "purchase": "P2"}])
    assert stock.on_hand()["P2"] == (8, 16000)


def test_a_return_is_a_lot_of_its_own(stock: Stock) -> None:
    """2 of P2 come back at 40.00 as lot R; they leave again by that name, freight of P2 follows them."""
    ship(stock, [{"sku": "X", "quantity": "4", "lot": "P2"}])
    stock.post("return", "R", 6, order="O", lines=[{"sku": "X", "quantity": "2"}])
    assert stock.on_hand()["R"] == (2, 4000)
    stock.freight("F", 7, "10.00", "P2")
    assert stock.on_hand()["R"] == (2, 4200)
    ship(stock, [{"sku": "X", "quantity": "1", "lot": "R"}], day=8)
    assert (stock.profit("O").product_cost, stock.profit("O").landed_cost) == (6000, 300)


def test_other_methods() -> None:
    """FIFO takes the named lot; average refuses it for a shipment (one price), and takes it for a loss or a transfer."""
    fifo = Stock("fifo")
    fifo.buy("P1", 1, "10", "10.00")
    fifo.buy("P2", 2, "10", "20.00")
    fifo.order("O", 3, "12")
    ship(fifo, [{"sku": "X", "quantity": "2", "lot": "P2"}, {"sku": "X", "quantity": "1"}])
    assert fifo.profit("O").product_cost == 5000
    average = Stock("average")
    average.buy("P1", 1, "10", "10.00")
    average.buy("P2", 2, "10", "20.00")
    average.order("O", 3, "12")
    with pytest.raises(LedgerError, match="leave the lot out") as refused:
        ship(average, [{"sku": "X", "quantity": "2", "lot": "P2"}])
    assert refused.value.errors[0].pointer == "/lines/0/lot"
    average.post("stock_adjustment", "A", 6, reason="broken", lines=[{"sku": "X", "quantity": "-4", "lot": "P2"}])
    assert average.ledger.balances()["Expenses:StockLoss"] == 6000
    assert {label: units for label, (units, _) in average.on_hand().items()} == {"P1": 10, "P2": 6}


def test_a_lot_needs_units_of_stock() -> None:
    """A service leaves no stock: a lot on its line is refused."""
    stock = Stock("fifo")
    lines = [{"sku": "HELP", "quantity": "1", "amount": "5.00", "type": "service"}]
    stock.post("order", "O", 3, customer="C", lines=lines)
    with pytest.raises(LedgerError, match="leave stock"):
        stock.post("shipment", "S", 4, order="O", lines=[{"sku": "HELP", "quantity": "1", "lot": "P1"}])
