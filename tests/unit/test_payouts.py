"""Payouts: taken apart line by line, clearing at zero, each fee once."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument
from ledger.state.records import Order
from tests.books_in_memory import MemoryLedger

CLEARING = "Assets:Clearing:Tmall"


def sold(ledger: MemoryLedger, number: str = "SO-2", **payment: Any) -> None:
    """Sell 100.00 + 13.00 on tmall; pay through the platform where `payment` says so."""
    base = {"source": "shop", "date": "2026-02-15"}
    line = {"sku": "DROP", "quantity": "1", "unit_price": "100.00", "tax_rate": "0.13", "type": "service"}
    ledger.post({**base, "kind": "order", "number": number, "customer": "C", "channel": "tmall", "lines": [line]})
    if payment:
        ledger.post({**base, "kind": "payment", "number": number, "order": number, "account": "clearing:tmall", **payment})
    ledger.post({**base, "kind": "shipment", "number": number, "order": number})


def payout(ledger: MemoryLedger, net: str, *lines: dict[str, Any]) -> None:
    """Post a payout."""
    body = {"kind": "payout", "source": "tmall", "number": "PO-1", "date": "2026-02-20", "channel": "tmall", "account": "bank"}
    ledger.post(body | {"net": net, "lines": list(lines)})


def test_worked_example() -> None:
    """113.00 sold, a fee of 6.23 + 0.37 VAT: 106.40 in the bank, clearing empty, the fee on the order."""
    ledger = MemoryLedger()
    sold(ledger, amount="113.00")
    sale = {"type": "sale", "order": "SO-2", "amount": "113.00"}
    payout(ledger, "106.40", sale, {"type": "fee", "order": "SO-2", "amount": "-6.23", "tax": "0.37"})
    balances = ledger.balances()
    assert (balances["Assets:Bank"], balances[CLEARING]) == (10640, 0)
    assert (balances["Expenses:PlatformFees"], balances["Assets:VAT:Input"]) == (623, 37)
    assert ledger.engine.state[Order].require(1).fees == 623


def test_tax_inside_the_amounts() -> None:
    """The same with amounts that contain their tax: what adds up to the net counts."""
    ledger = MemoryLedger()
    sold(ledger, amount="113.00")
    sale = {"type": "sale", "order": "SO-2", "amount": "113.00"}
    payout(ledger, "106.40", sale, {"type": "fee", "order": "SO-2", "amount": "-6.60", "tax": "0.37"})
    assert ledger.engine.state[Order].require(1).fees == 623
    assert ledger.balances()[CLEARING] == 0


def test_a_fee_stated_on_the_payment_is_booked_once() -> None:
    """The payment states 6.60; the payout repeats it: one fee, clearing empty."""
    ledger = MemoryLedger()
    sold(ledger, amount="113.00", fee="6.60")
    sale = {"type": "sale", "order": "SO-2", "amount": "113.00"}
    payout(ledger, "106.40", sale, {"type": "fee", "order": "SO-2", "amount": "-6.60"})
    assert ledger.engine.state[Order].require(1).fees == 660
    assert ledger.balances()[CLEARING] == 0


def test_a_sale_nobody_posted_is_a_payment() -> None:
    """The shop never sent a payment: the payout settles the receivable."""
    ledger = MemoryLedger()
    sold(ledger)
    assert ledger.balances()["Assets:Receivable"] == 11300
    payout(ledger, "113.00", {"type": "sale", "order": "SO-2", "amount": "113.00"})
    assert (ledger.balances()["Assets:Receivable"], ledger.balances()[CLEARING]) == (0, 0)


def test_refund_reserve_tax_and_chargeback() -> None:
    """Every line finds its account: reserve and disputes are assets, a lost chargeback is bad debt."""
    ledger = MemoryLedger()
    sold(ledger, amount="113.00")
    back = {"source": "shop", "kind": "return", "number": "R", "date": "2026-02-18", "order": "SO-2"}
    ledger.post(back | {"lines": [{"sku": "DROP", "quantity": "0.5"}]})
    lines = [
        {"type": "sale", "order": "SO-2", "amount": "113.00"},
        {"type": "refund", "order": "SO-2", "amount": "-56.50"},
        {"type": "reserve_hold", "amount": "-10.00"},
        {"type": "chargeback", "order": "SO-2", "amount": "-20.00"},
        {"type": "chargeback_won", "order": "SO-2", "amount": "5.00"},
        {"type": "chargeback_lost", "order": "SO-2", "amount": "0"},
        {"type": "advertising", "amount": "-1.50"},
    ]
    payout(ledger, "30.00", *lines)
    balances = ledger.balances()
    assert (balances["Liabilities:Refund"], balances[CLEARING]) == (0, 0)
    assert (balances["Assets:Reserve"], balances["Assets:Disputes"]) == (1000, 0)
    assert ledger.engine.state[Order].require(1).bad_debt == 1500
    assert balances["Expenses:Operating:Advertising"] == 150


@pytest.mark.parametrize(
    ("net", "lines", "pointer"),
    [
        ("5.00", [{"type": "sale", "order": "SO-2", "amount": "4.00"}], "/net"),
        ("4.00", [{"type": "sale", "amount": "4.00"}], "/lines/0/order"),
        ("-4.00", [{"type": "sale", "order": "SO-2", "amount": "-4.00"}], "/lines/0/amount"),
        ("-500.00", [{"type": "refund", "order": "SO-2", "amount": "-500.00"}], "/lines/0/amount"),
        ("4.00", [{"type": "sale", "order": "SO-9", "amount": "4.00"}], "/lines/0/order"),
    ],
)
def test_bad_payouts(net: str, lines: list[dict[str, Any]], pointer: str) -> None:
    """One clear error that names the field; nothing posted."""
    ledger = MemoryLedger()
    sold(ledger)
    before = len(ledger.engine.entries)
    with pytest.raises(InvalidDocument) as refused:
        payout(ledger, net, *lines)
    assert refused.value.errors[0].pointer == pointer
    assert len(ledger.engine.entries) == before
