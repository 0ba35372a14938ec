"""A long document that is posted and not moved yet: readers wait, others post around it, and who needs it has it moved first."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.clock import now
from ledger.engine import Posted
from ledger.errors import LedgerError
from ledger.integrity import check
from ledger.owner import owner_name
from ledger.posting_queue import Outcome
from ledger.service import Ledger
from ledger.state.records import Billed, Lot, Order
from ledger.store.database import Database
from ledger.store.unmoved import Beside, left_over, unmoved, write_ahead
from tests.company import Company
from tests.integration.test_preparing import ORDERS, as_rebuilt, bill, preparing, said, stock


@pytest.fixture(autouse=True)
def one_piece_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every turn move one piece of two rows."""
    monkeypatch.setattr("ledger.store.staged.AT_ONCE_ROWS_MAX", 0)
    monkeypatch.setattr("ledger.store.unmoved.MOVE_SECONDS", 0)
    monkeypatch.setattr("ledger.store.unmoved.PIECE_ROWS_MAX", 2)


@contextmanager
def posted(company: Company, turns: int = 0) -> Iterator[Beside]:
    """Post the bill and move so many of its pieces; the rest is left where it is."""
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        while preparer.write_ahead():
            pass
        beside = preparer.commit(commits)
        assert beside is not None
        for _ in range(turns):
            assert preparer.move()
        yield beside


def is_on_the_way(company: Company) -> bool:
    """Tell whether rows are not in their tables yet."""
    with company.ledger.database.reading(anytime=True) as connection:
        return bool(unmoved(connection))


def post_around(company: Company, beside: Beside) -> None:
    """Let the ledger's unit of work know what is on its way, as that of the serving process does."""
    company.ledger.start_preparing()
    assert company.ledger._preparing is not None
    company.ledger._preparing.beside = beside


@pytest.mark.parametrize("turns", [0, 1, 20])
def test_a_reader_waits_until_all_is_moved(company: Company, turns: int) -> None:
    """Who reads in between is answered when the bill is whole, and sees it whole; the head can be read at once."""
    stock(company)
    seq = company.ledger.health()["seq"]
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        while preparer.write_ahead():
            pass
        assert preparer.commit(commits) is not None
        for _ in range(turns):
            assert preparer.move()
        assert company.ledger.health()["seq"] == seq + 1
        found: list[Any] = []
        reader = threading.Thread(target=lambda: found.append(said(company)))
        reader.start()
        reader.join(0.1)
        assert reader.is_alive() and not found
        while preparer.move():
            pass
        reader.join()
    assert found == [said(company)]
    as_rebuilt(company)


def test_a_reader_moves_what_nobody_moves(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the process that moved was killed, whoever reads next waits a moment and does it."""
    monkeypatch.setattr("ledger.store.database.MOVING_PATIENCE_SECONDS", 0.05)
    stock(company)
    with posted(company, 3):
        pass
    assert is_on_the_way(company)
    database = Database(company.store_url)
    with database.reading() as connection:
        orders = connection.exec_driver_sql("SELECT COUNT(*) FROM orders WHERE freight > 0").scalar_one()
    database.close()
    assert orders == ORDERS
    assert not is_on_the_way(company)
    as_rebuilt(company)


def test_who_opens_the_books_moves_it(company: Company) -> None:
    """A service that starts again has a whole bill at once."""
    stock(company)
    with posted(company, 3):
        pass
    company.ledger.close()
    started = time.monotonic()
    company.ledger = Ledger.open(company.books, company.store_url)
    assert not is_on_the_way(company)
    assert time.monotonic() - started < 2, "it does not wait for anybody"
    as_rebuilt(company)


def test_others_post_around_it(company: Company) -> None:
    """Other goods, orders and parcels are posted while the rows are on their way, between turns that move some."""
    stock(company)
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        while preparer.write_ahead():
            pass
        beside = preparer.commit(commits)
        assert beside is not None
        post_around(company, beside)
        company.buy("PO-2", "2026-04-01", 10, "3.00", sku="Y")
        company.sell("SO-Y", "2026-04-02", 1, sku="Y")
        line = {"amount": "0.50", "direction": "outbound", "tracking": ["T-ELSEWHERE"]}
        company.post("freight_bill", "SHORT", "2026-03-26", carrier="SF", lines=[line])
        assert is_on_the_way(company)
        assert preparer.move()
        company.sell("SO-Y2", "2026-04-02", 1, sku="Y")
        assert is_on_the_way(company)
        while preparer.move():
            pass
    as_rebuilt(company)


def return_a_unit(company: Company) -> None:
    """Return what an order of the bill holds."""
    company.post("return", "R-1", "2026-03-26", order="SO-3", lines=[{"sku": "X", "quantity": "1"}])


def sell_from_the_lot(company: Company) -> None:
    """Ship units of the lot that the bill's inbound freight is for."""
    company.sell("SO-X", "2026-03-26", 3)


def bill_a_parcel(company: Company) -> None:
    """Bill a parcel that the bill has billed: the same carrier's charge is refused as a repeat."""
    line = {"amount": "1.04", "direction": "outbound", "tracking": ["T-4"], "tax_rate": "0.09"}
    with pytest.raises(LedgerError):
        company.post("freight_bill", "F-1", "2026-03-26", carrier="SF", lines=[line])


def know_the_parcel(company: Company) -> None:
    """Ship under the tracking number that the bill waits for."""
    company.buy("PO-Z", "2026-03-01", 5, "1.00", sku="Z")
    company.post("order", "SO-Z", "2026-03-26", customer="Lin", lines=[{"sku": "Z", "quantity": "1", "unit_price": "5.00"}])
    company.post("shipment", "S-Z", "2026-03-26", order="SO-Z", tracking="T-UNKNOWN")


def know_the_purchase(company: Company) -> None:
    """Receive the purchase that the bill waits for."""
    company.buy("PO-UNKNOWN", "2026-03-26", 5, "1.00", sku="Z")


def correct_the_bill(company: Company) -> None:
    """Correct the very bill."""
    line = {"amount": "9.00", "direction": "outbound", "orders": ["SO-1"]}
    company.post("freight_bill", "LONG", "2026-03-26", carrier="SF", lines=[line], corrects=True, reason="another bill")


NEEDED = [return_a_unit, sell_from_the_lot, bill_a_parcel, know_the_parcel, know_the_purchase, correct_the_bill]


@pytest.mark.parametrize("need", NEEDED, ids=lambda f: f.__name__)
@pytest.mark.parametrize("turns", [0, 9])
def test_who_needs_it_has_it_moved(company: Company, need: Any, turns: int) -> None:
    """A post that asks for rows on their way has them moved in its own unit of work, and is as if posted after the bill."""
    stock(company)
    with posted(company, turns) as beside:
        post_around(company, beside)
        need(company)
        assert not is_on_the_way(company)
    as_rebuilt(company)


def test_a_process_that_knows_nothing_of_it(company: Company) -> None:
    """An import beside the service moves all of it before it posts anything."""
    stock(company)
    with posted(company, 3):
        company.buy("PO-2", "2026-04-01", 10, "3.00", sku="Y")
        assert not is_on_the_way(company)
    as_rebuilt(company)


def test_what_is_refused_leaves_it_on_its_way(company: Company) -> None:
    """A unit of work that fails takes back what it moved; the next one moves it."""
    stock(company)
    with posted(company, 3) as beside:
        post_around(company, beside)
        outcomes: list[Outcome] = []
        with pytest.raises(RuntimeError), company.ledger._unit() as engine:
            assert engine.state[Order].get(2) is not None
            outcomes += [engine.post(bill("OTHER", carrier="Other"))]
            raise RuntimeError("a defect of ours")
        assert is_on_the_way(company) and isinstance(outcomes[0], Posted)
        return_a_unit(company)
        assert not is_on_the_way(company)
    as_rebuilt(company)


def test_beside_names_rows_and_groups() -> None:
    """Stored rows are named by key, new ones by what they can be asked for."""
    beside = Beside("b", {Order: frozenset([3])}, {Billed: {("id",): frozenset([7]), ("type", "reference"): frozenset([("name", "T")])}})
    assert beside.adds_to(Billed, ("type", "reference"), [("name", "S"), ("name", "T")])
    assert beside.adds_to(Billed, (), ()) and beside.adds_to(Billed, ("id",), [7])
    assert not beside.adds_to(Billed, ("type", "reference"), [("shipment", "T")])
    assert not beside.adds_to(Lot, (), ())
    assert not beside.changes(Lot, []) and not beside.changes(Order, [])


def test_rows_written_ahead_in_vain(company: Company) -> None:
    """Rows of a process that has ended are named by check and removed at the next start; those of one that lives are left alone."""
    stock(company)
    company.ledger.publish()
    gone = owner_name().replace(f":{os.getpid()}:", ":4194305:")
    with company.ledger.database.writing() as connection:
        write_ahead(connection, gone, 1, ["{}", "{}"], now())
        write_ahead(connection, owner_name(), 1, ["{}"], now())
        write_ahead(connection, "elsewhere:1:x", 1, ["{}"], "2026-01-01T00:00:00.000Z")
        assert left_over(connection, now()) == sorted([gone, "elsewhere:1:x"])
    (problem,) = check(company.ledger)
    assert "2 long documents that were never posted" in problem
    company.ledger.start_preparing()
    assert check(company.ledger) == []
    with company.ledger.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM unmoved").scalar_one() == 1
