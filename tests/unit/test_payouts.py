"""Payouts: taken apart line by line, clearing at zero, each fee once."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.documents import read
from ledger.errors import InvalidDocument
from ledger.state.records import Order, Stage
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


def payout(ledger: MemoryLedger, net: str, *lines: dict[str, Any], **fields: Any) -> None:
    """Post a payout."""
    body = {"kind": "payout", "source": "tmall", "number": "PO-1", "date": "2026-02-20", "channel": "tmall", "account": "bank"}
    ledger.post(body | {"net": net, "lines": list(lines)} | fields)


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
        ("5.00", [{"type": "chargeback_won", "order": "SO-2", "amount": "5.00"}], "/lines/0/amount"),
        ("-5.00", [{"type": "chargeback_won", "order": "SO-2", "amount": "-5.00"}], "/lines/0/amount"),
        ("5.00", [{"type": "chargeback", "order": "SO-2", "amount": "5.00"}], "/lines/0/amount"),
        ("0", [{"type": "chargeback_lost", "order": "SO-2", "amount": "0"}], "/lines/0/amount"),
        ("5.00", [{"type": "chargeback_lost", "order": "SO-2", "amount": "5.00"}], "/lines/0/amount"),
        ("-1.00", [{"type": "fee", "order": "SO-2", "amount": "-1.00", "tax": "1.01"}], "/lines/0/tax"),
        ("-1.00", [{"type": "fee", "order": "SO-2", "amount": "-1.00", "tax": "-0.06"}], "/lines/0/tax"),
        ("1.00", [{"type": "fee", "order": "SO-2", "amount": "1.00", "tax": "1.01"}], "/lines/0/tax"),
        ("0", [{"type": "advertising", "amount": "0", "tax": "0.06"}], "/lines/0/tax"),
        ("-8.00", [{"type": "marketplace_tax", "order": "SO-2", "amount": "-8.00", "tax": "1.00"}], "/lines/0/tax"),
    ],
)
def test_bad_payouts(net: str, lines: list[dict[str, Any]], pointer: str) -> None:
    """One clear error that names the field; nothing posted."""
    ledger = MemoryLedger()
    sold(ledger)
    before = len(ledger.engine.entries)
    with pytest.raises(InvalidDocument) as refused:
        payout(ledger, net, *lines)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert len(ledger.engine.entries) == before


LOST = {"type": "chargeback_lost", "order": "SO-2"}
WON = {"type": "chargeback_won", "order": "SO-2"}
TAKEN = {"type": "chargeback", "order": "SO-2", "amount": "-20.00"}


def test_what_is_won_is_bounded_by_the_dispute_in_whatever_order_lines_come() -> None:
    """20.00 are taken: 20.00 can be won in the same payout, above its chargeback, and not a cent more later."""
    ledger = MemoryLedger()
    sold(ledger)
    payout(ledger, "0", WON | {"amount": "20.00"}, TAKEN)
    payout(ledger, "-20.00", TAKEN, number="PO-2")
    with pytest.raises(InvalidDocument) as refused:
        payout(ledger, "20.01", WON | {"amount": "10.01"}, WON | {"amount": "10.00"}, number="PO-3")
    [error] = refused.value.errors
    assert error.pointer == "/lines/1/amount"
    assert error.detail.startswith("is 0.01 more than order SO-2 has in dispute: post the chargeback first")
    payout(ledger, "20.00", WON | {"amount": "20.00"}, number="PO-3")
    assert ledger.balances()["Assets:Disputes"] == 0


def test_a_loss_is_booked_in_one_step_and_taken_back() -> None:
    """A platform that never said it was disputed takes 20.00 for good; what it gives back lowers the bad debt."""
    ledger = MemoryLedger()
    sold(ledger)
    payout(ledger, "-20.00", LOST | {"amount": "-20.00"})
    payout(ledger, "5.00", LOST | {"amount": "5.00"}, number="PO-2")
    sold(ledger, number="SO-3")
    one_step = [LOST | {"order": "SO-3", "amount": amount} for amount in ("3.00", "-10.00")]
    payout(ledger, "-7.00", *one_step, number="PO-3")
    assert ledger.balances()["Expenses:BadDebt"] == 2200
    assert (ledger.engine.state[Order].require(1).bad_debt, ledger.balances()["Assets:Disputes"]) == (1500, 0)


def test_money_that_goes_straight_into_a_foreign_reserve_is_its_channels() -> None:
    """20.00 USD paid into the reserve at 7.00 and a payout of 10.00 into it at 7.20 are released at 7.50: nothing stays there."""
    ledger = MemoryLedger()
    dollars = {"source": "shop", "date": "2026-02-15", "currency": "USD"}
    line = {"sku": "DROP", "quantity": "1", "unit_price": "30.00", "type": "service"}
    ledger.post({**dollars, "kind": "order", "number": "SO", "customer": "C", "channel": "amazon", "lines": [line]})
    ledger.post({**dollars, "kind": "payment", "number": "P", "order": "SO", "amount": "20.00", "account": "reserve", "rate": "7.00"})
    lines = [{"type": "sale", "order": "SO", "amount": "10.00"}]
    payout(ledger, "10.00", *lines, channel="amazon", account="reserve", currency="USD", rate="7.20")
    release = {"type": "reserve_release", "amount": "30.00"}
    payout(ledger, "30.00", release, number="PO-2", channel="amazon", currency="USD", rate="7.50")
    assert (ledger.balances()["Assets:Reserve"], ledger.balances()["Expenses:Exchange"]) == (0, -1300)


def test_a_chargeback_that_was_decided_since_stays() -> None:
    """Won in full by a later payout: the first one can no longer say that less was taken; more it can."""
    ledger = MemoryLedger()
    sold(ledger)
    payout(ledger, "-20.00", TAKEN)
    payout(ledger, "20.00", WON | {"amount": "20.00"}, number="PO-2")
    before = len(ledger.engine.entries)
    with pytest.raises(InvalidDocument) as refused:
        payout(ledger, "-15.00", TAKEN | {"amount": "-15.00"}, corrects=True, reason="less")
    [error] = refused.value.errors
    assert (error.pointer, error.detail.partition(" of ")[0]) == ("/lines", "5.00")
    assert len(ledger.engine.entries) == before
    payout(ledger, "-25.00", TAKEN | {"amount": "-25.00"}, corrects=True, reason="more")
    assert ledger.balances()["Assets:Disputes"] == 500


def test_a_corrected_payout_whose_order_came_to_nothing_forgets_its_step() -> None:
    """Sold and given back in one payout: no entry, and the order is settled by it no more once it says otherwise."""
    ledger = MemoryLedger()
    sold(ledger, amount="113.00")
    back = {"source": "shop", "kind": "refund", "number": "F", "date": "2026-02-18", "order": "SO-2", "amount": "113.00"}
    ledger.post(back | {"account": "clearing:tmall", "against": "allowance"})
    lines = [{"type": "sale", "order": "SO-2", "amount": "113.00"}, {"type": "refund", "order": "SO-2", "amount": "-113.00"}]
    payout(ledger, "0", *lines)
    assert "settled" in [stage.stage for stage in ledger.engine.state[Stage].where("order", 1)]
    payout(ledger, "-2.00", {"type": "adjustment", "amount": "-2.00"}, corrects=True, reason="another one")
    assert "settled" not in [stage.stage for stage in ledger.engine.state[Stage].where("order", 1)]
    assert ledger.engine.state[Order].require(1).sales_to_clear == 11_300


def test_tax_of_a_payment_is_no_more_than_its_fee() -> None:
    """A fee of 6.23 with 6.23 of tax is strange, with 6.24 it is a mistake."""
    ledger = MemoryLedger()
    sold(ledger, number="SO-1", amount="113.00", fee="6.23", fee_tax="6.23")
    with pytest.raises(InvalidDocument) as refused:
        sold(ledger, amount="113.00", fee="6.23", fee_tax="6.24")
    assert [error.pointer for error in refused.value.errors] == ["/fee_tax"]


def test_journals_of_before_keep_what_new_documents_are_refused_for() -> None:
    """A rebuild posts again what nobody looked at when it came: the dispute below zero is in its text."""
    ledger = MemoryLedger()
    sold(ledger)
    body = {"kind": "payout", "source": "tmall", "number": "PO-1", "date": "2026-02-20", "channel": "tmall", "account": "bank"}
    ledger.engine.post(read(body | {"net": "5.00", "lines": [WON | {"amount": "5.00"}]}, "CNY"), "2026-02-21T00:00:00Z")
    assert ledger.balances()["Assets:Disputes"] == -500
