"""A company in a temporary folder: books, a store on either engine, and short ways to post and ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.creation import create_books
from ledger.documents import read
from ledger.integrity import check
from ledger.reports.inventory import inventory
from ledger.reports.order_profit import order_profit
from ledger.service import Ledger, Receipt


class Company:
    """Posts plain dictionaries; `source` is "shop" where none is given."""

    def __init__(self, books: Path, store_url: str, currency: str = "CNY", costing: str = "fifo", **chosen: str) -> None:
        if not (books / "main.beancount").exists():
            create_books(books, currency=currency, costing=costing, **chosen)
        self.books = books
        self.store_url = store_url
        self.ledger = Ledger.open(books, store_url)

    def post(self, kind: str, number: str, date: str, **fields: Any) -> Receipt:
        """Post one document."""
        body = {"kind": kind, "source": "shop", "number": number, "date": date, **fields}
        return self.ledger.post([read(body, self.ledger.currency)])[0]

    def profit(self, order: str) -> dict[str, Any]:
        """Return an order's profit."""
        with self.ledger.read() as context:
            return order_profit(context, order)

    def stock(self, sku: str) -> tuple[str, str]:
        """Return (quantity, value) of a SKU."""
        with self.ledger.read() as context:
            items = inventory(context, sku=sku)["items"]
        return (items[0]["quantity"], items[0]["value"]) if items else ("0", context.money(0))

    def buy(self, number: str, date: str, quantity: int, price: str, sku: str = "X") -> Receipt:
        """Receive units at a unit price."""
        lines = [{"sku": sku, "quantity": str(quantity), "unit_price": price}]
        return self.post("purchase", number, date, supplier="Supplier", lines=lines)

    def sell(self, number: str, date: str, quantity: int, sku: str = "X", price: str = "100.00") -> Receipt:
        """Order and ship units at once."""
        lines = [{"sku": sku, "quantity": str(quantity), "unit_price": price}]
        self.post("order", number, date, customer="Customer", lines=lines)
        return self.post("shipment", number, date, order=number)

    def charge(self, number: str, date: str, amount: str, purchases: list[str], **fields: Any) -> Receipt:
        """Bill inbound freight."""
        line = {"amount": amount, "direction": "inbound", "purchases": purchases, **fields}
        return self.post("freight_bill", number, date, carrier="Carrier", lines=[line])

    def problems(self) -> list[str]:
        """Return what `check` finds."""
        return check(self.ledger)
