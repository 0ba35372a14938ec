"""Allowances and returns together: nothing is given back twice, and nothing is left of what all came back."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument
from ledger.state.records import Order
from tests.books_in_memory import MemoryLedger
from tests.unit.test_histories import check_books, check_promises, rows

RETURNS, OUTPUT, REFUND = "Income:Returns", "Liabilities:VAT:Output", "Liabilities:Refund"


class Trade:
    """An order of 2 at 50.00 and 13 %, paid with 113.00 and shipped; more lines and fields as given."""

    def __init__(self, *lines: dict[str, Any], paid: str = "113.00", **fields: Any) -> None:
        self.ledger = MemoryLedger()
        first = {"sku": "ENGRAVING", "quantity": "2", "unit_price": "50.00", "tax_rate": "0.13", "type": "service"}
        self.order = {"customer": "C", "lines": [first, *lines], **fields}
        self.post("order", "SO", **self.order)
        self.post("payment", "PAY", order="SO", amount=paid, account="bank")
        self.post("shipment", "S", order="SO")

    def post(self, kind: str, number: str, **fields: Any) -> None:
        """Post one document and check every promise."""
        self.ledger.post({"kind": kind, "source": "shop", "number": number, "date": "2026-03-02", **fields})
        check_promises(self.ledger)

    def allow(self, amount: str, number: str = "A", **fields: Any) -> None:
        """Take money off the price."""
        self.post("refund", number, order="SO", amount=amount, account="bank", against="allowance", **fields)

    def bring_back(self, quantity: str, number: str = "R", sku: str = "ENGRAVING", **fields: Any) -> None:
        """Return units."""
        self.post("return", number, order="SO", lines=[{"sku": sku, "quantity": quantity}], **fields)

    def balance(self, *accounts: str) -> tuple[int, ...]:
        """Return balances, minor units."""
        balances = self.ledger.balances()
        return tuple(balances.get(account, 0) for account in accounts)

    @property
    def profit(self) -> Order:
        """Return the order with its profit fields."""
        (order,) = rows(self.ledger.engine.state, Order)
        assert isinstance(order, Order)
        return order


def test_a_full_return_after_an_allowance_leaves_nothing() -> None:
    """11.30 off, then both come back: 101.70 are owed, revenue and tax are zero, and `refunds` is the revenue that there was."""
    trade = Trade()
    trade.allow("11.30")
    trade.bring_back("2")
    assert trade.balance(RETURNS, OUTPUT, REFUND) == (10000, 0, -10170)
    assert (trade.profit.refunds, trade.profit.revenue) == (10000, 0)
    with pytest.raises(InvalidDocument, match=r"only 101\.70 is owed"):
        trade.post("refund", "F", order="SO", amount="101.71", account="bank")
    trade.post("refund", "F", order="SO", amount="101.70", account="bank")
    assert trade.balance(REFUND, "Assets:Bank") == (0, 0)
    check_books(trade.ledger)


def test_nothing_is_left_to_allow_of_what_came_back() -> None:
    """After one of two came back 56.50 can be allowed, after both nothing."""
    trade = Trade()
    trade.bring_back("1")
    with pytest.raises(InvalidDocument, match=r"cannot exceed the 56\.50"):
        trade.allow("56.51")
    trade.allow("56.50")
    trade.bring_back("1", "R-2")
    assert trade.balance(REFUND, RETURNS) == (-5650, 10000)
    with pytest.raises(InvalidDocument, match=r"cannot exceed the 0\.00"):
        trade.allow("0.01", "A-2")


def test_two_allowances_and_a_coupon_leave_the_customer_what_is_left() -> None:
    """113.00, 13.00 of it the platform's: 80.00 and 20.00 are all that the customer paid; what comes back then is the platform's alone."""
    coupon = {"channel": "tmall", "discount": "13.00", "discount_funded_by": "platform"}
    trade = Trade(paid="100.00", **coupon)
    trade.allow("80.00")
    with pytest.raises(InvalidDocument, match=r"cannot exceed the 20\.00"):
        trade.allow("20.01", "A-2")
    trade.allow("20.00", "A-2")
    trade.bring_back("1")
    assert trade.balance("Assets:Clearing:Tmall", REFUND) == (650, 0)
    trade.bring_back("1", "R-2")
    assert trade.balance("Assets:Clearing:Tmall", REFUND, RETURNS, OUTPUT) == (0, 0, 10000, 0)
    check_books(trade.ledger)


def test_an_allowance_stands_on_goods_before_shipping() -> None:
    """10.60 of shipping stay charged when the goods come back; they can be allowed then."""
    trade = Trade(paid="123.60", shipping={"amount": "10.00", "tax_rate": "0.06"})
    trade.allow("11.30")
    trade.bring_back("2")
    assert trade.balance(REFUND, RETURNS, "Income:Shipping") == (-10170, 10000, -1000)
    trade.allow("10.60", "A-2")
    assert trade.balance(RETURNS, OUTPUT) == (11000, 0)
    assert trade.profit.revenue == 0


def test_each_tax_rate_bears_its_own_allowance() -> None:
    """21.30 off 113.00 and 100.00: the first come back for 101.70, the second for 90.00."""
    trade = Trade({"sku": "BOOK", "quantity": "1", "unit_price": "100.00", "type": "service"}, paid="213.00")
    trade.allow("21.30")
    assert trade.balance(RETURNS, OUTPUT) == (2000, -1170)
    trade.bring_back("2")
    assert trade.balance(REFUND, OUTPUT) == (-10170, 0)
    trade.bring_back("1", "R-2", "BOOK")
    assert trade.balance(REFUND, RETURNS) == (-19170, 20000)


@pytest.mark.parametrize("amount", ["5.65", "56.50", "113.00"])
def test_a_corrected_allowance_counts_before_what_came_back_since(amount: str) -> None:
    """Both came back; whatever the allowance was, the customer has 113.00 of it all in the end. Corrected back, all is as it was."""
    trade = Trade()
    trade.allow("11.30")
    trade.bring_back("2")
    before = trade.ledger.balances()
    trade.allow(amount, corrects=True, reason="typing error")
    bank, refund = trade.balance("Assets:Bank", REFUND)
    assert (bank + refund, *trade.balance(RETURNS, OUTPUT)) == (0, 10000, 0)
    trade.allow("11.30", corrects=True, reason="it was right")
    assert trade.ledger.balances() == before
    check_books(trade.ledger)


def test_a_corrected_allowance_is_bounded_by_what_was_there() -> None:
    """One came back before: of the other 56.50 can be allowed, also by a correction."""
    trade = Trade()
    trade.bring_back("1")
    trade.allow("11.30")
    with pytest.raises(InvalidDocument, match=r"cannot exceed the 56\.50"):
        trade.allow("56.51", corrects=True, reason="typing error")


def test_a_corrected_return_lets_the_allowance_stand_again() -> None:
    """Both had come back for 101.70; it was one, for its own 56.50."""
    trade = Trade()
    trade.allow("11.30")
    trade.bring_back("2")
    trade.bring_back("1", corrects=True, reason="miscounted")
    assert trade.balance(REFUND, RETURNS, OUTPUT) == (-5650, 6000, -520)
    check_books(trade.ledger)


def test_a_price_below_the_allowance_takes_the_rest_of_it_off_again() -> None:
    """90.40 were allowed of 113.00; the price was 22.60 in all, so that 22.60 of it are an allowance, and the rest is not owed again."""
    trade = Trade()
    trade.allow("90.40")
    line = trade.order["lines"][0] | {"unit_price": "10.00"}
    trade.post("order", "SO", **(trade.order | {"lines": [line]}), corrects=True, reason="wrong price")
    assert trade.balance("Income:Sales", RETURNS, OUTPUT) == (-2000, 2000, 0)
    assert trade.balance("Assets:Bank", "Liabilities:CustomerDeposit", "Assets:Receivable") == (2260, -2260, 0)
    check_books(trade.ledger)
