"""What the platform pays of a price: it falls with the goods that are called off or come back, as the seller's discount does."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument
from tests.books_in_memory import MemoryLedger
from tests.unit.test_histories import check_books, check_promises

CLEARING, REFUND = "Assets:Clearing:Tmall", "Liabilities:Refund"


class Trade:
    """An order of 3 at 40.00 with a coupon of 12.00 that the platform pays; the customer has paid 108.00."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        line = {"sku": "ENGRAVING", "quantity": "3", "unit_price": "40.00", "type": "service"}
        self.order = {"customer": "C", "channel": "tmall", "discount": "12.00", "discount_funded_by": "platform", "lines": [line]}
        self.post("order", "SO", **self.order)
        self.post("payment", "PAY", order="SO", amount="108.00", account="bank")

    def post(self, kind: str, number: str, **fields: Any) -> None:
        """Post one document and check every promise."""
        self.ledger.post({"kind": kind, "source": "shop", "number": number, "date": "2026-03-02", **fields})
        check_promises(self.ledger)

    def part(self, kind: str, number: str, quantity: str, **fields: Any) -> None:
        """Ship or cancel units."""
        self.post(kind, number, order="SO", lines=[{"sku": "ENGRAVING", "quantity": quantity}], **fields)

    def balance(self, *accounts: str) -> tuple[int, ...]:
        """Return balances, minor units."""
        balances = self.ledger.balances()
        return tuple(balances.get(account, 0) for account in accounts)


@pytest.mark.parametrize("shipped_first", [True, False])
def test_a_cancelled_unit_takes_its_part_of_the_coupon_with_it(*, shipped_first: bool) -> None:
    """1 of 3 is called off: 36.00 of the 108.00 go back, and the platform pays 8.00 for the other two, whatever comes first."""
    trade = Trade()
    if shipped_first:
        trade.part("shipment", "S-1", "1")
    trade.part("cancellation", "CX", "1")
    assert trade.balance(REFUND) == (-3600,)
    trade.post("shipment", "S-2", order="SO")
    assert trade.balance(REFUND, CLEARING, "Liabilities:ContractLiability", "Income:Sales") == (-3600, 800, 0, -8000)
    check_books(trade.ledger)


def test_a_corrected_cancellation_and_order_keep_the_ratio() -> None:
    """2 were called off, it was 1; then the coupon was 6.00, of which two units keep 4.00: the platform pays them."""
    trade = Trade()
    trade.part("cancellation", "CX", "2")
    assert trade.balance(REFUND) == (-7200,)
    trade.part("cancellation", "CX", "1", corrects=True, reason="miscounted")
    assert trade.balance(REFUND) == (-3600,)
    trade.post("order", "SO", **(trade.order | {"discount": "6.00"}), corrects=True, reason="typing error")
    trade.post("shipment", "S", order="SO")
    assert trade.balance(CLEARING, "Income:Sales", "Assets:Receivable") == (400, -8000, 400)
    check_books(trade.ledger)


def test_a_returned_unit_gives_the_platform_its_part() -> None:
    """2 of 3 shipped, both come back one by one, the third is called off: all of the 108.00 is the customer's, nothing the platform's."""
    trade = Trade()
    trade.part("shipment", "S", "2")
    assert trade.balance(CLEARING, REFUND) == (800, 0)
    trade.part("return", "R-1", "1")
    assert trade.balance(CLEARING, REFUND, "Income:Returns") == (400, -3600, 4000)
    trade.part("return", "R-2", "1")
    assert trade.balance(CLEARING, REFUND, "Income:Returns") == (0, -7200, 8000)
    trade.part("cancellation", "CX", "1")
    assert trade.balance(CLEARING, REFUND, "Liabilities:ContractLiability") == (0, -10800, 0)
    with pytest.raises(InvalidDocument, match=r"only 108\.00 is owed"):
        trade.post("refund", "F", order="SO", amount="108.01", account="bank")
    trade.post("refund", "F", order="SO", amount="108.00", account="bank")
    assert trade.balance(REFUND, CLEARING, "Assets:Bank") == (0, 0, 0)
    check_books(trade.ledger)


def test_a_corrected_return_takes_the_platforms_part_with_it() -> None:
    """3 had come back, it was 1; corrected back, every balance is what it was."""
    trade = Trade()
    trade.post("shipment", "S", order="SO")
    trade.part("return", "R", "3")
    before = trade.ledger.balances()
    trade.part("return", "R", "1", corrects=True, reason="miscounted")
    assert trade.balance(CLEARING, REFUND, "Income:Returns") == (800, -3600, 4000)
    trade.part("return", "R", "3", corrects=True, reason="it was right")
    assert trade.ledger.balances() == before
    check_books(trade.ledger)


def test_a_corrected_order_and_shipment_give_back_by_what_they_say_now() -> None:
    """The coupon was 6.00, and 2 were shipped, 1 of which came back: the platform pays 2.00 for the one that is kept."""
    trade = Trade()
    trade.post("shipment", "S", order="SO")
    trade.part("return", "R", "1")
    trade.post("order", "SO", **(trade.order | {"discount": "6.00"}), corrects=True, reason="typing error")
    assert trade.balance(CLEARING) == (400,)
    trade.part("shipment", "S", "2", corrects=True, reason="miscounted")
    assert trade.balance(CLEARING, "Income:Returns", "Income:Sales") == (200, 4000, -8000)
    check_books(trade.ledger)


def test_an_unpaid_order_owes_less_of_its_own_part() -> None:
    """Nothing was paid: 36.00 of the receivable fall away with a unit, and 4.00 of what the platform owes."""
    ledger = MemoryLedger()
    trade = Trade.__new__(Trade)
    trade.ledger = ledger
    line = {"sku": "ENGRAVING", "quantity": "3", "unit_price": "40.00", "type": "service"}
    trade.post("order", "SO", customer="C", channel="tmall", discount="12.00", discount_funded_by="platform", lines=[line])
    trade.post("shipment", "S", order="SO")
    trade.part("return", "R", "1")
    assert trade.balance("Assets:Receivable", CLEARING, REFUND) == (7200, 800, 0)


def test_goods_of_several_rates_share_the_coupon_by_what_they_cost_with_tax() -> None:
    """113.00 and 100.00 wholly paid by the platform: the customer, who paid nothing, is owed nothing for either, in parts or not."""
    ledger = MemoryLedger()
    trade = Trade.__new__(Trade)
    trade.ledger = ledger
    lines = [
        {"sku": "ENGRAVING", "quantity": "1", "unit_price": "113.00", "tax_rate": "0.13", "type": "service"},
        {"sku": "WRAPPING", "quantity": "1", "unit_price": "100.00", "type": "service"},
    ]
    order = {"prices_include_tax": True, "discount": "213.00", "discount_funded_by": "platform", "lines": lines}
    trade.post("order", "SO", customer="C", channel="tmall", **order)
    trade.part("shipment", "S", "1")
    assert trade.balance("Assets:Receivable", CLEARING) == (0, 11300)
    trade.post("shipment", "S-2", order="SO")
    trade.part("return", "R", "1")
    assert trade.balance("Assets:Receivable", CLEARING, REFUND) == (0, 10000, 0)


def test_an_opened_order_owes_the_customers_part_of_what_came_back() -> None:
    """3 shipped and 1 returned before the opening, 108.00 paid: 36.00 are owed; with the others 108.00, and the platform's 8.00 go back."""
    trade = Trade.__new__(Trade)
    trade.ledger = MemoryLedger()
    line = {"sku": "ENGRAVING", "quantity": "3", "unit_price": "40.00", "type": "service", "shipped": "3", "returned": "1"}
    order = {"number": "SO", "customer": "C", "channel": "tmall", "discount": "12.00", "discount_funded_by": "platform"}
    item = {"kind": "clearing", "party": "tmall", "document": "B", "order": "SO", "amount": "8.00"}
    trade.post("opening", "OP", open_orders=[order | {"lines": [line], "paid": "108.00"}], open_items=[item])
    assert trade.balance(REFUND, CLEARING) == (-3600, 800)
    trade.part("return", "R", "2")
    assert trade.balance(REFUND, CLEARING) == (-10800, 0)
