"""Foreign currency beside the books' options, openings and repeated charges: what is carried at which rate."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument
from ledger.state.records import Order
from tests.books_in_memory import MemoryLedger
from tests.unit.test_histories import check_books, check_promises

BANK, RECEIVABLE, ADVANCE = "Assets:Bank", "Assets:Receivable", "Liabilities:ContractLiability"
SALES, COGS, EXCHANGE = "Income:Sales", "Expenses:COGS", "Expenses:Exchange"
OUTPUT, PENDING, MARKETPLACE = "Liabilities:VAT:Output", "Liabilities:VAT:PendingOutput", "Liabilities:VAT:Marketplace"
SERVICE = {"sku": "ENGRAVING", "quantity": "1", "unit_price": "100.00", "tax_rate": "0.13", "type": "service"}
GIFT = {"sku": "CARD", "quantity": "2", "amount": "22.60", "discount": "22.60", "tax_rate": "0.13", "type": "gift"}


class Books:
    """A ledger in CNY whose documents are in dollars; every promise is checked after each."""

    def __init__(self, **policies: str) -> None:
        self.ledger = MemoryLedger(policies={name.replace("_", "-"): value for name, value in policies.items()})

    def post(self, kind: str, number: str, rate: str | None = None, date: str = "2026-03-02", **fields: Any) -> None:
        """Post one document."""
        body = {"kind": kind, "source": "shop", "number": number, "date": date, **fields}
        self.ledger.post(body | ({"rate": rate} if rate else {}))
        check_promises(self.ledger)

    def order(self, line: dict[str, Any] = SERVICE, **fields: Any) -> None:
        """Order one line."""
        self.post("order", "SO", customer="C", currency="USD", lines=[line], **fields)

    def pay(self, amount: str, rate: str, account: str = "bank", number: str = "PAY", **fields: Any) -> None:
        """Pay for the order."""
        self.post("payment", number, rate, order="SO", amount=amount, account=account, currency="USD", **fields)

    def balance(self, *accounts: str) -> tuple[int, ...]:
        """Return balances in base, minor units."""
        balances = self.ledger.balances()
        return tuple(balances.get(account, 0) for account in accounts)


def test_tax_that_is_due_with_an_advance_keeps_its_rate() -> None:
    """56.50 of 113.00 USD at 7.00 owe 45.50 at once; at 7.20 the other half adds 46.80: 92.30 in all, and revenue is 710.00."""
    books = Books(vat_on_advance="due")
    books.order()
    books.pay("56.50", "7.00")
    assert books.balance(OUTPUT, PENDING, ADVANCE) == (-4550, 0, -35000)
    books.post("shipment", "S", "7.20", order="SO")
    assert books.balance(OUTPUT, ADVANCE, RECEIVABLE, SALES, EXCHANGE) == (-9230, 0, 40680, -71000, 0)
    check_books(books.ledger)


def test_a_payment_with_tax_due_is_corrected() -> None:
    """113.00 at 7.00 were 100.00 at 7.10: the first leaves at 7.00, tax included."""
    books = Books(vat_on_advance="due")
    books.order()
    books.pay("113.00", "7.00")
    books.pay("100.00", "7.10", corrects=True, reason="typing error")
    assert books.balance(BANK, EXCHANGE) == (71000, 0)
    output, advance = books.balance(OUTPUT, ADVANCE)
    assert (output + advance, output) == (-71000, -8165), "11.50 of tax in 100.00"
    check_books(books.ledger)


def test_tax_that_a_marketplace_holds_goes_back_as_it_is_carried() -> None:
    """113.00 paid at 7.00 and called off at 7.30: 791.00 are owed back, 91.00 of it were the marketplace's tax."""
    books = Books()
    books.order(channel="amazon", tax_collected_by="marketplace")
    books.pay("113.00", "7.00", account="clearing:amazon")
    assert books.balance(MARKETPLACE, PENDING) == (-9100, 0)
    books.post("cancellation", "C", "7.30", order="SO")
    assert books.balance(MARKETPLACE, ADVANCE, "Liabilities:Refund", EXCHANGE) == (0, 0, -79100, 0)
    check_books(books.ledger)


def test_revenue_waits_for_the_delivery_and_its_rate() -> None:
    """Shipped at 7.00, delivered at 7.20: cost waits in goods shipped, revenue is 720.00."""
    books = Books(recognition="delivery")
    books.post("purchase", "PO", "7.10", supplier="S", currency="USD", lines=[{"sku": "TEA-01", "quantity": "1", "unit_price": "10.00"}])
    books.order({"sku": "TEA-01", "quantity": "1", "unit_price": "100.00"})
    books.post("shipment", "S", "7.00", order="SO", estimated_freight="5.00")
    assert books.balance("Assets:GoodsShipped", SALES, COGS, "Expenses:Fulfilment") == (7100, 0, 0, 500)
    books.post("delivery", "D", "7.20", "2026-03-09", order="SO")
    assert books.balance("Assets:GoodsShipped", SALES, COGS, RECEIVABLE) == (0, -72000, 7100, 72000)
    check_books(books.ledger)


def test_a_delivery_may_name_the_currency_of_its_order() -> None:
    """It earns revenue as a shipment does: in dollars at 7.20, and in no other currency."""
    books = Books(recognition="delivery")
    books.order()
    books.post("shipment", "S", order="SO", currency="USD")
    with pytest.raises(InvalidDocument) as refused:
        books.post("delivery", "D", "8.20", order="SO", currency="EUR")
    assert "order SO is in USD" in refused.value.errors[0].detail
    books.post("delivery", "D", "7.20", order="SO", currency="USD")
    assert books.balance(SALES, RECEIVABLE) == (-72000, 81360)
    check_books(books.ledger)


def test_tax_on_a_gift_comes_back_at_the_rate_of_the_sale() -> None:
    """2.60 USD of tax on two cards at 7.00: 18.20 of cost; one comes back at 7.50 and takes 9.10 with it."""
    books = Books(gift_vat="deemed-sale")
    books.order(GIFT, prices_include_tax=True)
    books.post("shipment", "S", "7.00", order="SO")
    assert books.balance(OUTPUT, COGS, RECEIVABLE) == (-1820, 1820, 0)
    books.post("return", "R", "7.50", order="SO", lines=[{"sku": "CARD", "quantity": "1", "restock": False}])
    assert books.balance(OUTPUT, COGS) == (-910, 910)
    line = {"sku": "CARD", "quantity": "1", "restock": False}
    books.post("return", "R", "7.90", order="SO", lines=[line | {"quantity": "2"}], corrects=True, reason="miscounted")
    books.post("return", "R", "7.50", order="SO", lines=[line], corrects=True, reason="counted again")
    assert books.balance(OUTPUT, COGS) == (-975, 975), "the other one is the order's again, at the correction's rate"
    check_books(books.ledger)


def test_input_tax_of_a_small_taxpayer_is_cost_at_the_rate() -> None:
    """113.00 USD at 7.00, 13.00 of it tax: stock of 791.00; its invoice at 7.00 says the same."""
    books = Books(vat_regime="small-scale")
    line = {"sku": "TEA-01", "quantity": "10", "unit_price": "10.00"}
    books.post("purchase", "PO", "7.00", supplier="S", currency="USD", lines=[line | {"tax_rate": "0.13"}])
    assert books.balance("Assets:Inventory:TEA-01", "Assets:VAT:Input") == (79100, 0)
    books.post("receipt", "R", "7.00", supplier="S", currency="USD", lines=[line])
    books.post("supplier_invoice", "I", "7.00", supplier="S", currency="USD", receipts=["R"], lines=[line | {"tax_rate": "0.13"}])
    assert books.balance("Assets:Inventory:TEA-01", "Assets:VAT:Input", "Liabilities:Payable:Supplier") == (158200, 0, -158200)
    check_books(books.ledger)


def test_freight_is_expensed_at_the_rate_of_its_bill() -> None:
    """20.00 USD inbound at 7.00 are expense of 140.00; half of the units are sold later, their memo is 70.00."""
    books = Books(inbound_freight="expense")
    books.post("purchase", "PO", "7.10", supplier="S", currency="USD", lines=[{"sku": "TEA-01", "quantity": "2", "unit_price": "10.00"}])
    line = {"amount": "20.00", "direction": "inbound", "purchases": ["PO"]}
    books.post("freight_bill", "F", "7.00", carrier="Sea", currency="USD", lines=[line])
    books.order({"sku": "TEA-01", "quantity": "1", "unit_price": "100.00"})
    books.post("shipment", "S", "7.20", order="SO")
    [order] = books.ledger.engine.state[Order].changes()[0]
    assert (books.balance("Expenses:InboundFreight"), order.memo_landed) == ((14000,), 7000)
    check_books(books.ledger)


def test_the_same_amount_in_another_currency_is_another_charge() -> None:
    """5.00 EUR and 5.00 USD and 5.00 CNY for one parcel; 5.00 EUR once more is refused, and said to be EUR."""
    books = Books()
    line = {"amount": "5.00", "direction": "outbound", "tracking": ["T-1"]}
    books.post("freight_bill", "F-1", "8.00", carrier="DHL", currency="EUR", lines=[line])
    books.post("freight_bill", "F-2", "7.00", carrier="DHL", currency="USD", lines=[line])
    books.post("freight_bill", "F-3", carrier="DHL", lines=[line])
    with pytest.raises(InvalidDocument) as refused:
        books.post("freight_bill", "F-4", "8.10", carrier="DHL", currency="EUR", lines=[line])
    assert refused.value.errors[0].detail.startswith("DHL has billed 5.00 EUR of outbound freight for 'T-1'")


def test_a_rate_that_converts_nothing_is_refused() -> None:
    """7.10 on a document in the books' currency was meant for another one; 1 is true."""
    books = Books()
    bought = {"supplier": "S", "lines": [{"sku": "TEA-01", "quantity": "1", "unit_price": "10.00"}]}
    with pytest.raises(InvalidDocument) as refused:
        books.post("purchase", "PO", "7.10", **bought)
    assert [error.pointer for error in refused.value.errors] == ["/rate"]
    books.post("purchase", "PO", "1", **bought)
    assert books.balance("Assets:Inventory:TEA-01") == (1000,)


OPENED = {
    "balances": [{"account": "bank", "amount": "33.00"}],
    "lots": [{"sku": "VASE", "quantity": "3", "unit_price": "1.00", "landed": "0.10", "supplier": "Old Maker", "label": "PO-0"}],
    "open_items": [
        {"kind": "payable", "party": "Old Maker", "document": "INV-7", "amount": "100.00"},
        {"kind": "receivable", "party": "Zoe", "document": "INV-8", "amount": "50.00"},
        {"kind": "supplier_prepayment", "party": "Maker", "document": "PP", "amount": "20.00"},
        {"kind": "grir", "party": "Old Maker", "document": "R-0", "sku": "VASE", "quantity": "2", "amount": "2.00"},
        {"kind": "inbound_freight", "party": "Sea", "document": "PO-NEXT", "amount": "4.00"},
    ],
    "open_orders": [
        {
            "number": "SO",
            "customer": "Zoe",
            "paid": "30.00",
            "lines": [
                {"sku": "VASE", "quantity": "4", "unit_price": "10.00", "tax_rate": "0.13", "shipped": "2", "shipped_cost": "2.00"},
                {"sku": "DROP", "quantity": "2", "amount": "0", "cost": "3.00", "shipped": "2"},
            ],
        },
    ],
}


def opened() -> Books:
    """Return books that were opened in dollars at 7.00."""
    books = Books()
    books.post("opening", "OP", "7.00", "2026-02-28", currency="USD", **OPENED)
    return books


def test_an_opening_is_at_its_own_rate() -> None:
    """33.00 in the bank, lots of 3.10, 98.00 owed by name less 20.00 ahead; the order's advance is 7.40 of the 30.00 paid."""
    books = opened()
    assert books.balance(BANK, "Assets:Inventory:VASE", "Assets:GoodsInTransit") == (23100, 2170, 2800)
    assert books.balance("Liabilities:Payable:Supplier", "Assets:SupplierPrepayment") == (-70000, 14000)
    assert books.balance(RECEIVABLE, ADVANCE, PENDING) == (35000, -4585, -595)
    assert books.balance("Liabilities:GRIR", EXCHANGE) == (-1400, 0)
    check_books(books.ledger)


def test_what_was_opened_goes_on_at_the_rates_of_later() -> None:
    """At 7.40: 7.40 USD of revenue keep the 7.00; a debt paid at 7.10 loses 10.00; a prepayment keeps its 7.00 in the goods."""
    books = opened()
    books.post("supplier_payment", "SP", "7.10", supplier="Old Maker", amount="100.00", account="bank", currency="USD")
    assert books.balance("Liabilities:Payable:Supplier", EXCHANGE) == (0, 1000)
    books.post("shipment", "S", "7.40", order="SO")
    assert books.balance(ADVANCE, RECEIVABLE, SALES, OUTPUT) == (0, 35000 + 11248, -14538, -1890)
    line = {"sku": "CUP-02", "quantity": "1", "unit_price": "30.00"}
    books.post("purchase", "PO-NEXT", "7.50", supplier="Maker", currency="USD", lines=[line])
    assert books.balance("Assets:Inventory:CUP-02", "Assets:GoodsInTransit") == (14000 + 7500 + 2800, 0)
    check_books(books.ledger)


def test_opened_goods_come_back_and_go_back_in_their_currency() -> None:
    """A quarter of what the order earned (322.48) comes back; a vase of 1.00 USD goes back to its maker, who is owed 7.40 less."""
    books = opened()
    books.post("shipment", "S", "7.40", order="SO")
    books.post("return", "R", "7.40", order="SO", lines=[{"sku": "VASE", "quantity": "1"}])
    assert books.balance("Income:Returns", OUTPUT) == (7135, 927 - 1890)
    books.post("return", "R-2", "7.40", order="SO", lines=[{"sku": "DROP", "quantity": "1"}])
    [order] = [o for o in books.ledger.engine.state[Order].changes()[0] if o.label == "SO"]
    assert order.cost_before == 3500, "two vases of 1.00 and 3.00 of stated cost, at 7.00"
    books.post("supplier_return", "SR", purchase="PO-0", lines=[{"sku": "VASE", "quantity": "1"}], date="2026-03-05")
    assert books.balance("Liabilities:Payable:Supplier") == (-69300,)
    check_books(books.ledger)


def test_a_receipt_of_before_is_invoiced_in_its_currency() -> None:
    """Two vases at 1.00 and 7.00, billed at 1.50 and 7.20: 7.00 are price, 0.60 exchange; in another currency it is refused."""
    books = opened()
    line = {"sku": "VASE", "quantity": "2", "unit_price": "1.50"}
    bill = {"supplier": "Old Maker", "receipts": ["R-0"], "lines": [line]}
    with pytest.raises(InvalidDocument) as refused:
        books.post("supplier_invoice", "I", **bill)
    assert refused.value.errors[0].detail == "must be USD, as receipt R-0 is"
    books.post("supplier_invoice", "I", "7.20", currency="USD", **bill)
    assert books.balance("Liabilities:GRIR", "Expenses:COGS:PriceVariance", EXCHANGE) == (0, 700, 60)
    check_books(books.ledger)


def test_an_order_of_an_opening_is_not_told_in_two_currencies() -> None:
    """What Zoe owes on SO is in dollars: an opening in CNY cannot add to it."""
    books = opened()
    item = {"kind": "customer_deposit", "party": "Zoe", "document": "SO", "amount": "5.00"}
    with pytest.raises(InvalidDocument) as refused:
        books.post("opening", "OP-2", date="2026-02-28", open_items=[item])
    assert refused.value.errors[0].detail == "order SO is in USD: say it in an opening in that"


def test_a_correction_that_moves_tax_alone_moves_what_was_earned() -> None:
    """Shipped at 7.20 with 13.00 of tax, it was 12.00: 1.00 USD less is earned and owed, at 7.20; the whole return takes the rest."""
    books = Books()
    books.order()
    books.post("shipment", "S", "7.20", order="SO")
    right = {key: value for key, value in SERVICE.items() if key != "tax_rate"} | {"tax": "12.00"}
    books.order(right, corrects=True, reason="typing error")
    assert books.balance(RECEIVABLE, OUTPUT, SALES, EXCHANGE) == (80640, -8640, -72000, 0)
    books.post("return", "R", "7.90", order="SO", lines=[{"sku": "ENGRAVING", "quantity": "1"}])
    assert books.balance(RECEIVABLE, OUTPUT, "Income:Returns", EXCHANGE) == (0, 0, 72000, 0)
    check_books(books.ledger)
