"""Stock stories in memory: short ways to buy, sell, bring back and ask, in March 2026 unless a whole date is given."""

from __future__ import annotations

from typing import Any

from ledger.documents.closing import MonthAverage, PeriodClose
from ledger.engine import Posted
from ledger.state.records import Lot, Order
from tests.books_in_memory import MemoryLedger


def day_of(day: int | str) -> str:
    """Return a day of March 2026, or the date itself."""
    return f"2026-03-{day:02d}" if isinstance(day, int) else day


class Stock:
    """A ledger with one warehouse and one SKU (X) where nothing else is said."""

    def __init__(self, costing: str) -> None:
        self.costing = costing
        self.ledger = MemoryLedger(costing=costing)
        self.count = 0

    def post(self, kind: str, number: str, day: int | str, **fields: Any) -> Posted:
        """Post one document."""
        self.count += 1
        return self.ledger.post({"source": "shop", "kind": kind, "number": number, "date": day_of(day), **fields})

    def buy(self, number: str, day: int | str, quantity: str, price: str, sku: str = "X", **fields: Any) -> None:
        """Receive units at a unit price."""
        lines = [{"sku": sku, "quantity": quantity, "unit_price": price}]
        self.post("purchase", number, day, supplier="Supplier", lines=lines, **fields)

    def order(self, number: str, day: int | str, quantity: str, sku: str = "X", price: str = "100.00") -> None:
        """Take an order of one line."""
        self.post("order", number, day, customer="Customer", lines=[{"sku": sku, "quantity": quantity, "unit_price": price}])

    def sell(self, number: str, day: int | str, quantity: str, sku: str = "X", lot: str | None = None) -> None:
        """Order and ship at once; `lot` where the method wants one."""
        self.order(number, day, quantity, sku)
        named = {"lines": [{"sku": sku, "quantity": quantity, "lot": lot}]} if lot else {}
        self.post("shipment", number, day, order=number, **named)

    def bring_back(self, number: str, day: int | str, order: str, quantity: str, sku: str = "X", **fields: Any) -> None:
        """Take units of an order back; `restock` false: broken."""
        line = {"sku": sku, "quantity": quantity, "restock": fields.pop("restock", True)}
        self.post("return", number, day, order=order, lines=[line], **fields)

    def freight(self, number: str, day: int | str, amount: str, purchase: str) -> None:
        """Bill inbound freight of a purchase."""
        line = {"amount": amount, "direction": "inbound", "purchases": [purchase]}
        self.post("freight_bill", number, day, carrier="Carrier", lines=[line])

    def close(self, period: str, last_day: str) -> None:
        """Close a month as the service does: the month's average first."""
        head = self.ledger.engine.state.head
        base = {"source": "orderledger", "date": last_day, "period": period}
        number = f"{period}-{head.seq}"
        self.ledger.engine.post(MonthAverage(number=number, as_of_seq=str(head.seq), **base))
        self.ledger.engine.post(PeriodClose(number=period, as_of_seq=str(head.seq), **base))

    def profit(self, number: str) -> Order:
        """Return an order with its kept sums."""
        return next(order for order in self.ledger.engine.state[Order].changes()[0] if order.number == number)

    def cost(self, number: str) -> tuple[int, int, int, int]:
        """Return (product cost, landed cost, price variance, return loss) of an order, minor units."""
        order = self.profit(number)
        return order.product_cost, order.landed_cost, order.price_variance, order.return_loss

    def on_hand(self, warehouse: str = "main", sku: str = "X") -> dict[str, tuple[int | float, int]]:
        """Return label -> (units, value in minor units) of the lots on hand."""
        found: dict[str, tuple[int | float, int]] = {}
        for lot in self.ledger.engine.state[Lot].changes()[0]:
            if lot.quantity and (lot.sku, lot.warehouse) == (sku, warehouse):
                units, value = found.get(lot.label, (0, 0))
                found[lot.label] = (units + lot.quantity / 1_000_000, value + lot.value)
        return found

    def value(self, sku: str = "X") -> int:
        """Return what the stock account of a SKU stands at, minor units."""
        engine = self.ledger.engine
        return self.ledger.balances()[engine.chart.stock_account(engine._commodity(sku))]
