"""What the platform pays of a price: it falls with the goods that are called off, as the seller's discount does."""

from __future__ import annotations

from typing import Any

import pytest

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
