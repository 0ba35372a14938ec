"""Entries by hand: as given, on any account but stock, and an order's open items follow them."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument, LedgerError, UnknownAccount
from ledger.state.records import Order, PartyBalance
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


USD = {"amount": "10.00", "currency": "USD"}


def in_units(*postings: tuple[str, str, dict[str, str] | None], **fields: Any) -> dict[str, Any]:
    """Return an entry of (account, amount, units)."""
    made = [{"account": name, "amount": amount, **({"units": units} if units else {})} for name, amount, units in postings]
    return BASE | {"postings": made} | fields


@pytest.mark.parametrize(("units", "fields", "pointer"), [
    (USD | {"amount": "-10.00"}, {}, "/postings/0/units/amount"),
    (USD | {"amount": "0"}, {}, "/postings/0/units/amount"),
    (USD | {"amount": "10.001"}, {}, "/postings/0/units/amount"),
    (USD | {"currency": "CNY"}, {}, "/postings/0/units/currency"),
    (USD | {"currency": "usd"}, {}, "/postings/0/units/currency"),
    (USD, {"currency": "EUR", "rate": "8.00"}, "/postings/0/units"),
])  # fmt: skip
def test_bad_units(ledger: MemoryLedger, units: dict[str, str], fields: dict[str, str], pointer: str) -> None:
    """Units have the amount's sign and their own currency's decimals, in an entry in the books' currency only."""
    with pytest.raises(LedgerError) as refused:
        ledger.post(in_units(("bank", "72.00", units), ("operating", "-72.00", None), **fields))
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


def test_units_keep_what_is_open_with_a_supplier(ledger: MemoryLedger) -> None:
    """10.00 USD paid ahead at 7.20, corrected to 20.00 and back: the next receipt finds what is there; two currencies are refused."""
    paid = in_units(("supplier_prepayment", "72.00", USD), ("bank", "-72.00", USD | {"amount": "-10.00"}))
    paid["postings"][0]["party"] = "Supplier"
    ledger.post(paid)
    [row] = ledger.engine.state[PartyBalance].changes()[0]
    assert (row.role, row.currency, row.units, row.base) == ("supplier_prepayment", "USD", 1000, 7200)
    more = in_units(("supplier_prepayment", "150.00", USD | {"amount": "20.00"}), ("bank", "-150.00", USD | {"amount": "-20.00"}))
    more["postings"][0]["party"] = "Supplier"
    ledger.post(more | {"corrects": True, "reason": "typing error"})
    assert (row.units, row.base) == (2000, 15000)
    ledger.post(paid | {"corrects": True, "reason": "it was right", "memo": "as it was"})
    assert (row.units, row.base) == (1000, 7200)
    goods = [{"sku": "TEA-01", "quantity": "1", "unit_price": "15.00"}]
    ledger.post(BASE | {"kind": "receipt", "supplier": "Supplier", "currency": "USD", "rate": "7.00", "lines": goods})
    assert ledger.balances()["Assets:Inventory:TEA-01"] == 7200 + 3500
    both = in_units(("supplier_prepayment", "72.00", USD), ("supplier_prepayment", "-72.00", {"amount": "-9.00", "currency": "EUR"}))
    with pytest.raises(InvalidDocument) as refused:
        ledger.post(both | {"number": "E-2"})
    assert [fault.pointer for fault in refused.value.errors] == ["/postings/1/units"]
