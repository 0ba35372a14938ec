"""An opening under each cost formula: opened lots are averaged and named, units that left before are of no month, kits are parts."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.documents.closing import MonthAverage
from ledger.errors import LedgerError
from ledger.state.records import Consumption, Lot
from tests.unit.test_histories import check_books, check_promises
from tests.unit.test_openings import LOT, Books, moved, opening, order

TEA_ORDER = {"customer": "Lin", "lines": [{"sku": "TEA", "quantity": "10", "unit_price": "20.00"}]}
SET = {"kind": "kit", "source": "old", "number": "KIT", "date": "2026-06-01", "sku": "SET"}
SET |= {"components": [{"sku": "TEA", "quantity": "0.5"}, {"sku": "CUP", "quantity": "2"}]}


def opened(costing: str, *documents: dict[str, Any], **sections: Any) -> Books:
    """Return books under a cost formula, with documents before their opening."""
    books = Books(costing=costing)
    for document in documents:
        books.post(document)
    books.post(opening(**sections))
    check_promises(books)
    return books


def test_opened_lots_are_in_the_average_of_their_month() -> None:
    """100 at 10.00 opened, 100 at 12.00 come in July after 10 were sold: July's average is 11.00, and the order ends at 110.00."""
    books = opened("month-average", lots=[LOT])
    books.july("order", "SO", **TEA_ORDER)
    assert moved(books.july("shipment", "S", order="SO"))["Expenses:COGS"] == 10000
    books.july("purchase", "PO", day=9, supplier="T", lines=[{"sku": "TEA", "quantity": "100", "unit_price": "12.00"}])
    seq = books.engine.state.head.seq
    books.engine.post(MonthAverage(source="books", number="2026-07", date="2026-07-31", period="2026-07", as_of_seq=str(seq)))
    held = next(row for row in books.engine.state[Consumption].changes()[0])
    assert held.goods == 11000
    check_books(books)


def test_units_that_left_before_are_of_no_month() -> None:
    """40 of 100 left before: late freight of 10.00 gives them 4.00, and no month's average takes it up."""
    books = opened("month-average", lots=[LOT | {"quantity": "60", "received": "100", "label": "PO-9"}])
    line = {"amount": "10.00", "direction": "inbound", "purchases": ["PO-9"]}
    got = moved(books.july("freight_bill", "F", carrier="Sea", lines=[line]))
    assert (got["Stock"], got["Expenses:COGS:PriceVariance"]) == (600, 400)
    assert [row.month for row in books.engine.state[Consumption].changes()[0]] == [None]


@pytest.mark.parametrize("name", ["PO-9", "old/PO-9"])
def test_a_shipment_names_an_opened_lot(name: str) -> None:
    """Two lots at 10.00 and 12.00: the order bears what the named one carries, by its old number, with or without its source."""
    books = opened("specific", lots=[LOT | {"label": "PO-9"}, LOT | {"label": "PO-10", "unit_price": "12.00"}])
    books.july("order", "SO", **TEA_ORDER)
    line = {"sku": "TEA", "quantity": "10", "lot": name}
    assert moved(books.july("shipment", "S", order="SO", lines=[line]))["Expenses:COGS"] == 10000
    check_books(books)


def test_a_named_lot_is_not_there_before_its_opening() -> None:
    """The old purchase is of May, the books have its units from the end of June on."""
    books = opened("specific", lots=[LOT | {"label": "PO-9", "date": "2026-05-12"}])
    books.july("order", "SO", **TEA_ORDER)
    early = {"kind": "shipment", "source": "shop", "number": "S", "date": "2026-06-10", "order": "SO"}
    with pytest.raises(LedgerError) as refused:
        books.post(early | {"lines": [{"sku": "TEA", "quantity": "10", "lot": "PO-9"}]})
    assert [error.pointer for error in refused.value.errors] == ["/lines/0/lot"]


def test_a_kit_is_not_opened_as_a_lot() -> None:
    """A kit has no stock of its own."""
    books = Books()
    books.post(SET)
    with pytest.raises(LedgerError) as refused:
        books.post(opening(lots=[LOT | {"sku": "SET"}]))
    assert [error.pointer for error in refused.value.errors] == ["/lots/0/sku"]


def test_an_order_of_kits_in_mid_life_holds_its_parts() -> None:
    """2 of 3 sets were shipped for 36.00: by last known cost (tea 10.00, cups 2 x 4.00) 20.00 is tea and 16.00 cups; one comes back."""
    lots = [LOT | {"unit_price": "20.00"}, LOT | {"sku": "CUP", "unit_price": "4.00"}]
    given = order(lines=[{"sku": "SET", "quantity": "3", "unit_price": "50.00", "shipped": "2", "shipped_cost": "36.00"}])
    books = opened("fifo", SET, lots=lots, open_orders=[given])
    held = {row.sku: (row.quantity, row.goods, row.sold_as) for row in books.engine.state[Consumption].changes()[0]}
    assert held == {"TEA": (1_000_000, 2000, "SET"), "CUP": (4_000_000, 1600, "SET")}
    got = moved(books.july("return", "R", order="SO-1", lines=[{"sku": "SET", "quantity": "1"}]))
    assert (got["Stock"], got["Expenses:COGS"]) == (1800, -1800)
    assert moved(books.july("shipment", "S", order="SO-1"))["Expenses:COGS"] == 1800
    assert {lot.sku for lot in books.engine.state[Lot].changes()[0]} == {"TEA", "CUP"}
    check_books(books)
