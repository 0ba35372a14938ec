"""Goods that were paid ahead in a foreign currency and come before their invoice: they keep the payment's rate (IFRIC 22.8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.documents.closing import ClosingRate, PeriodClose, Revaluation, Revalued
from ledger.engine import Posted
from ledger.state.records import Invoiced, PartyBalance, Received
from tests.books_in_memory import MemoryLedger, bean_check, bean_values

STOCK, GRIR, PREPAID = "Assets:Inventory:TEA-01", "Liabilities:GRIR", "Assets:SupplierPrepayment"
PAYABLE, TAX, EXCHANGE, VARIANCE = "Liabilities:Payable:Supplier", "Assets:VAT:Input", "Expenses:Exchange", "Expenses:COGS:PriceVariance"
Line = dict[str, Any]


def line(price: str, quantity: str = "10", **fields: Any) -> Line:
    """Return a line of tea."""
    return {"sku": "TEA-01", "quantity": quantity, "unit_price": price, **fields}


class Buyer(MemoryLedger):
    """Buys from one supplier in dollars; each document is a day after the one before it."""

    day = 0

    def say(self, kind: str, number: str, rate: str | None, **fields: Any) -> Posted:
        """Post one document."""
        self.day += 1
        body: dict[str, Any] = {"kind": kind, "source": "shop", "number": number, "date": f"2026-01-{self.day:02d}", **fields}
        if rate is not None:
            body |= {"currency": "USD", "rate": rate}
        return self.post(body)

    def pay(self, amount: str, rate: str, number: str = "SP", **fields: Any) -> None:
        """Pay the supplier."""
        self.say("supplier_payment", number, rate, supplier="Supplier", amount=amount, account="bank", **fields)

    def receive(self, rate: str, *lines: Line, number: str = "R", **fields: Any) -> None:
        """Receive goods."""
        self.say("receipt", number, rate, supplier="Supplier", lines=list(lines), **fields)

    def bill(self, rate: str, *lines: Line, number: str = "I", **fields: Any) -> None:
        """Be invoiced, for receipt R where nothing else is said."""
        about = {} if "receipts" in fields or "purchase_order" in fields else {"receipts": ["R"]}
        self.say("supplier_invoice", number, rate, supplier="Supplier", lines=list(lines), **about, **fields)

    def holds(self, *names: str) -> tuple[int, ...]:
        """Return balances of accounts in base."""
        found = self.balances()
        return tuple(found[name] for name in names)

    def units(self, *names: str) -> tuple[int, ...]:
        """Return balances of accounts in dollars."""
        postings = [posting for entry in self.entries() for posting in entry.postings]
        return tuple(sum(p.foreign or 0 for p in postings if p.account == name) for name in names)

    def check(self) -> None:
        """Stock Beancount has the same balances; what is kept beside the postings is what they come to, and no money is without units."""
        entries, errors = bean_check(self.text())
        assert errors == []
        kept = {account: amount for account, amount in self.balances().items() if amount}
        assert {account: int(value * 100) for account, value in bean_values(entries).items() if value} == kept
        state = self.engine.state
        received, early = state[Received].changes()[0], state[Invoiced].changes()[0]
        assert self.holds(GRIR) == (sum(row.grir for row in early) - sum(row.grir for row in received),)
        assert self.units(GRIR) == (sum(row.foreign_amount for row in early) - sum(row.foreign_amount for row in received),)
        for row in received:
            assert bool(row.foreign_amount) >= bool(row.grir)
            assert bool(row.prepaid) >= bool(row.prepaid_base)
            assert row.to_invoice or not (row.foreign_amount or row.prepaid)
        for balance in state[PartyBalance].changes()[0]:
            account = PREPAID if balance.role == "supplier_prepayment" else PAYABLE
            assert (balance.units, balance.base) == (*self.units(account), *self.holds(account))
            assert balance.units or not balance.base


def test_the_paid_part_keeps_the_payments_rate() -> None:
    """50.00 USD at 7.00 and 49.90 at 7.3333 are 715.93; the invoice at 7.1111 gains on the 49.90 only, tax is at its own rate."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.receive("7.3333", line("9.99"))
    assert books.holds(STOCK, PREPAID, GRIR) == (35000 + 36593, 0, -36593)
    assert books.units(GRIR, PREPAID) == (-4990, 0)
    books.check()
    books.bill("7.1111", line("9.99", tax="13.00"))
    assert books.holds(STOCK, PREPAID, GRIR, VARIANCE) == (71593, 0, 0, 0)
    assert books.units(GRIR, PAYABLE) == (0, -6290)
    assert books.holds(PAYABLE, TAX) == (-44729, 9245)
    assert books.holds(EXCHANGE) == (35484 - 36593,)
    books.check()


def test_a_receipt_of_another_supplier_or_currency_leaves_it_alone() -> None:
    """What one was paid in dollars is nothing that another, or the same one in euros, has."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.say("receipt", "R-2", "7.20", supplier="Other", lines=[line("1.00")])
    euros = {"kind": "receipt", "source": "shop", "number": "R-3", "date": "2026-01-09", "supplier": "Supplier", "lines": [line("1.00")]}
    books.post({**euros, "currency": "EUR", "rate": "8.00"})
    books.post({**euros, "number": "R-4"})
    assert books.holds(PREPAID, STOCK) == (35000, 7200 + 8000 + 1000)


def test_one_prepayment_for_several_receipts() -> None:
    """80.00 USD: all of the first 50.00, 30.00 of the second; the first one's tax finds nothing left, as the second came before it."""
    books = Buyer()
    books.pay("80.00", "7.00")
    books.receive("7.20", line("5.00"))
    books.receive("7.40", line("5.00"), number="R-2")
    assert books.holds(STOCK, PREPAID, GRIR) == (35000 + 21000 + 14800, 0, -14800)
    books.bill("7.30", line("5.00", tax="6.50"))
    assert books.units(PAYABLE) == (-650,)
    books.bill("7.30", line("5.00"), number="I-2", receipts=["R-2"])
    assert books.holds(GRIR, EXCHANGE, STOCK) == (0, -200, 70800)
    assert books.units(GRIR, PAYABLE, PREPAID) == (0, -2650, 0)
    books.check()


def test_what_is_paid_ahead_of_more_than_all_stays_paid_ahead() -> None:
    """200.00 USD: 100.00 of goods, 13.00 of tax, and 87.00 for the next time; nothing is owed, and there is no exchange difference."""
    books = Buyer()
    books.pay("200.00", "7.00")
    books.receive("7.20", line("10.00"))
    assert books.holds(STOCK, GRIR, PREPAID) == (70000, 0, 70000)
    books.bill("7.30", line("10.00", tax="13.00"))
    assert books.holds(STOCK, GRIR, PAYABLE, EXCHANGE, TAX, PREPAID) == (70000, 0, 0, 0, 9100, 60900)
    assert books.units(PREPAID, PAYABLE) == (8700, 0)
    books.check()


def test_a_receipt_is_invoiced_in_parts() -> None:
    """Half of 100.00 USD was paid ahead: each invoice takes its share of what was paid and of GR/IR, the last one what is left."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.receive("7.20", line("10.00"))
    books.bill("7.30", line("10.00", "3"))
    assert books.units(GRIR, PAYABLE) == (-3500, -1500)
    assert books.holds(GRIR, EXCHANGE) == (-25200, 150)
    books.check()
    books.bill("7.10", line("10.00", "3.5"), line("10.00", "3.5"), number="I-2")
    assert books.units(GRIR, PAYABLE) == (0, -5000)
    assert books.holds(GRIR, EXCHANGE, STOCK) == (0, 150 - 350, 71000)
    books.check()


@pytest.mark.parametrize(("paid", "price", "stock", "owed", "ahead"), [
    ("50.00", "11.00", 35000 + 43200, -6000, 0),
    ("50.00", "9.00", 35000 + 28800, -4000, 0),
    ("50.00", "3.00", 21000, 0, 2000),
    ("100.00", "12.00", 70000 + 14400, -2000, 0),
    ("110.00", "12.00", 77000 + 7200, -1000, 0),
    ("130.00", "12.00", 84000, 0, 1000),
    ("130.00", "8.00", 56000, 0, 5000),
])  # fmt: skip
def test_another_price_than_the_receipts(paid: str, price: str, stock: int, owed: int, ahead: int) -> None:
    """Goods at 10.00 in the receipt: more is at the prepayment's rate while it lasts, less comes off what is owed at 7.20 first."""
    books = Buyer()
    books.pay(paid, "7.00")
    books.receive("7.20", line("10.00"))
    books.bill("7.20", line(price))
    assert books.holds(STOCK, GRIR, EXCHANGE, VARIANCE) == (stock, 0, 0, 0)
    assert books.units(PAYABLE, PREPAID, GRIR) == (owed, ahead, 0)
    assert books.holds(PREPAID) == (7 * ahead,)
    books.check()


def test_money_follows_units_to_the_cent() -> None:
    """A third of 50.00 USD is 16.67, which is 116.69 at 7.00, not a third of 350.00: a gift sets it free at exactly that."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.receive("7.20", line("30.00", "3"))
    books.bill("7.30", line("0", "1"))
    assert (books.units(PREPAID), books.holds(PREPAID)) == ((1667,), (11669,))
    books.check()


def test_a_lower_price_pays_the_other_receipt_and_the_tax() -> None:
    """20.00 USD of the first receipt are free: they pay 10.00 of the second one's GR/IR (2.00 gained) and 10.00 of 13.00 of tax."""
    books = Buyer()
    books.pay("150.00", "7.00")
    books.receive("7.20", line("10.00"))
    books.receive("7.20", line("6.00"), number="R-2")
    assert books.units(GRIR, PREPAID) == (-1000, 0)
    books.bill("7.50", line("8.00"), line("6.00", tax="13.00"), receipts=["R", "R-2"])
    assert books.holds(STOCK, GRIR, EXCHANGE) == (56000 + 35000 + 7200, 0, -200)
    assert books.holds(TAX, PAYABLE) == (7000 + 2250, -2250)
    books.check()


def test_a_payment_of_after_the_receipt_pays_what_is_owed() -> None:
    """Received at 7.20, paid at 7.40, billed at 7.50: the goods stay at 7.20, and 20.00 are lost on the debt."""
    books = Buyer()
    books.receive("7.20", line("10.00"))
    books.pay("110.00", "7.40")
    books.bill("7.50", line("10.00", tax="13.00"))
    assert books.holds(STOCK, GRIR, PREPAID, EXCHANGE) == (72000, 0, 0, 2000)
    assert books.holds(TAX, PAYABLE) == (7400 + 2250, -2250)
    books.check()


def test_an_invoice_before_its_receipt_has_the_prepayment_in_it() -> None:
    """Billed at 7.30 with 40.00 USD paid ahead: the goods on their way are 280.00 and 438.00, and nothing is estimated when they come."""
    books = Buyer()
    books.say("purchase_order", "PO", None, supplier="Supplier", currency="USD")
    books.pay("40.00", "7.00")
    books.bill("7.30", line("10.00", tax="13.00"), purchase_order="PO")
    assert books.holds(GRIR, TAX, PREPAID) == (28000 + 43800, 9490, 0)
    books.pay("30.00", "7.10", number="SP-2")
    assert books.units(PAYABLE, PREPAID) == (-4300, 0)
    books.pay("100.00", "7.10", number="SP-3")
    assert books.units(PAYABLE, PREPAID) == (0, 5700)
    books.receive("7.40", line("9.00", "15"), purchase_order="PO")
    assert books.holds(STOCK, GRIR, PREPAID) == (71800 + 31950, 0, 8520)
    books.check()


def test_only_what_is_owed_is_revalued() -> None:
    """At 7.40: 10.00 lost on the 50.00 USD owed; billed at 7.50 and 10.00 dearer: 72.00 more of goods, and the rest is exchange."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.receive("7.20", line("10.00"))
    units = {"account": GRIR, "currency": "USD", "units": "-50.00", "carried": -36000, "value": -37000}
    seq = str(books.engine.state.head.seq)
    rates = (ClosingRate(currency="USD", rate=7_400_000),)
    item = Revalued(**units, receipt="shop/R", party="Supplier")  # type: ignore[arg-type]
    books.engine.post(Revaluation(source="orderledger", number="1", date="2026-01-31", as_of_seq=seq, rates=rates, items=(item,)))
    assert books.holds(GRIR, STOCK) == (-37000, 71000)
    books.bill("7.50", line("11.00"))
    assert books.holds(GRIR, STOCK, EXCHANGE) == (0, 71000 + 7200, 1500 + 300)
    books.check()


def test_renewed_estimates_move_nothing() -> None:
    """暂估 in red and again for what is owed of a receipt; one that is paid ahead in full owes nothing, so that there is no voucher."""
    books = Buyer()
    books.pay("150.00", "7.00")
    books.receive("7.20", line("10.00"))
    books.receive("7.20", line("10.00"), number="R-2")
    before = books.holds(STOCK, GRIR, PREPAID)
    close = PeriodClose(
        source="orderledger", number="2026-01", date="2026-01-31", period="2026-01", as_of_seq="3", estimates=("shop/R", "shop/R-2")
    )
    entries = books.engine.post(close).entries
    assert [[posting.amount for posting in entry.postings] for entry in entries] == [[-36000, 36000], [36000, -36000]]
    assert books.holds(STOCK, GRIR, PREPAID) == before
    books.check()


def test_goods_go_back_before_and_after_their_invoice() -> None:
    """Before it, what was paid ahead of them is free again; after it, the supplier owes their price."""
    books = Buyer()
    books.pay("50.00", "7.00")
    books.receive("7.20", line("10.00"))
    books.say("supplier_return", "SR", None, receipt="R", lines=[{"sku": "TEA-01", "quantity": "2"}])
    assert books.holds(STOCK, PREPAID, GRIR, VARIANCE) == (56800, 7000, -28800, 0)
    assert books.units(PREPAID, GRIR) == (1000, -4000)
    books.check()
    books.bill("7.30", line("10.00", "8"))
    assert books.units(PREPAID, GRIR, PAYABLE) == (0, 0, -3000)
    books.say("supplier_return", "SR-2", None, receipt="R", lines=[{"sku": "TEA-01", "quantity": "3"}])
    assert books.units(PREPAID, GRIR, PAYABLE) == (0, 0, 0)
    assert books.holds(STOCK, VARIANCE) == (35500, 0)
    books.check()


def test_an_opened_prepayment_is_used_by_the_first_receipt() -> None:
    """60.00 USD of the old books at 6.90."""
    books = Buyer()
    item = {"kind": "supplier_prepayment", "party": "Supplier", "document": "OLD", "amount": "60.00"}
    books.say("opening", "OP", "6.90", open_items=[item])
    books.receive("7.20", line("10.00"))
    assert books.holds(STOCK, PREPAID, GRIR) == (41400 + 28800, 0, -28800)
    books.bill("7.20", line("10.00"))
    assert books.holds(STOCK, GRIR, EXCHANGE) == (70200, 0, 0)
    books.check()


AMOUNTS = st.integers(1, 30_000)


def cents(amount: int) -> str:
    """Write cents."""
    return f"{amount // 100}.{amount % 100:02d}"


@settings(max_examples=80)
@given(paid=AMOUNTS, nets=st.lists(AMOUNTS, min_size=1, max_size=3), tax=st.integers(0, 5_000), rates=st.tuples(AMOUNTS, AMOUNTS))
def test_receipt_and_invoice_are_a_purchase_in_two_steps(paid: int, nets: list[int], tax: int, rates: tuple[int, int]) -> None:
    """The same content at the same rate leaves the same balances, to the cent, and no exchange difference."""
    ahead, now = (f"{rate // 10_000 + 1}.{rate % 10_000:04d}" for rate in rates)
    goods = [{"sku": "TEA-01", "quantity": "3", "amount": cents(net)} for net in nets]
    taxed = [{**one, "tax": cents(tax if i == 0 else 0)} for i, one in enumerate(goods)]
    once, twice = Buyer(), Buyer()
    for books in (once, twice):
        books.pay(cents(paid), ahead)
    once.say("purchase", "PO", now, supplier="Supplier", lines=taxed)
    twice.receive(now, *goods)
    twice.bill(now, *taxed)
    names = (STOCK, PREPAID, PAYABLE, TAX, EXCHANGE, GRIR)
    assert once.holds(*names) == twice.holds(*names)
    assert once.units(PREPAID, PAYABLE) == twice.units(PREPAID, PAYABLE)
    for books in (once, twice):
        assert books.holds(EXCHANGE, GRIR) == (0, 0)
        books.check()


def bought() -> list[dict[str, Any]]:
    """Return a prepayment and what follows it: two receipts, goods that go back, two invoices."""
    sent: list[dict[str, Any]] = []

    class Noting(Buyer):
        def post(self, body: dict[str, Any]) -> Posted:
            sent.append(body)
            return super().post(body)

    books = Noting()
    books.pay("120.00", "7.00")
    books.receive("7.20", line("10.00"))
    books.say("supplier_return", "SR", None, receipt="R", lines=[{"sku": "TEA-01", "quantity": "1"}])
    books.bill("7.30", line("11.00", "4", tax="3.00"))
    books.receive("7.25", line("9.00"), number="R-2")
    books.bill("7.40", line("10.00", "5"), line("8.00"), number="I-2", receipts=["R", "R-2"])
    return sent


@pytest.mark.parametrize(("which", "change"), [
    (0, {"amount": "90.00"}),
    (0, {"amount": "150.00"}),
    (0, {"amount": "400.00"}),
    (0, {"rate": "7.10"}),
    (2, {"lines": [{"sku": "TEA-01", "quantity": "2"}]}),
    (3, {"lines": [line("5.00", "4", tax="3.00")]}),
    (3, {"lines": [line("12.00", "3")]}),
    (4, {"lines": [line("7.00")]}),
    (4, {"lines": [line("20.00", "12")]}),
    (5, {"lines": [line("1.00", "5"), line("30.00")]}),
])  # fmt: skip
def test_a_correction_and_its_inverse_leave_every_balance(which: int, change: dict[str, Any]) -> None:
    """Whatever had come until then: the payment is corrected after all of it, the others as long as nothing stands on them."""
    books, sent = Buyer(), bought()
    for body in sent if which == 0 else sent[: which + 1]:
        books.post(body)
    before = ({k: v for k, v in books.balances().items() if v}, books.units(GRIR, PREPAID, PAYABLE))
    books.post({**sent[which], **change, "corrects": True, "reason": "typing error"})
    books.check()
    books.post({**sent[which], "memo": "as it was", "corrects": True, "reason": "it was right"})
    books.check()
    assert ({k: v for k, v in books.balances().items() if v}, books.units(GRIR, PREPAID, PAYABLE)) == before
