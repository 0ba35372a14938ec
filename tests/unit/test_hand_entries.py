"""Entries by hand: as given, on any account but stock, and an order's open items follow them."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument, LedgerError, UnknownAccount
from ledger.state.records import Order
from tests.books_in_memory import MemoryLedger

BASE = {"kind": "entry", "source": "a", "number": "E", "date": "2026-01-05"}


def entry(*postings: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """Return an entry of (account, amount)."""
    return BASE | {"postings": [{"account": account, "amount": amount, **fields} for account, amount in postings]}


@pytest.fixture
def ledger() -> MemoryLedger:
    """A ledger with one shipped, unpaid order of 50.00."""
    made = MemoryLedger()
    base = {"source": "s", "date": "2026-01-02"}
    lines = [{"sku": "A", "quantity": "5", "unit_price": "10.00"}]
    made.post({**base, "kind": "order", "number": "O", "customer": "C", "lines": lines})
    made.post({**base, "kind": "shipment", "number": "S", "order": "O"})
    return made


def test_a_payable_needs_no_party_by_hand(ledger: MemoryLedger) -> None:
    """What our own entries must name, an accountant may leave out or give."""
    ledger.post(entry(("payable:supplier", "10.00"), ("bank", "-10.00")))
    postings = [{"account": "payable:carrier", "amount": "3.00", "party": "SF"}, {"account": "bank", "amount": "-3.00"}]
    posted = ledger.post(BASE | {"number": "E2", "postings": postings})
    assert posted.entries[0].postings[0].party == "SF"


def test_a_payee_survives(ledger: MemoryLedger) -> None:
    """It stands on the entry and in its text; without one the document is what it was before there was the field."""
    posted = ledger.post(entry(("bank", "1.00"), ("Expenses:Operating", "-1.00")) | {"payee": "Landlord", "narration": "rent"})
    assert posted.entries[0].payee == "Landlord" and posted.entries[0].text.startswith('2026-01-05 * "Landlord" "rent"')
    plain = ledger.post(entry(("bank", "1.00"), ("Expenses:Operating", "-1.00")) | {"number": "E2"})
    assert plain.entries[0].payee == "" and "payee" not in plain.row.body


def test_open_items_follow(ledger: MemoryLedger) -> None:
    """A receivable settled by hand is settled for the order too."""
    ledger.post(entry(("receivable", "-20.00"), ("bank", "20.00"), order="O"))
    assert ledger.engine.state[Order].require(1).receivable == 3000


@pytest.mark.parametrize(
    ("body", "error", "pointer"),
    [
        (entry(("bank", "1.00"), ("Expenses:Operating", "-1.01")), InvalidDocument, "/postings"),
        (entry(("Assets:Inventory", "1.00"), ("bank", "-1.00")), InvalidDocument, "/postings/0/account"),
        (entry(("stock_owed", "1.00"), ("bank", "-1.00")), InvalidDocument, "/postings/0/account"),
        (entry(("Assets:Nowhere", "1.00"), ("bank", "-1.00")), UnknownAccount, "/postings/0/account"),
        (entry(("bank", "1.00"), ("bank", "-1.00"), currency="USD"), InvalidDocument, "/postings/0/currency"),
        (entry(("bank", "1.00"), ("bank", "-1.00"), order="nothing"), InvalidDocument, "/postings/0/order"),
    ],
)
def test_bad_entries(ledger: MemoryLedger, body: dict[str, Any], error: type[LedgerError], pointer: str) -> None:
    """One clear error that names the field; nothing posted."""
    before = len(ledger.engine.entries)
    with pytest.raises(error) as refused:
        ledger.post(body)
    assert refused.value.errors[0].pointer == pointer
    assert len(ledger.engine.entries) == before
