"""The company as orderledger takes it: tables with their mappings for `orderledger import`, JSON for the API."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.orders import Company, Sale

SOURCE = "shop"
TAX_RATE = "0.13"

SALES_MAPPING = """
[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "Order" }
date = { column = "Placed" }
customer = { column = "Customer" }
channel = { column = "Channel" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Quantity" }
unit_price = { column = "Price" }
tax_rate = { constant = "0.13" }

[[document]]
kind = "payment"
number = { column = "Order" }
date = { column = "Paid on" }
order = { document = "order" }
amount = { column = "Paid" }
account = { constant = "bank" }
fee = { column = "Fee" }

[[document]]
kind = "shipment"
number = { column = "Order" }
date = { column = "Shipped" }
order = { document = "order" }
carrier = { column = "Carrier" }
tracking = { column = "Tracking" }
"""

RETURNS_MAPPING = """
[constants]
source = "shop"

[[document]]
kind = "return"
number = { column = "Order" }
date = { column = "Date" }
order = { column = "Order" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Quantity" }

[[document]]
kind = "refund"
number = { column = "Order" }
date = { column = "Date" }
order = { column = "Order" }
amount = { column = "Paid back" }
account = { constant = "bank" }
"""

PURCHASES_MAPPING = """
[constants]
source = "shop"

[[document]]
kind = "purchase"
number = { column = "Purchase" }
date = { column = "Date" }
supplier = { column = "Supplier" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Quantity" }
unit_price = { column = "Cost" }
"""

BILLS_MAPPING = """
[group]
by = ["Bill"]

[constants]
source = "carriers"

[[document]]
kind = "freight_bill"
number = { column = "Bill" }
date = { column = "Date" }
carrier = { column = "Carrier" }

[[document.lines]]
amount = { column = "Amount" }
"""
OUTBOUND_MAPPING = BILLS_MAPPING + 'direction = { constant = "outbound" }\ntracking = { column = "Tracking" }\n'
INBOUND_MAPPING = BILLS_MAPPING + 'direction = { constant = "inbound" }\npurchases = { column = "Purchase" }\n'


def money(cents: int) -> str:
    """Write an amount."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def write_tables(company: Company, folder: Path) -> None:
    """Write five tables with their mappings into `folder`."""
    folder.mkdir()
    header = "Order,Placed,Customer,Channel,SKU,Quantity,Price,Paid on,Paid,Fee,Shipped,Carrier,Tracking"
    _table(folder / "sales.csv", header, map(_sale, company.sales), SALES_MAPPING)
    returns = ((s.number, s.returned, s.sku, s.quantity, money(s.gross)) for s in company.sales if s.returned)
    _table(folder / "returns.csv", "Order,Date,SKU,Quantity,Paid back", returns, RETURNS_MAPPING)
    purchases = ((p.number, p.date, p.supplier, p.sku, p.quantity, money(p.unit_cost)) for p in company.purchases)
    _table(folder / "purchases.csv", "Purchase,Date,Supplier,SKU,Quantity,Cost", purchases, PURCHASES_MAPPING)
    for name, bills, target, mapping in (
        ("outbound", company.outbound, "Tracking", OUTBOUND_MAPPING),
        ("inbound", company.inbound, "Purchase", INBOUND_MAPPING),
    ):
        rows = ((b.number, b.date, b.carrier, money(amount), _target(what)) for b in bills for what, amount in b.charges)
        _table(folder / f"{name}.csv", f"Bill,Date,Carrier,Amount,{target}", rows, mapping)


def _sale(sale: Sale) -> tuple[object, ...]:
    order = sale.number, sale.placed, sale.customer, sale.channel, sale.sku, sale.quantity, money(sale.unit_price)
    return *order, sale.paid, money(sale.gross), money(sale.fee), sale.shipped, sale.carrier, sale.tracking


def _target(what: object) -> str:
    return str(getattr(what, "tracking", None) or getattr(what, "number", ""))


def _table(path: Path, header: str, rows: Iterable[Sequence[object]], mapping: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    path.with_suffix(".toml").write_text(mapping, encoding="utf-8")


def stock_up(date: str, skus: Iterable[str], quantity: int) -> bytes:
    """Return a purchase of so many units of each SKU, so that the orders posted live find stock."""
    lines = [{"sku": sku, "quantity": str(quantity), "unit_price": "31.20"} for sku in skus]
    return _body("purchase", f"STOCK-{date}", date, supplier="Supplier 00", lines=lines)


def live_order(number: str, date: str, sku: str) -> list[bytes]:
    """Return an order, its payment and its shipment, for one client to post one after the other."""
    line = {"sku": sku, "quantity": "1", "unit_price": "100.00", "tax_rate": TAX_RATE}
    return [
        _body("order", number, date, customer="Customer 00001", channel="tmall", lines=[line]),
        _body("payment", number, date, order=number, amount="113.00", account="bank", fee="0.68"),
        _body("shipment", number, date, order=number, carrier="SF Express", tracking=f"TRK{number}"),
    ]


def outbound_bill(number: str, date: str, orders: Sequence[str]) -> bytes:
    """Return one late charge over many orders."""
    line = {"amount": money(137 * len(orders)), "direction": "outbound", "orders": list(orders)}
    return _body("freight_bill", number, date, carrier="SF Express", lines=[line])


def inbound_bill(number: str, date: str, purchases: Sequence[str]) -> bytes:
    """Return one late charge over purchases whose goods have been sold."""
    line = {"amount": money(997 * len(purchases)), "direction": "inbound", "purchases": list(purchases)}
    return _body("freight_bill", number, date, carrier="Sea Line", lines=[line])


def _body(kind: str, number: str, date: str, **fields: object) -> bytes:
    return json.dumps({"kind": kind, "source": SOURCE, "number": number, "date": date, **fields}).encode()
