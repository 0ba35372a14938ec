"""An opening: what was under way goes on rightly, what is opened is found by its old number, and nothing is told twice."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.documents.closing import PeriodClose
from ledger.engine import Posted
from ledger.errors import Conflict, LedgerError, PeriodClosed
from ledger.limits import ENTRY_SKUS_MAX
from ledger.state.records import Lot, Opened, Order, Stage
from tests.books_in_memory import MemoryLedger
from tests.unit.test_histories import check_books, check_promises

LINE = {"sku": "TEA", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}
LOT = {"sku": "TEA", "quantity": "100", "unit_price": "10.00"}


def opening(**sections: Any) -> dict[str, Any]:
    """Return an opening at the end of June."""
    return {"kind": "opening", "source": "old", "number": "OP", "date": "2026-06-30", **sections}


def order(**fields: Any) -> dict[str, Any]:
    """Return an open order of 904.00 with 104.00 tax inside; `fields` of its line go there."""
    own = {name: fields.pop(name) for name in ("shipped", "returned", "shipped_cost", "recognised", "recognised_tax") if name in fields}
    return {"number": "SO-1", "customer": "Lin", "prices_include_tax": True, "lines": [LINE | own], **fields}


class Books(MemoryLedger):
    """Books that were opened, and what happens in July."""

    def july(self, kind: str, number: str, day: int = 2, **fields: Any) -> Posted:
        """Post one document of July."""
        posted = self.post({"kind": kind, "source": "shop", "number": number, "date": f"2026-07-{day:02d}", **fields})
        check_promises(self)
        return posted

    def order(self, label: str) -> Order:
        """Return an order by its label."""
        return next(row for row in self.engine.state[Order].changes()[0] if row.label == label)


def opened(**sections: Any) -> Books:
    """Return books with this opening."""
    books = Books()
    books.post(opening(**sections))
    check_promises(books)
    return books


def moved(posted: Posted) -> dict[str, int]:
    """Return what the entries of a document moved, by account, minor units; stock accounts as one."""
    found: dict[str, int] = {}
    for posting in (p for entry in posted.entries for p in entry.postings):
        account = "Stock" if posting.account.startswith("Assets:Inventory") else posting.account
        found[account] = found.get(account, 0) + posting.amount
    return {account: amount for account, amount in found.items() if amount}


def test_a_june_prepayment_is_revenue_in_july() -> None:
    """The key promise: 904.00 paid before the opening, 800.00 of sales at the shipment, no receivable."""
    books = opened(lots=[LOT], open_orders=[order(paid="904.00")])
    assert books.balances()["Liabilities:ContractLiability"] == -80000
    assert books.balances()["Liabilities:VAT:PendingOutput"] == -10400
    assert moved(books.july("shipment", "S", order="SO-1")) == {
        "Liabilities:ContractLiability": 80000,
        "Liabilities:VAT:PendingOutput": 10400,
        "Income:Sales": -80000,
        "Liabilities:VAT:Output": -10400,
        "Stock": -40000,
        "Expenses:COGS": 40000,
    }
    assert books.order("SO-1").contribution == 40000
    check_books(books)


def test_partly_shipped_and_partly_paid_goes_on() -> None:
    """25 of 40 shipped (565.00), 700.00 paid: 135.00 are left of the advance, the rest of the order still owes 204.00."""
    books = opened(lots=[LOT], open_orders=[order(shipped="25", paid="700.00")])
    one = books.order("SO-1")
    assert (one.contract_liability, one.vat_pending, one.receivable, one.recognised_net) == (11947, 1553, 0, 50000)
    assert one.revenue == 0, "what was earned before belongs to the old system"
    got = moved(books.july("shipment", "S", order="SO-1"))
    assert (got["Income:Sales"], got["Liabilities:VAT:Output"], got["Assets:Receivable"]) == (-30000, -3900, 20400)
    assert moved(books.july("payment", "P", order="SO-1", amount="204.00", account="bank"))["Assets:Receivable"] == -20400
    check_books(books)


def test_an_open_receivable_of_a_shipped_order() -> None:
    """Shipped and not paid in June: the payment of July settles it; a return would first take it down."""
    books = opened(open_orders=[order(shipped="40", paid="100.00")])
    assert books.order("SO-1").receivable == 80400
    books.july("return", "R", order="SO-1", lines=[{"sku": "TEA", "quantity": "2"}])
    assert books.order("SO-1").receivable == 80400 - 4520
    assert "Liabilities:CustomerDeposit" not in moved(books.july("payment", "P", order="SO-1", amount="758.80", account="bank"))


def test_paid_shipped_and_returned_before() -> None:
    """All paid, all shipped, 2 back and not refunded: 45.20 refund liability; more than 38 cannot come back."""
    books = opened(open_orders=[order(shipped="40", returned="2", paid="904.00")])
    one = books.order("SO-1")
    assert (one.refund_liability, one.receivable, one.contract_liability) == (4520, 0, 0)
    books.july("refund", "F", order="SO-1", amount="45.20", account="bank")
    with pytest.raises(LedgerError, match="only 38"):
        books.july("return", "R", order="SO-1", lines=[{"sku": "TEA", "quantity": "39"}])


def test_a_return_comes_back_at_its_stated_cost() -> None:
    """25 shipped at 250.00: 2 come back at 20.00, whatever a lot costs today; broken ones go to the return loss."""
    books = opened(lots=[LOT | {"unit_price": "12.00"}], open_orders=[order(shipped="25", shipped_cost="250.00")])
    got = moved(books.july("return", "R", order="SO-1", lines=[{"sku": "TEA", "quantity": "2"}]))
    assert (got["Stock"], got["Expenses:COGS"], got["Income:Returns"]) == (2000, -2000, 4000)
    got = moved(books.july("return", "R2", order="SO-1", lines=[{"sku": "TEA", "quantity": "1", "restock": False}]))
    assert (got["Expenses:ReturnLoss"], got["Expenses:COGS"]) == (1000, -1000)
    check_books(books)


def test_a_cost_of_the_whole_order_is_shared_by_revenue() -> None:
    """90.00 for two lines of 200.00 and 100.00 shipped: 60.00 and 30.00."""
    lines = [
        {"sku": "A", "quantity": "2", "amount": "200.00", "shipped": "2"},
        {"sku": "B", "quantity": "1", "amount": "100.00", "shipped": "1"},
    ]
    books = opened(open_orders=[{"number": "SO-1", "customer": "Lin", "lines": lines, "cost": "90.00"}])
    assert moved(books.july("return", "R", order="SO-1", lines=[{"sku": "A", "quantity": "1"}]))["Stock"] == 3000
    assert moved(books.july("return", "R2", order="SO-1", lines=[{"sku": "B", "quantity": "1"}]))["Stock"] == 3000


def test_a_return_without_a_stated_cost_comes_at_the_last_known_one() -> None:
    """Learnt when it comes back: nothing known is zero, a purchase of July at 11.00 makes it 11.00 a unit."""
    books = opened(open_orders=[order(shipped="25")])
    assert "Stock" not in moved(books.july("return", "R0", order="SO-1", lines=[{"sku": "TEA", "quantity": "1"}]))
    books.july("purchase", "PO", supplier="T", lines=[{"sku": "TEA", "quantity": "10", "unit_price": "11.00"}])
    got = moved(books.july("return", "R", order="SO-1", lines=[{"sku": "TEA", "quantity": "2"}]))
    assert (got["Stock"], got["Expenses:COGS"]) == (2200, -2200)
    check_books(books)


def test_drop_shipped_lines_give_back_their_stated_cost() -> None:
    """Of 3 at 7.01 in all, 2 shipped and 1 back before; the other one that comes back reverses what is left of 4.67."""
    line = {"sku": "DROP", "quantity": "3", "amount": "10.00", "cost": "7.01", "shipped": "2", "returned": "1"}
    books = opened(open_orders=[{"number": "SO-1", "customer": "Lin", "lines": [line]}])
    got = moved(books.july("return", "R", order="SO-1", lines=[{"sku": "DROP", "quantity": "1"}]))
    assert (got["Expenses:COGS"], got["Liabilities:StatedCost"]) == (-233, 233)


@pytest.mark.parametrize(
    ("fields", "sales"),
    [
        ({"shipped": "20", "recognised": "400.01", "recognised_tax": "52.01"}, 2000 - 1),
        ({"shipped": "20", "recognised": "0.00"}, 42000),
        ({"shipped": "20", "recognised": "800.00"}, 0),
    ],
)
def test_recognised_as_the_old_books_have_it(fields: dict[str, Any], sales: int) -> None:
    """The next shipment brings the line to its share; what was recognised ahead is waited for; all together is the line."""
    books = opened(lots=[LOT], open_orders=[order(**fields)])
    got = moved(books.july("shipment", "S", order="SO-1", lines=[{"sku": "TEA", "quantity": "1"}]))
    assert -got.get("Income:Sales", 0) == sales
    books.july("shipment", "S2", order="SO-1")
    assert books.order("SO-1").recognised_net == 80000
    assert books.order("SO-1").recognised_tax == 10400
    check_books(books)


def test_a_cancellation_keeps_what_was_recognised_ahead() -> None:
    """20 of 40 shipped, 700.00 recognised: calling off the rest leaves 700.00, not less."""
    books = opened(open_orders=[order(shipped="20", recognised="700.00")])
    books.july("cancellation", "X", order="SO-1", lines=[{"sku": "TEA", "quantity": "10"}])
    assert (books.order("SO-1").net, books.order("SO-1").recognised_net) == (70000, 70000)
    books.july("cancellation", "X2", order="SO-1")
    assert (books.order("SO-1").net, books.order("SO-1").recognised_net) == (70000, 70000)


def test_a_receivable_without_its_order() -> None:
    """113.00 of an order that is told by number only: a payment, a settlement and a write-off find it."""
    item = {"kind": "receivable", "party": "Lin", "document": "SO-9", "amount": "113.00", "tax": "13.00", "date": "2026-05-02"}
    books = opened(open_items=[item])
    assert moved(books.july("payment", "P", order="SO-9", amount="13.00", account="bank"))["Assets:Receivable"] == -1300
    books.july("settlement", "ST", customer="Lin", amount="50.00", account="bank")
    books.july("refund", "F", order="old/SO-9", amount="11.30", account="bank", against="allowance")
    got = moved(books.july("write_off", "W", order="SO-9", amount="50.00", tax="5.75"))
    assert got == {"Expenses:BadDebt": 4425, "Liabilities:VAT:Output": 575, "Assets:Receivable": -5000}
    assert books.engine.state[Stage].changes()[0][0].stage == "paid", "no stage is made up"


def test_items_of_customers_stand_on_their_order() -> None:
    """A deposit and a refund that was owed are paid out; a dispute is lost in July."""
    kinds = ("customer_deposit", "refund_liability", "dispute")
    books = opened(open_items=[{"kind": kind, "party": "Lin", "document": "SO-1", "amount": "10.00"} for kind in kinds])
    books.july("refund", "F", order="SO-1", amount="20.00", account="bank")
    lost = [{"type": "chargeback_lost", "order": "SO-1", "amount": "0.00"}]
    assert moved(books.july("payout", "PY", channel="tmall", account="bank", net="0.00", lines=lost))["Expenses:BadDebt"] == 1000


def test_a_chargeback_of_before_that_no_opening_tells_was_written_off() -> None:
    """Won: bad debt comes back, in whatever order the payout says so; lost: nothing more is posted; both on an order of the opening."""
    books = opened(open_orders=[order(paid="904.00")], lots=[LOT])
    lost = {"type": "chargeback_lost", "order": "SO-1", "amount": "0.00"}
    won = {"type": "chargeback_won", "order": "SO-1", "amount": "30.00"}
    assert moved(books.july("payout", "PY", channel="tmall", account="bank", net="0.00", lines=[lost])) == {}
    got = moved(books.july("payout", "PY-2", channel="tmall", account="bank", net="30.00", lines=[won, lost]))
    assert got == {"Assets:Bank": 3000, "Expenses:BadDebt": -3000}
    assert books.order("SO-1").disputed == 0


def test_a_payout_clears_what_the_platform_had() -> None:
    """904.00 paid through tmall, 9.04 of fee booked in June: the payout of July leaves clearing at zero and books no fee again."""
    item = {"kind": "clearing", "party": "tmall", "document": "B-1", "order": "SO-1", "amount": "894.96", "fee": "9.04"}
    books = opened(lots=[LOT], open_orders=[order(paid="904.00")], open_items=[item])
    lines = [{"type": "sale", "order": "SO-1", "amount": "904.00"}, {"type": "fee", "order": "SO-1", "amount": "-9.04"}]
    got = moved(books.july("payout", "PY", channel="tmall", account="bank", net="894.96", lines=lines))
    assert got == {"Assets:Bank": 89496, "Assets:Clearing:Tmall": -89496}
    assert books.order("SO-1").clearing == 0


def test_what_suppliers_and_carriers_are_owed() -> None:
    """Paid in July by the numbers of their old invoices; a prepayment is a debit of the payable."""
    items = [
        {"kind": "payable", "party": "T", "document": "INV-1", "amount": "1130.00"},
        {"kind": "carrier_payable", "party": "SF", "document": "FB-1", "amount": "20.00"},
        {"kind": "supplier_prepayment", "party": "T", "document": "SP-1", "amount": "30.00"},
        {"kind": "reserve", "party": "tmall", "document": "RS-1", "amount": "5.00"},
    ]
    books = opened(open_items=items)
    books.july("supplier_payment", "P", supplier="T", amount="1100.00", account="bank", documents=["INV-1"])
    books.july("supplier_payment", "P2", carrier="SF", amount="20.00", account="bank", documents=["old/FB-1"])
    balances = books.balances()
    assert (balances["Liabilities:Payable:Supplier"], balances["Liabilities:Payable:Carrier"], balances["Assets:Reserve"]) == (0, 0, 500)


def test_what_was_opened_is_not_posted_again() -> None:
    """The old system's export, sent after the opening: same source and number are a conflict; another source is another order."""
    items = [{"kind": "payable", "party": "T", "document": "INV-1", "amount": "1.00", "source": "shop"}]
    books = opened(open_orders=[order(source="shop")], open_items=items, lots=[LOT | {"label": "PO-7"}])
    body = {"customer": "Lin", "lines": [{"sku": "TEA", "quantity": "1", "unit_price": "1.00"}]}
    with pytest.raises(Conflict) as refused:
        books.july("order", "SO-1", **body)
    assert refused.value.errors[0].pointer == "/number"
    with pytest.raises(Conflict, match="old/opening/OP"):
        books.post({"kind": "purchase", "source": "old", "number": "PO-7", "date": "2026-06-30", "supplier": "T", "lines": [LOT]})
    books.post({"kind": "order", "source": "web", "number": "SO-1", "date": "2026-07-02", **body})
    assert {row.label for row in books.engine.state[Order].changes()[0]} == {"SO-1", "web/SO-1"}
    with pytest.raises(LedgerError, match="ambiguous"):
        books.july("shipment", "S", order="SO-1")
    books.july("shipment", "S", order="shop/SO-1")
    assert books.order("SO-1").recognised_net == 80000


def test_units_billed_after_the_opening() -> None:
    """100 received at 10.00, 75 left, billed at 10.20: 15.00 to stock, 5.00 to price variance of no order, GR/IR at zero."""
    lot = LOT | {"quantity": "75", "received": "100", "label": "RC-1"}
    item = {"kind": "grir", "party": "T", "document": "RC-1", "sku": "TEA", "quantity": "100", "amount": "1000.00"}
    books = opened(lots=[lot], open_items=[item])
    line = {"sku": "TEA", "quantity": "100", "unit_price": "10.20"}
    got = moved(books.july("supplier_invoice", "INV", supplier="T", receipts=["RC-1"], lines=[line]))
    assert got == {"Liabilities:GRIR": 100000, "Liabilities:Payable:Supplier": -102000, "Stock": 1500, "Expenses:COGS:PriceVariance": 500}
    check_books(books)


def test_units_that_are_all_gone_can_be_billed() -> None:
    """A receipt without a lot: the difference is price variance of no order."""
    item = {"kind": "grir", "party": "T", "document": "RC-1", "sku": "TEA", "quantity": "10", "amount": "100.00"}
    books = opened(open_items=[item])
    line = {"sku": "TEA", "quantity": "10", "unit_price": "10.20"}
    got = moved(books.july("supplier_invoice", "INV", supplier="T", receipts=["RC-1"], lines=[line]))
    assert got["Expenses:COGS:PriceVariance"] == 200


def test_units_billed_before_they_come() -> None:
    """在途物资: the receipt of July stands at its invoice's price."""
    books = Books()
    books.post({"kind": "purchase_order", "source": "old", "number": "PO-8", "date": "2026-06-01", "supplier": "T"})
    item = {"kind": "grir", "party": "T", "document": "INV-8", "sku": "TEA", "quantity": "10", "amount": "98.00", "purchase_order": "PO-8"}
    books.post(opening(open_items=[item]))
    line = {"sku": "TEA", "quantity": "10", "unit_price": "10.00"}
    assert moved(books.july("receipt", "RC", supplier="T", purchase_order="PO-8", lines=[line])) == {
        "Stock": 9800,
        "Liabilities:GRIR": -9800,
    }


@pytest.mark.parametrize(
    ("name", "amount", "stock", "variance"),
    [("PO-7", "100.00", 7500, 2500), ("old/PO-7", "100.00", 7500, 2500), ("OP", "101.00", 7600, 2500)],
)
def test_late_freight_finds_opened_lots(name: str, amount: str, stock: int, variance: int) -> None:
    """By a lot's label or by the opening's number; what left before the opening bears its part outside all orders."""
    lots = [LOT | {"quantity": "75", "received": "100", "label": "PO-7"}, {"sku": "CUP", "quantity": "1", "amount": "5.00"}]
    books = opened(lots=lots)
    line = {"amount": amount, "direction": "inbound", "purchases": [name]}
    got = moved(books.july("freight_bill", "FB", carrier="Sea", lines=[line]))
    assert (got["Stock"], got["Expenses:COGS:PriceVariance"]) == (stock, variance)
    check_books(books)


def test_inbound_freight_waits_for_its_purchase() -> None:
    """Billed in June for goods that come in July."""
    books = opened(open_items=[{"kind": "inbound_freight", "party": "Sea", "document": "PO-8", "amount": "50.00"}])
    got = moved(books.july("purchase", "PO-8", supplier="T", lines=[LOT]))
    assert (got["Stock"], got["Assets:GoodsInTransit"]) == (105000, -5000)


@pytest.mark.parametrize("target", [{"shipments": ["S-6"]}, {"tracking": ["T-6"]}, {"orders": ["SO-1"]}])
def test_a_late_bill_releases_the_accrual_of_june(target: dict[str, Any]) -> None:
    """12.00 expected for a parcel of June, billed 13.50 in July: 1.50 more on the order."""
    shipment = {"number": "S-6", "tracking": "T-6", "date": "2026-06-12", "accrued_freight": "12.00", "carrier": "SF"}
    books = opened(open_orders=[order(shipped="25", shipment=shipment, date="2026-06-10", paid="904.00")])
    got = moved(books.july("freight_bill", "FB", carrier="SF", lines=[{"amount": "13.50", "direction": "outbound", **target}]))
    assert got == {"Liabilities:AccruedFreight": 1200, "Expenses:Fulfilment": 150, "Liabilities:Payable:Carrier": -1350}
    stages = [(stage.stage, stage.date) for stage in books.engine.state[Stage].changes()[0]]
    assert stages == [("shipped", "2026-06-12"), ("placed", "2026-06-10")], "a stage for each date that is known"


def test_goods_go_back_to_their_supplier() -> None:
    """Out of opened lots, by their label; where nobody is known who sold them, it is refused."""
    books = opened(lots=[LOT | {"label": "PO-7", "supplier": "T"}, {"sku": "CUP", "quantity": "1", "amount": "5.00"}])
    got = moved(books.july("supplier_return", "SR", purchase="PO-7", lines=[{"sku": "TEA", "quantity": "2"}]))
    assert got == {"Liabilities:Payable:Supplier": 2000, "Stock": -2000}
    with pytest.raises(LedgerError, match="names no supplier"):
        books.july("supplier_return", "SR2", purchase="OP", lines=[{"sku": "CUP", "quantity": "1"}])
    lines = [{"sku": "TEA", "quantity": "-1", "purchase": "OP"}]
    assert moved(books.july("stock_adjustment", "A", reason="broken", lines=lines))["Expenses:StockLoss"] == 1000


def test_nothing_leaves_a_lot_before_it_was_entered() -> None:
    """A lot of May in books opened on 06-30: a shipment dated 06-20 and recorded later owes its units until the opening."""
    books = opened(lots=[LOT | {"date": "2026-05-02"}], open_orders=[order(paid="904.00")])
    posted = books.post({"kind": "shipment", "source": "shop", "number": "S", "date": "2026-06-20", "order": "SO-1"})
    assert [entry.date for entry in posted.entries] == ["2026-06-20", "2026-06-30"]
    check_promises(books)
    check_books(books)


def test_older_lots_leave_first() -> None:
    """First in first out by the lots' own dates."""
    books = opened(lots=[LOT | {"date": "2026-06-02", "unit_price": "12.00"}, LOT | {"date": "2026-05-02"}], open_orders=[order()])
    assert moved(books.july("shipment", "S", order="SO-1"))["Stock"] == -40000
    assert [(lot.label, lot.date) for lot in books.engine.state[Lot].changes()[0]] == [("OP", "2026-06-02"), ("OP/2", "2026-05-02")]


def test_units_sold_before_the_opening_was_recorded_are_covered() -> None:
    """Books that were used before: what the stock owes is paid by opened lots at once."""
    books = Books()
    books.post({"kind": "order", "source": "shop", "number": "O", "date": "2026-06-01", "customer": "Lin", "lines": [LINE]})
    books.post({"kind": "shipment", "source": "shop", "number": "S", "date": "2026-06-02", "order": "O"})
    assert moved(books.post(opening(lots=[LOT])))["Expenses:COGS"] == 40000
    check_promises(books)


def test_the_year_to_date_is_in_its_months() -> None:
    """Each month's last day, the opening's own day in its month; orders have none of it."""
    lines = [
        {"account": "sales", "amount": "-5000.00", "month": "2026-05"},
        {"account": "Expenses:Operating", "amount": "200.00", "month": "2026-05"},
        {"account": "fees", "amount": "300.00"},
    ]
    books = Books()
    posted = books.post(opening(year_to_date=lines, date="2026-06-15"))
    assert [(entry.date, [p.amount for p in entry.postings]) for entry in posted.entries] == [
        ("2026-05-31", [-500000, 20000, 480000]),
        ("2026-06-15", [30000, -30000]),
    ]
    check_promises(books)
    check_books(books)


def test_many_lots_become_several_entries() -> None:
    """One entry with thousands of commodities would hang Fava."""
    lots = [{"sku": f"S-{i:04d}", "quantity": "1", "amount": "1.00"} for i in range(2 * ENTRY_SKUS_MAX + 1)]
    posted = Books().post(opening(lots=lots))
    assert [len(entry.postings) for entry in posted.entries] == [ENTRY_SKUS_MAX + 1, ENTRY_SKUS_MAX + 1, 2]
    assert moved(posted)["Stock"] == 100 * len(lots)


def test_sections_may_come_one_by_one() -> None:
    """Balances, lots and orders as documents of their own; the old numbers are known over all of them."""
    books = opened(lots=[LOT])
    books.post(opening(number="OP-2", open_orders=[order(paid="904.00")]))
    books.post(opening(number="OP-3", balances=[{"account": "bank", "amount": "904.00"}]))
    with pytest.raises(LedgerError, match="in the books already"):
        books.post(opening(number="OP-4", open_orders=[order()]))
    assert books.balances()["Equity:Opening"] == -100000
    assert len(books.engine.state[Opened].changes()[0]) == 2


ITEM = {"kind": "receivable", "party": "Lin", "document": "SO-1", "amount": "1.00"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "/balances"),
    ({"balances": [{"account": "receivable", "amount": "1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "Assets:Inventory", "amount": "1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "clearing:tmall", "amount": "1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "payable:supplier", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "grir", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "stock_owed", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "sales", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "opening_equity", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"balances": [{"account": "Assets:Nowhere", "amount": "-1.00"}]}, "/balances/0/account"),
    ({"year_to_date": [{"account": "bank", "amount": "1.00"}]}, "/year_to_date/0/account"),
    ({"year_to_date": [{"account": "sales", "amount": "1.00", "month": "2026-07"}]}, "/year_to_date/0/month"),
    ({"lots": [LOT | {"date": "2026-07-01"}]}, "/lots/0/date"),
    ({"lots": [LOT | {"variance": "-1000.01"}]}, "/lots/0/variance"),
    ({"lots": [LOT | {"quantity": "0"}]}, "/lots/0/quantity"),
    ({"lots": [LOT | {"received": "99"}]}, "/lots/0/received"),
    ({"lots": [{"sku": "A", "quantity": "0", "received": "1", "amount": "1.00"}]}, "/lots/0/amount"),
    ({"open_orders": [order(), order()]}, "/open_orders/1/number"),
    ({"open_orders": [order(shipped="41")]}, "/open_orders/0/lines/0/shipped"),
    ({"open_orders": [order(shipped="1", returned="2")]}, "/open_orders/0/lines/0/returned"),
    ({"open_orders": [order(shipped="1", recognised="800.01")]}, "/open_orders/0/lines/0/recognised"),
    ({"open_orders": [order(shipped="1", recognised="-0.01")]}, "/open_orders/0/lines/0/recognised"),
    ({"open_orders": [order(shipped="1", recognised_tax="104.01")]}, "/open_orders/0/lines/0/recognised_tax"),
    ({"open_orders": [order(recognised="0.01")]}, "/open_orders/0/lines/0/recognised"),
    ({"open_orders": [order(shipped="40", recognised="799.99")]}, "/open_orders/0/lines/0/recognised"),
    ({"open_orders": [order(shipped_cost="1.00")]}, "/open_orders/0/lines/0/shipped_cost"),
    ({"open_orders": [order(cost="1.00")]}, "/open_orders/0/cost"),
    ({"open_orders": [order(shipment={"number": "S"})]}, "/open_orders/0/shipment"),
    ({"open_orders": [order(paid_on="2026-06-01")]}, "/open_orders/0/paid_on"),
    ({"open_orders": [order(discount="905.00")]}, "/open_orders/0/discount"),
    (
        {"open_orders": [order(shipped="1", shipment={"number": "S"}), order(number="SO-2", shipped="1", shipment={"number": "S"})]},
        "/open_orders/1/shipment/number",
    ),
    ({"open_items": [ITEM | {"amount": "0.00"}]}, "/open_items/0/amount"),
    ({"open_items": [ITEM | {"tax": "1.01"}]}, "/open_items/0/tax"),
    ({"open_items": [ITEM | {"fee": "0.01"}]}, "/open_items/0/fee"),
    ({"open_items": [ITEM | {"kind": "grir"}]}, "/open_items/0/quantity"),
    ({"open_items": [ITEM | {"kind": "payable", "order": "SO-1"}]}, "/open_items/0/order"),
    ({"open_items": [ITEM], "open_orders": [order()]}, "/open_items/0/order"),
    ({"open_items": [ITEM | {"party": "Wu", "kind": "customer_deposit"}], "open_orders": [order()]}, "/open_items/0/party"),
    ({"open_items": [ITEM | {"kind": "clearing", "party": "tmall", "order": "SO-7"}]}, "/open_items/0/customer"),
    (
        {"open_items": [ITEM | {"kind": "clearing", "party": "tmall", "order": "SO-1", "customer": "Wu"}], "open_orders": [order()]},
        "/open_items/0/customer",
    ),
    (
        {"lots": [LOT | {"label": "SO-1"}], "open_items": [ITEM | {"kind": "grir", "sku": "TEA", "quantity": "101"}]},
        "/open_items/0/quantity",
    ),
    (
        {"lots": [LOT | {"label": "SO-1", "supplier": "T"}], "open_items": [ITEM | {"kind": "grir", "sku": "TEA", "quantity": "1"}]},
        "/open_items/0/party",
    ),
    ({"lots": [LOT | {"label": "P"}], "open_items": [ITEM | {"kind": "inbound_freight", "document": "P"}]}, "/open_items/0/document"),
    (
        {"open_items": [ITEM | {"kind": "grir", "sku": "TEA", "quantity": "1", "purchase_order": "PO-0"}]},
        "/open_items/0/purchase_order",
    ),
]


@pytest.mark.parametrize(("sections", "pointer"), REFUSED, ids=[f"{i}{pointer}" for i, (_, pointer) in enumerate(REFUSED)])
def test_what_an_opening_may_not_say(sections: dict[str, Any], pointer: str) -> None:
    """Refused with the field; nothing is posted."""
    books = Books()
    with pytest.raises(LedgerError) as refused:
        books.post(opening(**sections))
    assert pointer in {error.pointer for error in refused.value.errors}
    assert books.engine.entries == []
    assert books.engine.state[Opened].changes()[0] == []


def test_an_opening_is_exact_about_its_period() -> None:
    """A closed month takes neither an opening nor a part of its year to date; the day after does."""
    books = Books()
    books.engine.post(PeriodClose(source="orderledger", number="2026-05", date="2026-05-31", period="2026-05", as_of_seq="0"))
    with pytest.raises(PeriodClosed) as refused:
        books.post(opening(date="2026-05-31", lots=[LOT]))
    assert refused.value.errors[0].pointer == "/date"
    with pytest.raises(LedgerError, match="2026-05 is closed"):
        books.post(opening(year_to_date=[{"account": "sales", "amount": "-1.00", "month": "2026-05"}]))
    books.post(opening(lots=[LOT]))
