"""Documents in a foreign currency: what is refused, how entries are written, and corrections of them."""

from __future__ import annotations

from typing import Any

import pytest
from beancount.parser import parser

from ledger.books.people import chart_of
from ledger.engine import Posted
from ledger.errors import InvalidDocument, UnknownAccount
from ledger.journal.result import entry_json
from ledger.state.records import Carried, Order, PartyBalance
from tests.books_in_memory import MemoryLedger, accounts, bean_check, bean_values, chart

DAY = "2026-01-05"
SERVICE = {"sku": "ENGRAVING", "quantity": "1", "unit_price": "100.00", "type": "service", "tax_rate": "0.13"}


class Shop(MemoryLedger):
    """Posts by kind and fields; dollars where nothing else is said."""

    def say(self, kind: str, number: str, **fields: Any) -> Posted:
        """Post one document."""
        body = {"kind": kind, "source": "shop", "number": number, "date": DAY, "currency": "USD"} | fields
        return self.post({name: value for name, value in body.items() if value is not None})

    def order(self, number: str = "SO", **fields: Any) -> None:
        """Order a service of 113.00."""
        self.say("order", number, customer="Customer", lines=[SERVICE], **fields)


def amounts(posted: Posted) -> dict[str, int]:
    """Return the base amount of each account of all entries."""
    found: dict[str, int] = {}
    for entry in posted.entries:
        for posting in entry.postings:
            found[posting.account] = found.get(posting.account, 0) + posting.amount
    return found


def faults(refused: pytest.ExceptionInfo[InvalidDocument]) -> list[str]:
    """Return where a document was refused."""
    return [error.pointer for error in refused.value.errors]


@pytest.mark.parametrize("currency", [None, "EUR"])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("payment", {"order": "SO", "amount": "1.00", "account": "bank"}),
        ("refund", {"order": "SO", "amount": "1.00", "account": "bank"}),
        ("write_off", {"order": "SO", "amount": "1.00"}),
        ("settlement", {"customer": "Customer", "documents": ["SO"], "amount": "1.00", "account": "bank"}),
        ("payout", {"channel": "amazon", "account": "bank", "net": "1.00", "lines": [{"type": "sale", "amount": "1.00", "order": "SO"}]}),
    ],
)
def test_money_in_another_currency_than_the_order_is_refused(kind: str, fields: dict[str, Any], currency: str | None) -> None:
    """Neither the books' currency nor a third one settles what is open in dollars."""
    shop = Shop()
    shop.order()
    with pytest.raises(InvalidDocument) as refused:
        shop.say(kind, "1", rate="7.00", **fields | {"currency": currency})
    assert faults(refused) == ["/currency"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("transfer", {"from": "main", "to": "north", "lines": [{"sku": "X", "quantity": "1"}]}),
        ("stock_adjustment", {"reason": "found", "lines": [{"sku": "X", "quantity": "1", "unit_cost": "1.00"}]}),
        ("event", {"order": "SO", "stage": "picked"}),
        ("shipment", {"order": "SO", "currency": "EUR"}),
    ],
)
def test_documents_without_money_have_no_currency(kind: str, fields: dict[str, Any]) -> None:
    """Their goods are carried in base; a shipment may name its order's currency only."""
    shop = Shop()
    shop.order()
    with pytest.raises(InvalidDocument) as refused:
        shop.say(kind, "1", rate="7.00", **fields)
    assert faults(refused) == ["/currency"]


def test_the_price_of_the_day_counts_where_no_rate_is_stated() -> None:
    """The stated rate comes first, then the books' price of exactly that day; the applied rate is kept with the document."""
    prices = f"{DAY} price USD 7.10 CNY\n2026-01-06 price USD 7.30 CNY\n"
    customs = '1970-01-01 custom "orderledger" "currency" "CNY"\n'
    shop = Shop()
    shop.engine.chart = chart_of(parser.parse_string(customs + accounts() + prices)[0], [])
    shop.order()
    paid = shop.say("payment", "P", order="SO", amount="56.50", account="bank")
    assert (amounts(paid)["Assets:Bank"], paid.row.rate) == (40_115, 7_100_000)
    stated = shop.say("payment", "P-2", order="SO", amount="56.50", account="bank", rate="7.00")
    assert (amounts(stated)["Assets:Bank"], stated.row.rate) == (39_550, 7_000_000)
    with pytest.raises(InvalidDocument) as refused:
        shop.say("shipment", "S", order="SO", date="2026-01-07")
        shop.say("payment", "P-3", order="SO", amount="1.00", account="bank", date="2026-01-07")
    assert faults(refused) == ["/rate"]


def test_a_price_that_is_no_rate_is_named() -> None:
    """A rate has six decimals at most and is above zero."""
    problems: list[str] = []
    customs = '1970-01-01 custom "orderledger" "currency" "CNY"\n'
    text = customs + accounts() + f"{DAY} price USD 7.1234567 CNY\n{DAY} price EUR 8 USD\n"
    made = chart_of(parser.parse_string(text)[0], problems)
    assert made.prices == {}
    assert len(problems) == 1
    assert "exchange rate" in problems[0]


def test_units_are_written_at_their_rate_or_at_their_total() -> None:
    """An exact rate of at most six decimals, else the total; the text has the same balances in stock Beancount."""
    shop = Shop()
    shop.say("purchase", "PO", supplier="S", rate="7.10", lines=[{"sku": "X", "quantity": "1", "amount": "100.00"}])
    shop.say("purchase", "PO-2", supplier="S", rate="7.1234", lines=[{"sku": "X", "quantity": "1", "amount": "33.33"}])
    shop.say("supplier_payment", "SP", supplier="S", amount="44.44", account="bank", rate="7.00")
    text = shop.text()
    assert "-100.00 USD @ 7.10 CNY" in text
    assert "-33.33 USD @@ 237.42 CNY" in text
    entries, errors = bean_check(text)
    assert errors == []
    balances = {account: amount for account, amount in shop.balances().items() if amount}
    assert {account: int(value * 100) for account, value in bean_values(entries).items() if value} == balances


def test_entries_in_json_sum_to_zero_in_base_and_show_units() -> None:
    """`amount` is the weight in the books' currency; `units` stand beside it where the posting is in foreign money."""
    shop = Shop()
    shop.order()
    [entry] = shop.say("payment", "P", order="SO", amount="113.00", account="bank", rate="7.00").entries
    bank, liability, tax = entry_json(entry, "", shop.engine.chart)["postings"]
    assert (bank["amount"], bank["currency"], bank["units"]) == ("791.00", "CNY", {"amount": "113.00", "currency": "USD"})
    assert (liability["amount"], tax["amount"]) == ("-700.00", "-91.00")
    assert "units" not in liability


def test_books_without_an_exchange_account_take_base_documents() -> None:
    """The role is needed only where a difference arises."""
    text = accounts().replace('role: "exchange"', 'name: "Exchange"')
    customs = '1970-01-01 custom "orderledger" "currency" "CNY"\n'
    shop = Shop()
    shop.engine.chart = chart_of(parser.parse_string(customs + text)[0], [])
    shop.order()
    shop.say("shipment", "S", order="SO", rate="7.00")
    shop.say("payment", "P", order="SO", amount="13.00", account="bank", rate="7.00")
    with pytest.raises(UnknownAccount, match="exchange"):
        shop.say("payment", "P-2", order="SO", amount="100.00", account="bank", rate="7.50")


def test_a_settlement_goes_to_orders_in_its_currency() -> None:
    """A customer owes dollars and yuan: dollars settle dollars."""
    shop = Shop()
    shop.order("SO-1")
    shop.order("SO-2", currency=None)
    shop.say("shipment", "S-1", order="SO-1", rate="7.00")
    shop.say("shipment", "S-2", order="SO-2", currency=None)
    shop.say("settlement", "ST", customer="Customer", amount="113.00", account="bank", rate="7.20")
    first, second = shop.engine.state[Order].changes()[0]
    assert (first.receivable, first.exchange, second.receivable) == (0, -2260, 11_300)
    with pytest.raises(InvalidDocument):
        shop.say("settlement", "ST-2", customer="Customer", amount="0.01", account="bank", rate="7.20")


def test_stated_cost_and_estimated_freight_are_converted_at_the_shipment() -> None:
    """Stated cost is in the order's currency; freight in what the shipment says; a return gives the cost back as it was carried."""
    shop = Shop()
    line = {"sku": "LAMP", "quantity": "2", "unit_price": "50.00", "cost": "60.00"}
    shop.say("order", "SO", customer="C", lines=[line])
    sent = amounts(shop.say("shipment", "S", order="SO", rate="7.00", estimated_freight="10.00"))
    assert (sent["Expenses:COGS"], sent["Expenses:Fulfilment"]) == (42_000, 7_000)
    back = amounts(shop.say("return", "R", order="SO", rate="8.00", currency=None, lines=[{"sku": "LAMP", "quantity": "1"}]))
    assert (back["Expenses:COGS"], back["Income:Returns"]) == (-21_000, 35_000)
    plain = amounts(shop.say("shipment", "S", order="SO", rate="7.00", currency="USD", estimated_freight="9.00", corrects=True, reason="x"))
    assert plain["Expenses:Fulfilment"] == -700


def test_a_corrected_payment_leaves_what_the_order_carries_in_step() -> None:
    """Paid at 7.00, it was less: the reversal has exactly the posting's units and base, and the carried values follow."""
    shop = Shop()
    shop.order()
    shop.say("payment", "P", order="SO", amount="113.00", account="bank", rate="7.00")
    shop.say("payment", "P", order="SO", amount="56.50", account="bank", rate="7.20", corrects=True, reason="half")
    [carried] = shop.engine.state[Carried].changes()[0]
    assert (carried.contract_liability, carried.contract_liability_base) == (-5000, -36_000)
    assert (carried.vat_pending, carried.vat_pending_base) == (-650, -4680)
    assert bean_check(shop.text())[1] == []


def test_a_correction_cannot_change_the_currency() -> None:
    """What is open stays in the currency that it was posted in."""
    shop = Shop()
    line = {"sku": "X", "quantity": "1", "amount": "10.00"}
    shop.say("purchase", "PO", supplier="S", rate="7.10", lines=[line])
    with pytest.raises(InvalidDocument) as refused:
        shop.say("purchase", "PO", supplier="S", currency=None, lines=[line], corrects=True, reason="x")
    assert faults(refused) == ["/currency"]


def test_a_corrected_order_and_shipment_take_back_what_was_earned_at_its_own_rate() -> None:
    """Prepaid at 7.00; shipped; the order was dearer, then one unit had not left: the advance opens again at 7.00."""
    shop = Shop()
    line = {"sku": "BOX", "quantity": "2", "unit_price": "50.00", "type": "service"}
    shop.say("order", "SO", customer="C", lines=[line])
    shop.say("payment", "P", order="SO", amount="100.00", account="bank", rate="7.00")
    shop.say("shipment", "S", order="SO", rate="7.20")
    dearer = amounts(shop.say("order", "SO", customer="C", lines=[line | {"unit_price": "60.00"}], rate="7.20", corrects=True, reason="x"))
    assert (dearer["Assets:Receivable"], dearer["Income:Sales"]) == (14_400, -14_400)
    back = shop.say("order", "SO", customer="C", lines=[line], rate="7.40", corrects=True, reason="y")
    assert amounts(back)["Assets:Receivable"] == -14_400
    less = {"lines": [{"sku": "BOX", "quantity": "1"}], "corrects": True, "reason": "one"}
    one = amounts(shop.say("shipment", "S", order="SO", rate="7.50", currency=None, **less))
    assert one["Liabilities:ContractLiability"] == -one["Income:Sales"]
    assert sum(shop.balances().values()) == 0


def test_a_supplier_return_falls_on_the_payable_as_it_is_carried() -> None:
    """10 bought at 7.00 and 10 at 7.40 are owed at 7.20 together; what goes back cost 7.00: the difference is exchange."""
    shop = Shop()
    line = {"sku": "X", "quantity": "10", "unit_price": "10.00"}
    shop.say("purchase", "PO-1", supplier="S", rate="7.00", lines=[line])
    shop.say("purchase", "PO-2", supplier="S", rate="7.40", lines=[line])
    back = amounts(shop.say("supplier_return", "SR", purchase="PO-1", currency=None, lines=[{"sku": "X", "quantity": "10"}]))
    assert back == {"Liabilities:Payable:Supplier": 72_000, "Expenses:Exchange": -2000, "Assets:Inventory:X": -70_000}
    [owed] = shop.engine.state[PartyBalance].changes()[0][:1]
    assert (owed.party, owed.currency) == ("S", "USD")


def test_an_invoice_is_in_the_currency_of_its_receipt() -> None:
    """GR/IR is open in dollars: an invoice in yuan cannot clear it."""
    shop = Shop()
    line = {"sku": "X", "quantity": "10", "unit_price": "10.00"}
    shop.say("receipt", "R", supplier="S", rate="7.00", lines=[line])
    with pytest.raises(InvalidDocument) as refused:
        shop.say("supplier_invoice", "I", supplier="S", currency=None, receipts=["R"], lines=[line])
    assert faults(refused) == ["/currency"]


def test_an_entry_in_two_currencies_balances_in_base() -> None:
    """What is too much is named in base, and an amount finer than the base currency is refused."""
    shop = Shop()
    postings = [{"account": "bank", "amount": "-100.00"}, {"account": "bank", "amount": "715.00", "currency": "CNY"}]
    with pytest.raises(InvalidDocument) as refused:
        shop.say("entry", "E", rate="7.20", postings=postings)
    assert [error.detail for error in refused.value.errors] == ["must sum to zero in CNY at the rate; -5.00 is too much"]
    shop.order()
    shop.say("shipment", "S", order="SO", rate="7.00")
    on_order = [{"account": "receivable", "amount": "-7.00", "currency": "CNY", "order": "SO"}, {"account": "bank", "amount": "1.00"}]
    with pytest.raises(InvalidDocument) as refused:
        shop.say("entry", "E-2", rate="7.00", postings=on_order)
    assert faults(refused) == ["/postings/0/currency"]


@pytest.mark.parametrize(("base", "currency", "amount", "rate", "expected"), [
    ("JPY", "USD", "10.01", "150.123456", 1503),
    ("KWD", "USD", "10.00", "0.307125", 3071),
    ("CNY", "KWD", "1.001", "23.456789", 2348),
    ("CNY", "JPY", "1001", "0.048", 4805),
])  # fmt: skip
def test_each_currency_has_its_own_decimals(base: str, currency: str, amount: str, rate: str, expected: int) -> None:
    """Yen have none, dinars three: units are read with those of the document, weights with those of the books."""
    shop = Shop(base)
    shop.engine.chart = chart(base)
    paid = shop.say("supplier_payment", "SP", supplier="S", amount=amount, account="bank", rate=rate, currency=currency)
    assert amounts(paid)["Assets:Bank"] == -expected
    assert bean_check(shop.text())[1] == []
