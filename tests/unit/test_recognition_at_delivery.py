"""Recognition at delivery: goods shipped until the customer has them, then revenue, tax and cost as a shipment posts them otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.documents.closing import PeriodClose
from ledger.errors import BooksProblem, InvalidDocument
from ledger.state.records import Order, OrderLine
from tests.books_in_memory import MemoryLedger, chart
from tests.unit.test_histories import check_books, check_promises

SHIPPED = "Assets:GoodsShipped"


class Trade:
    """A ledger with 10 of TEA-01 at 10.00 in stock and an order of 4 at 20.00 + 13 %."""

    def __init__(self, policies: dict[str, str] | None = None, *, stock: int = 10, paid: str | None = None) -> None:
        self.ledger = MemoryLedger(policies=policies if policies is not None else {"recognition": "delivery"})
        if stock:
            self.buy("P-1", stock)
        line = {"sku": "TEA-01", "quantity": "4", "unit_price": "20.00", "tax_rate": "0.13"}
        self.post("order", "SO", "2026-01-02", customer="C", lines=[line])
        if paid:
            self.post("payment", "PAY", "2026-01-02", order="SO", amount=paid, account="bank")

    def post(self, kind: str, number: str, date: str, **fields: Any) -> None:
        """Post one document and check every promise."""
        self.ledger.post({"kind": kind, "source": "shop", "number": number, "date": date, **fields})
        check_promises(self.ledger)

    def buy(self, number: str, quantity: int, price: str = "10.00", date: str = "2026-01-01") -> None:
        """Receive units."""
        line = {"sku": "TEA-01", "quantity": str(quantity), "unit_price": price}
        self.post("purchase", number, date, supplier="S", lines=[line])

    def ship(self, number: str, quantity: int, date: str = "2026-01-03", **fields: Any) -> None:
        """Ship units of the order."""
        self.post("shipment", number, date, order="SO", lines=[{"sku": "TEA-01", "quantity": str(quantity)}], **fields)

    def deliver(self, number: str, shipment: str | None = None, date: str = "2026-01-05") -> None:
        """Deliver a shipment, or all."""
        self.post("delivery", number, date, order="SO", **({"shipment": shipment} if shipment else {}))

    def bring_back(self, number: str, quantity: int, **fields: Any) -> None:
        """Return units."""
        line = {"sku": "TEA-01", "quantity": str(quantity), **fields}
        self.post("return", number, "2026-01-06", order="SO", lines=[line])

    def freight(self, number: str, amount: str) -> None:
        """Bill inbound freight of the purchase."""
        line = {"amount": amount, "direction": "inbound", "purchases": ["P-1"]}
        self.post("freight_bill", number, "2026-01-04", carrier="Sea", lines=[line])

    @property
    def order(self) -> Order:
        """Return the order as it stands."""
        return next(order for order in self.ledger.engine.state[Order].changes()[0] if order.number == "SO")

    def balance(self, *accounts: str) -> tuple[int, ...]:
        """Return balances, minor units."""
        balances = self.ledger.balances()
        return tuple(balances.get(account, 0) for account in accounts)

    def last(self) -> list[tuple[str, int]]:
        """Return the last entry's postings as (account, amount)."""
        return [(p.account, p.amount) for p in self.ledger.engine.entries[-1].postings]


def test_shipment_and_delivery_entry_by_entry() -> None:
    """4 paid with 90.40; 3 leave: goods shipped 30.00, freight 5.00 accrued. Delivered: 60.00 + 7.80 out of the advance, cost 30.00."""
    trade = Trade(paid="90.40")
    trade.ship("S-1", 3, estimated_freight="5.00")
    assert trade.last() == [
        ("Assets:Inventory:TEA-01", -3000),
        (SHIPPED, 3000),
        ("Expenses:Fulfilment", 500),
        ("Liabilities:AccruedFreight", -500),
    ]
    assert (trade.order.revenue, trade.order.contribution, trade.order.estimated, trade.order.undelivered) == (0, -500, 1, 1)
    trade.deliver("D-1", "S-1")
    assert trade.last() == [
        ("Liabilities:ContractLiability", 6000),
        ("Liabilities:VAT:PendingOutput", 780),
        ("Income:Sales", -6000),
        ("Liabilities:VAT:Output", -780),
        (SHIPPED, -3000),
        ("Expenses:COGS", 3000),
    ]
    assert (trade.order.revenue, trade.order.product_cost, trade.order.undelivered) == (6000, 3000, 0)
    check_books(trade.ledger)


def test_a_second_delivery_posts_nothing() -> None:
    """The stage is noted again; no entry. The same for a shipment recognised when it left."""
    trade = Trade()
    trade.ship("S-1", 4)
    trade.deliver("D-1", "S-1")
    entries = len(trade.ledger.engine.entries)
    trade.deliver("D-2", "S-1")
    trade.deliver("D-3")
    assert len(trade.ledger.engine.entries) == entries
    usual = Trade({})
    usual.ship("S-1", 4)
    entries = len(usual.ledger.engine.entries)
    usual.deliver("D-1")
    assert len(usual.ledger.engine.entries) == entries


def test_all_undelivered_shipments_at_once_and_the_last_takes_the_remainder() -> None:
    """3 units for 10.00 + 1.30 in three parcels: 3.33, then 6.67 for the two that are delivered together; tax 0.43 and 0.87."""
    trade = Trade(stock=0)
    trade.post("order", "SO-3", "2026-01-02", customer="C", lines=[{"sku": "X", "quantity": "3", "amount": "10.00", "tax_rate": "0.13"}])
    for i in range(3):
        trade.post("shipment", f"S-{i}", "2026-01-03", order="SO-3", lines=[{"sku": "X", "quantity": "1"}])
    trade.post("delivery", "D-1", "2026-01-05", order="SO-3", shipment="S-1")
    assert trade.balance("Income:Sales", "Liabilities:VAT:Output") == (-333, -43)
    trade.post("delivery", "D-2", "2026-01-06", order="SO-3")
    assert trade.balance("Income:Sales", "Liabilities:VAT:Output", "Assets:Receivable") == (-1000, -130, 1130)


def test_late_cost_follows_the_goods() -> None:
    """10 units, 4 on their way: freight of 10.00 puts 6.00 on the stock, 4.00 on goods shipped; the delivery makes it landed cost."""
    trade = Trade()
    trade.ship("S-1", 4)
    trade.freight("F-1", "10.00")
    assert trade.balance("Assets:Inventory:TEA-01", SHIPPED, "Expenses:COGS:Landed") == (6600, 4400, 0)
    trade.deliver("D-1")
    assert trade.balance(SHIPPED, "Expenses:COGS", "Expenses:COGS:Landed") == (0, 4000, 400)
    trade.freight("F-2", "10.00")
    assert trade.balance(SHIPPED, "Expenses:COGS:Landed") == (0, 800)


def test_owed_units_are_goods_shipped_at_their_estimate() -> None:
    """1 in stock at 10.00, 4 leave: 3 owed at 10.00 in goods shipped; covered at 12.00: 6.00 more there, and then on the order."""
    trade = Trade(stock=1)
    trade.ship("S-1", 4)
    assert trade.balance(SHIPPED, "Liabilities:StockOwed", "Expenses:COGS") == (4000, -3000, 0)
    trade.buy("P-2", 5, "12.00", "2026-01-04")
    assert trade.balance(SHIPPED, "Liabilities:StockOwed", "Expenses:COGS") == (4600, 0, 0)
    trade.deliver("D-1")
    assert trade.balance(SHIPPED, "Expenses:COGS") == (0, 4600)


def test_units_owed_at_their_delivery_are_covered_on_the_order() -> None:
    """Delivered while 3 are still owed at 10.00: 40.00 of cost; covered at 12.00 afterwards: 46.00."""
    trade = Trade(stock=1)
    trade.ship("S-1", 4)
    trade.deliver("D-1")
    assert trade.balance(SHIPPED, "Expenses:COGS") == (0, 4000)
    trade.buy("P-2", 5, "12.00", "2026-01-06")
    assert trade.balance(SHIPPED, "Expenses:COGS", "Liabilities:StockOwed") == (0, 4600, 0)


def test_a_parcel_that_comes_back_undelivered() -> None:
    """90.40 paid for 4, all on their way, 1 back: 10.00 into stock, 22.60 owed to the customer; 3 are delivered for 60.00 + 7.80."""
    trade = Trade(paid="90.40")
    trade.ship("S-1", 4)
    trade.bring_back("R-1", 1)
    assert trade.last() == [
        ("Liabilities:ContractLiability", 2000),
        ("Liabilities:VAT:PendingOutput", 260),
        ("Liabilities:Refund", -2260),
        (SHIPPED, -1000),
        ("Assets:Inventory:TEA-01", 1000),
    ]
    assert trade.order.refunds == 0
    trade.deliver("D-1")
    assert trade.balance("Income:Sales", "Liabilities:VAT:Output", SHIPPED, "Expenses:COGS") == (-6000, -780, 0, 3000)
    assert trade.balance("Liabilities:ContractLiability", "Liabilities:VAT:PendingOutput", "Assets:Receivable") == (0, 0, 0)
    line = trade.ledger.engine.state[OrderLine].where("order", trade.order.id)[0]
    assert (line.quantity, line.shipped, line.returned) == (3_000_000, 3_000_000, 0)
    trade.bring_back("R-2", 3)
    assert trade.balance("Income:Returns", "Liabilities:VAT:Output", "Expenses:COGS") == (6000, 0, 0)
    with pytest.raises(InvalidDocument):
        trade.bring_back("R-3", 1)
    check_books(trade.ledger)


def test_a_whole_shipment_back_ends_its_wait() -> None:
    """2 of 4 leave and come back: the order keeps 2 to ship, nothing waits, the customer is owed half of what he paid."""
    trade = Trade(paid="90.40")
    trade.ship("S-1", 2)
    trade.bring_back("R-1", 2)
    assert (trade.order.undelivered, trade.order.refund_liability, trade.balance(SHIPPED)) == (0, 4520, (0,))
    trade.deliver("D-1", "S-1")
    assert trade.balance("Income:Sales") == (0,)
    trade.post("shipment", "S-2", "2026-01-07", order="SO")
    trade.deliver("D-2")
    assert trade.balance("Income:Sales", "Liabilities:ContractLiability", "Assets:Receivable") == (-4000, 0, 0)


def test_broken_on_the_way_back() -> None:
    """Not restocked: 10.00 from goods shipped to the order's return loss; owed units stay owed."""
    trade = Trade()
    trade.ship("S-1", 4)
    trade.bring_back("R-1", 1, restock=False)
    assert trade.balance(SHIPPED, "Expenses:ReturnLoss", "Assets:Inventory:TEA-01") == (3000, 1000, 6000)
    owed = Trade(stock=1)
    owed.ship("S-1", 4)
    owed.bring_back("R-1", 1, restock=False)
    assert owed.balance(SHIPPED, "Expenses:ReturnLoss", "Liabilities:StockOwed") == (3000, 1000, -3000)


def test_one_return_over_a_delivered_and_an_undelivered_shipment() -> None:
    """S-1 delivered, S-2 on its way, 2 each; 3 come back: the 2 undelivered leave the order, 1 is returned at 20.00 + 2.60."""
    trade = Trade(paid="90.40")
    trade.ship("S-1", 2)
    trade.deliver("D-1")
    trade.ship("S-2", 2)
    trade.bring_back("R-1", 3)
    assert trade.balance("Income:Returns", SHIPPED, "Liabilities:Refund") == (2000, 0, -6780)
    assert trade.balance("Expenses:COGS", "Assets:Inventory:TEA-01") == (1000, 9000)


def test_shipping_is_charged_with_what_is_delivered() -> None:
    """Shipping of 8.00 on 2 lines of 40.00: 4.00 with the first delivery; the other parcel comes back, so no more is charged."""
    trade = Trade(stock=0)
    lines = [{"sku": sku, "quantity": "1", "unit_price": "40.00"} for sku in ("A", "B")]
    trade.post("order", "SO-2", "2026-01-02", customer="C", lines=lines, shipping={"amount": "8.00"})
    trade.post("payment", "PAY-2", "2026-01-02", order="SO-2", amount="88.00", account="bank")
    for sku in ("A", "B"):
        trade.post("shipment", f"S-{sku}", "2026-01-03", order="SO-2", lines=[{"sku": sku, "quantity": "1"}])
    trade.post("delivery", "D-A", "2026-01-05", order="SO-2", shipment="S-A")
    assert trade.balance("Income:Sales", "Income:Shipping") == (-4000, -400)
    trade.post("return", "R-B", "2026-01-06", order="SO-2", shipment="S-B", lines=[{"sku": "B", "quantity": "1"}])
    assert trade.balance("Income:Shipping", "Liabilities:Refund", "Liabilities:ContractLiability") == (-400, -4400, 0)


def test_stated_cost_waits_for_the_delivery() -> None:
    """A drop-shipped line has no stock: its cost of 7.00 comes with its revenue, and never where the parcel comes back undelivered."""
    trade = Trade(stock=0)
    line = {"sku": "DROP", "quantity": "2", "amount": "20.00", "cost": "7.00"}
    trade.post("order", "SO-D", "2026-01-02", customer="C", lines=[line])
    trade.post("shipment", "S-D", "2026-01-03", order="SO-D")
    assert trade.balance("Expenses:COGS", SHIPPED) == (0, 0)
    trade.post("return", "R-D", "2026-01-04", order="SO-D", lines=[{"sku": "DROP", "quantity": "1"}])
    trade.post("delivery", "D-D", "2026-01-05", order="SO-D")
    assert trade.balance("Expenses:COGS", "Liabilities:StatedCost", "Income:Sales") == (350, -350, -1000)


def test_cancelling_the_rest_keeps_what_is_on_its_way() -> None:
    """2 of 4 on their way, the other 2 cancelled: 45.20 owed back, 45.20 recognised at the delivery."""
    trade = Trade(paid="90.40")
    trade.ship("S-1", 2)
    trade.post("cancellation", "C-1", "2026-01-04", order="SO")
    assert trade.balance("Liabilities:Refund", "Income:Sales") == (-4520, 0)
    trade.deliver("D-1")
    assert trade.balance("Income:Sales", "Liabilities:VAT:Output", "Liabilities:ContractLiability") == (-4000, -520, 0)


def test_a_shipment_remembers_how_it_was_recognised() -> None:
    """Switched on 2026-02-01 to delivery and back on 2026-03-01: each shipment is finished as it began."""
    trade = Trade({"2026-02-01 recognition": "delivery", "2026-03-01 recognition": "shipment"})
    trade.ship("S-1", 1, date="2026-01-31")
    assert trade.balance("Income:Sales") == (-2000,)
    trade.ship("S-2", 1, date="2026-02-28")
    assert trade.balance("Income:Sales", SHIPPED) == (-2000, 1000)
    trade.ship("S-3", 1, date="2026-03-01")
    assert trade.balance("Income:Sales", SHIPPED) == (-4000, 1000)
    trade.deliver("D-1", date="2026-03-02")
    assert trade.balance("Income:Sales", SHIPPED, "Expenses:COGS") == (-6000, 0, 3000)


def test_a_delivery_in_a_closed_month_is_posted_on_the_first_open_day() -> None:
    """The policy is that of the shipment's own posting date; revenue comes when the books are open."""
    trade = Trade()
    trade.ship("S-1", 4, date="2026-01-30")
    close = {"period": "2026-01", "as_of_seq": str(trade.ledger.engine.state.head.seq)}
    trade.ledger.engine.post(PeriodClose(source="orderledger", number="2026-01", date="2026-01-31", **close))
    trade.deliver("D-1", date="2026-01-31")
    assert trade.ledger.engine.entries[-1].date == "2026-02-01"


def test_options_are_checked_when_the_books_are_opened() -> None:
    """A policy that is none is refused by name, with what it can be."""
    with pytest.raises(BooksProblem, match="option recognition is 'delivry'; it can be shipment or delivery"):
        chart(options=(("recognition", "delivry"),))


def test_a_shipment_cannot_have_sent_less_than_came_back_of_it_although_nothing_is_ordered_any_more() -> None:
    """1 of 4 came back undelivered, 3 were called off; that only half a unit had left is refused, not a division by no units."""
    trade = Trade()
    trade.ship("S-1", 1)
    trade.bring_back("R-1", 1)
    trade.post("cancellation", "CX", "2026-01-07", order="SO")
    half = {"lines": [{"sku": "TEA-01", "quantity": "0.5"}], "corrects": True, "reason": "miscounted"}
    with pytest.raises(InvalidDocument) as refused:
        trade.post("shipment", "S-1", "2026-01-03", order="SO", **half)
    assert refused.value.errors[0].detail == "1 of 'TEA-01' of this shipment have come back; it cannot have been fewer"
