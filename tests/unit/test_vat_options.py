"""VAT by the books' options, and what must come to nothing: tax of advances, small-scale taxpayers, gifts, losses, marketplaces, rates."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.state.records import Order
from tests.books_in_memory import MemoryLedger
from tests.unit.test_histories import check_books, check_promises

OUTPUT, PENDING, INPUT = "Liabilities:VAT:Output", "Liabilities:VAT:PendingOutput", "Assets:VAT:Input"
ADVANCE, REFUND, MARKETPLACE = "Liabilities:ContractLiability", "Liabilities:Refund", "Liabilities:VAT:Marketplace"
CLEARING = "Assets:Clearing:Tmall"


class Books:
    """A ledger under some options; every document is checked."""

    def __init__(self, **policies: str) -> None:
        self.ledger = MemoryLedger(policies={name.replace("_", "-"): value for name, value in policies.items()})

    def post(self, kind: str, number: str, date: str = "2026-03-02", **fields: Any) -> None:
        """Post one document."""
        self.ledger.post({"kind": kind, "source": "shop", "number": number, "date": date, **fields})
        check_promises(self.ledger)

    def order(self, number: str = "SO", *lines: dict[str, Any], **fields: Any) -> None:
        """Order 4 at 100.00 + 13 %, unless other lines are given."""
        usual = {"sku": "TEA-01", "quantity": "4", "unit_price": "100.00", "tax_rate": "0.13", "type": "service"}
        self.post("order", number, customer="C", lines=list(lines) or [usual], **fields)

    def pay(self, number: str, amount: str, order: str = "SO", account: str = "bank", **fields: Any) -> None:
        """Pay for the order."""
        self.post("payment", number, order=order, amount=amount, account=account, **fields)

    def ship(self, number: str, quantity: int = 0, order: str = "SO", sku: str = "TEA-01") -> None:
        """Ship units, or all that is left."""
        lines = {"lines": [{"sku": sku, "quantity": str(quantity)}]} if quantity else {}
        self.post("shipment", number, order=order, **lines)

    def buy(self, quantity: int = 10, tax: str = "13.00", number: str = "P-1") -> None:
        """Buy units at 10.00."""
        line = {"sku": "TEA-01", "quantity": str(quantity), "unit_price": "10.00", "tax": tax}
        self.post("purchase", number, "2026-03-01", supplier="S", lines=[line])

    def balance(self, *accounts: str) -> tuple[int, ...]:
        """Return balances, minor units."""
        balances = self.ledger.balances()
        return tuple(balances.get(account, 0) for account in accounts)


def test_tax_of_an_advance_is_due_with_it() -> None:
    """226.00 of 452.00 paid: 26.00 output tax at once; 3 of 4 shipped: 39.00 in all, of which 13.00 are new; nothing is pending."""
    books = Books(vat_on_advance="due")
    books.order()
    books.pay("PAY-1", "226.00")
    assert books.balance(OUTPUT, PENDING, ADVANCE) == (-2600, 0, -20000)
    books.ship("S-1", 1)
    assert books.balance(OUTPUT, ADVANCE, "Income:Sales") == (-2600, -10000, -10000)
    books.ship("S-2", 2)
    assert books.balance(OUTPUT, ADVANCE, "Assets:Receivable", "Income:Sales") == (-3900, 0, 11300, -30000)
    books.ship("S-3", 1)
    assert books.balance(OUTPUT, "Income:Sales") == (-5200, -40000)
    check_books(books.ledger)


def test_a_cancelled_advance_takes_its_tax_back_from_output_tax() -> None:
    """452.00 paid, all cancelled: 52.00 is no longer due, 452.00 is owed back and refunded."""
    books = Books(vat_on_advance="due")
    books.order()
    books.pay("PAY-1", "452.00")
    books.post("cancellation", "C-1", order="SO", lines=[{"sku": "TEA-01", "quantity": "1"}])
    assert books.balance(OUTPUT, REFUND) == (-3900, -11300)
    books.post("cancellation", "C-2", order="SO")
    assert books.balance(OUTPUT, REFUND, ADVANCE) == (0, -45200, 0)
    books.post("refund", "R-1", order="SO", amount="452.00", account="bank")
    assert books.balance(REFUND, "Assets:Bank") == (0, 0)


def test_switching_the_option_uses_what_is_pending_first() -> None:
    """113.00 paid while pending, 113.00 while due: the shipment of all takes 13.00 from each and posts 26.00 more."""
    ledger = Books(**{"2026-03-05 vat-on-advance": "due"})
    ledger.order()
    ledger.pay("PAY-1", "113.00")
    ledger.post("payment", "PAY-2", "2026-03-06", order="SO", amount="113.00", account="bank")
    assert ledger.balance(PENDING, OUTPUT) == (-1300, -1300)
    ledger.ship("S-1")
    assert ledger.balance(PENDING, OUTPUT, ADVANCE) == (0, -5200, 0)


def test_small_scale_input_tax_is_cost_wherever_it_comes() -> None:
    """Purchase 100.00 + 13.00, freight 10.00 + 0.90, import VAT 5.00, a fee of 3.00 + 0.18: no input tax at all."""
    books = Books(vat_regime="small-scale")
    books.buy()
    inbound = {"direction": "inbound", "purchases": ["P-1"]}
    lines = [{"amount": "10.00", "tax_rate": "0.09", **inbound}, {"amount": "0", "tax": "5.00", "charge": "duty", **inbound}]
    books.post("freight_bill", "F-1", carrier="Sea", lines=lines)
    assert books.balance("Assets:Inventory:TEA-01", INPUT, "Liabilities:Payable:Carrier") == (12890, 0, -1590)
    books.order("SO", {"sku": "TEA-01", "quantity": "10", "unit_price": "20.00", "tax_rate": "0.01"})
    books.pay("PAY-1", "202.00", fee="3.00", fee_tax="0.18")
    books.ship("S-1")
    out = {"amount": "6.00", "tax_rate": "0.06", "direction": "outbound", "orders": ["SO"]}
    books.post("freight_bill", "F-2", carrier="SF", lines=[out])
    assert books.balance("Expenses:COGS", "Expenses:COGS:Landed", "Expenses:PlatformFees", "Expenses:Fulfilment") == (11300, 1590, 318, 636)
    assert books.balance(OUTPUT, INPUT) == (-200, 0)
    check_books(books.ledger)


def test_small_scale_invoice_shares_and_payout() -> None:
    """An invoice's tax is price variance of the goods, a share has its part of the tax, a payout's fee its own."""
    books = Books(vat_regime="small-scale")
    receipt = {"sku": "TEA-01", "quantity": "10", "unit_price": "10.00"}
    books.post("receipt", "R-1", supplier="S", lines=[receipt])
    books.post("supplier_invoice", "I-1", supplier="S", receipts=["R-1"], lines=[receipt | {"tax_rate": "0.13"}])
    assert books.balance("Assets:Inventory:TEA-01", INPUT, "Liabilities:GRIR") == (11300, 0, 0)
    for number in ("A", "B"):
        books.order(number, channel="tmall")
        books.ship(f"S-{number}", order=number)
    shares = {"amount": "3.00", "tax": "0.10", "direction": "outbound", "shares": {"A": "1.00", "B": "2.00"}}
    books.post("freight_bill", "F-1", carrier="SF", lines=[shares])
    freight = {o.number: o.freight for o in books.ledger.engine.state[Order].changes()[0]}
    assert freight == {"A": 103, "B": 207}
    fee = {"type": "fee", "order": "A", "amount": "-6.60", "tax": "0.37"}
    books.post(
        "payout",
        "PO-1",
        channel="tmall",
        account="bank",
        net="-8.60",
        lines=[fee, {"type": "advertising", "amount": "-2.00", "tax": "0.11"}],
    )
    assert books.balance("Expenses:PlatformFees", "Expenses:Operating:Advertising", INPUT) == (660, 200, 0)


def test_small_scale_return_to_the_supplier_gives_back_what_was_paid() -> None:
    """2 of 10 for 113.00 go back: the payable falls by 22.60, no input tax moves, no variance is left."""
    books = Books(vat_regime="small-scale")
    books.buy()
    books.post("supplier_return", "SR-1", purchase="P-1", lines=[{"sku": "TEA-01", "quantity": "2"}])
    accounts = ("Liabilities:Payable:Supplier", INPUT, "Expenses:COGS:PriceVariance", "Assets:Inventory:TEA-01")
    assert books.balance(*accounts) == (-9040, 0, 0, 9040)


GIFT = {"sku": "CUP-02", "quantity": "2", "amount": "22.60", "discount": "22.60", "type": "gift", "tax_rate": "0.13"}


def gift_order(books: Books, **gift: Any) -> None:
    """Order 113.00 with tax inside, and a gift with it."""
    tea = {"sku": "TEA-01", "quantity": "1", "unit_price": "113.00", "tax_rate": "0.13", "type": "service"}
    books.order("SO", tea, GIFT | gift, prices_include_tax=True)


@pytest.mark.parametrize("gift", [{}, {"tax_rate": "0", "tax": "2.60"}], ids=["rate", "stated"])
def test_a_gift_as_a_deemed_sale(gift: dict[str, str]) -> None:
    """2 cups of 22.60 for nothing: the customer owes 113.00, the order bears 2.60 of output tax; 1 cup back: 1.30 of it."""
    books = Books(gift_vat="deemed-sale")
    line = {"sku": "CUP-02", "quantity": "2", "unit_price": "5.00"}
    books.post("purchase", "P-1", "2026-03-01", supplier="S", lines=[line])
    gift_order(books, **gift)
    books.ship("S-1")
    assert books.balance("Assets:Receivable", "Income:Sales", OUTPUT, "Expenses:COGS") == (
        11300,
        -12000 if not gift else -12260,
        -1560,
        1260,
    )
    books.post("return", "R-1", order="SO", lines=[{"sku": "CUP-02", "quantity": "1"}])
    assert books.balance(OUTPUT, "Expenses:COGS", REFUND) == (-1430, 630, 0)
    check_books(books.ledger)


def test_a_gift_without_the_option_bears_no_tax() -> None:
    """The default: a free line has no tax."""
    books = Books()
    gift_order(books)
    books.ship("S-1")
    assert books.balance("Assets:Receivable", OUTPUT, "Expenses:COGS") == (11300, -1300, 0)


def test_half_a_gift_is_cancelled() -> None:
    """1 of 2 cups never leaves: 1.30 of deemed tax is all there will be."""
    books = Books(gift_vat="deemed-sale")
    gift_order(books)
    books.ship("S-1", 1)
    books.ship("S-2", 1, sku="CUP-02")
    books.post("cancellation", "C-1", order="SO")
    assert books.balance(OUTPUT, "Expenses:COGS") == (-1430, 130)


def test_input_tax_of_lost_units_is_reversed() -> None:
    """10 with 13.00 of input tax, 3 gone: 30.00 + 3.90 of loss; then 7 back to the supplier: the other 9.10."""
    books = Books(loss_vat="reverse-input")
    books.buy()
    books.post("stock_adjustment", "A-1", reason="sample", lines=[{"sku": "TEA-01", "quantity": "-3"}])
    assert books.balance("Expenses:StockLoss", INPUT) == (3390, 910)
    books.post("supplier_return", "SR-1", purchase="P-1", lines=[{"sku": "TEA-01", "quantity": "7"}])
    assert books.balance(INPUT, "Liabilities:Payable:Supplier") == (0, -3390)
    usual = Books()
    usual.buy()
    usual.post("stock_adjustment", "A-1", reason="sample", lines=[{"sku": "TEA-01", "quantity": "-3"}])
    assert usual.balance("Expenses:StockLoss", INPUT) == (3000, 1300)


def test_tax_invoiced_after_the_loss() -> None:
    """10 received without tax, 1 lost, then invoiced with 13.00: 11.70 of input tax, 1.30 of loss."""
    books = Books(loss_vat="reverse-input")
    line = {"sku": "TEA-01", "quantity": "10", "unit_price": "10.00"}
    books.post("receipt", "R-1", "2026-03-01", supplier="S", lines=[line])
    books.post("stock_adjustment", "A-1", reason="broken", lines=[{"sku": "TEA-01", "quantity": "-1"}])
    books.post("supplier_invoice", "I-1", supplier="S", receipts=["R-1"], lines=[line | {"tax_rate": "0.13"}])
    assert books.balance("Expenses:StockLoss", INPUT) == (1130, 1170)


def test_marketplace_tax_nets_to_zero() -> None:
    """113.00 paid through the platform, which keeps 13.00 of tax: 100.00 in the bank, nothing owed, nothing pending."""
    books = Books()
    line = {"sku": "X", "quantity": "1", "unit_price": "100.00", "tax_rate": "0.13", "type": "service"}
    books.order("SO", line, channel="tmall", tax_collected_by="marketplace")
    books.pay("PAY-1", "113.00", account="clearing:tmall")
    assert books.balance(MARKETPLACE, ADVANCE, PENDING, OUTPUT) == (-1300, -10000, 0, 0)
    books.ship("S-1")
    sale, tax = {"type": "sale", "order": "SO", "amount": "113.00"}, {"type": "marketplace_tax", "order": "SO", "amount": "-13.00"}
    books.post("payout", "PO-1", channel="tmall", account="bank", net="100.00", lines=[sale, tax])
    assert books.balance("Assets:Bank", CLEARING, MARKETPLACE, OUTPUT, "Income:Sales") == (10000, 0, 0, 0, -10000)
    books.post("return", "R-1", order="SO", lines=[{"sku": "X", "quantity": "1"}])
    books.post("refund", "RF-1", order="SO", amount="113.00", account="clearing:tmall")
    back = [{"type": "refund", "order": "SO", "amount": "-113.00"}, {"type": "marketplace_tax", "order": "SO", "amount": "13.00"}]
    books.post("payout", "PO-2", channel="tmall", account="bank", net="-100.00", lines=back)
    assert books.balance("Assets:Bank", CLEARING, MARKETPLACE, REFUND) == (0, 0, 0, 0)


def test_marketplace_tax_of_a_cancelled_advance_and_of_a_debt_written_off() -> None:
    """The tax of a cancelled advance, and of what is never paid, leaves where the marketplace's tax stands, not our own."""
    books = Books()
    line = {"sku": "X", "quantity": "2", "unit_price": "100.00", "tax_rate": "0.13", "type": "service"}
    books.order("SO", line, channel="tmall", tax_collected_by="marketplace")
    books.pay("PAY-1", "113.00", account="clearing:tmall")
    books.ship("S-1", sku="X")
    books.post("write_off", "W-1", order="SO", amount="113.00", tax="13.00")
    assert books.balance(MARKETPLACE, OUTPUT, "Assets:Receivable", "Expenses:BadDebt") == (-1300, 0, 0, 10000)
    books.order("SO-2", line, channel="tmall", tax_collected_by="marketplace")
    books.pay("PAY-2", "226.00", order="SO-2", account="clearing:tmall")
    books.post("cancellation", "C-1", order="SO-2")
    assert books.balance(MARKETPLACE, PENDING) == (-1300, 0)


def test_several_rates_with_an_exempt_line_a_discount_and_shipping() -> None:
    """100.00 at 13 %, 50.00 at 9 %, 30.00 exempt, 18.00 off, shipping 10.00 at 6 %: 172.00 + 16.35.

    Discount by net: 10.00, 5.00, 3.00; tax 11.70 + 4.05 + 0 + 0.60. The first line alone takes 90/162 of the shipping: 5.56 + 0.33.
    """
    books = Books()
    rates = (("A", "100.00", "0.13"), ("B", "50.00", "0.09"), ("C", "30.00", "0"))
    lines = [{"sku": sku, "quantity": "1", "unit_price": price, "tax_rate": rate, "type": "service"} for sku, price, rate in rates]
    books.order("SO", *lines, discount="18.00", shipping={"amount": "10.00", "tax_rate": "0.06"})
    books.pay("PAY-1", "188.35")
    assert books.balance(ADVANCE, PENDING, "Liabilities:CustomerDeposit") == (-17200, -1635, 0)
    books.ship("S-1", 1, sku="A")
    accounts = ("Income:Sales", "Income:Discounts", "Income:Shipping", OUTPUT)
    assert books.balance(*accounts) == (-10000, 1000, -556, -1203)
    books.ship("S-2", 1, sku="C")
    assert books.balance(*accounts) == (-13000, 1300, -722, -1213)
    books.ship("S-3")
    assert books.balance(*accounts, ADVANCE, PENDING) == (-18000, 1800, -1000, -1635, 0, 0)
    books.post("return", "R-1", order="SO", lines=[{"sku": "C", "quantity": "1"}])
    assert books.balance("Income:Returns", OUTPUT, REFUND) == (2700, -1635, -2700)


def test_several_rates_with_tax_inside() -> None:
    """113.00 at 13 %, 109.00 at 9 %, 50.00 exempt, a tenth off, shipping 10.60 at 6 %: 90 + 90 + 45 + 10 net, 11.70 + 8.10 + 0.60 tax."""
    books = Books()
    rates = (("A", "113.00", "0.13"), ("B", "109.00", "0.09"), ("C", "50.00", "0"))
    lines = [{"sku": sku, "quantity": "1", "unit_price": price, "tax_rate": rate, "type": "service"} for sku, price, rate in rates]
    shipping = {"amount": "10.60", "tax_rate": "0.06"}
    books.order("SO", *lines, discount="27.20", shipping=shipping, prices_include_tax=True)
    books.ship("S-1")
    accounts = ("Income:Sales", "Income:Discounts", "Income:Shipping", OUTPUT, "Assets:Receivable")
    assert books.balance(*accounts) == (-25000, 2500, -1000, -2040, 25540)
