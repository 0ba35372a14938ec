"""Foreign currency in real books: closing rates, assertions in stock Beancount, and rebuilds after prices were edited."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.creation import create_books
from ledger.documents import read
from ledger.errors import InvalidDocument, InvalidQuery
from ledger.periods import close
from ledger.rebuild import rebuild
from ledger.reports.orders import order_detail
from ledger.reports.period import parse_period
from ledger.reports.statements import statement
from ledger.service import Receipt
from tests.company import Company

USD: dict[str, Any] = {"currency": "USD"}


def price(company: Company, *lines: str) -> None:
    """Write people's exchange rates."""
    text = "".join(f"{line}\n" for line in lines)
    (company.books / "prices.beancount").write_text(text, encoding="utf-8")


def lines_of(receipt: Receipt) -> list[tuple[str, str, str]]:
    """Return account, base amount and foreign units of each posting."""
    postings = [posting for entry in receipt.entries for posting in entry["postings"]]
    return [(p["account"], p["amount"], p.get("units", {}).get("amount", "")) for p in postings]


def trade(company: Company) -> None:
    """Buy, sell and pay in dollars in January: everything that can be open at its end is."""
    line = {"sku": "X", "quantity": "10", "unit_price": "10.00"}
    company.post("purchase", "PO", "2026-01-05", supplier="Supplier", lines=[line], rate="7.00", **USD)
    company.post("receipt", "R", "2026-01-06", supplier="Supplier", lines=[line], rate="7.00", **USD)
    company.post("supplier_payment", "SP", "2026-01-07", supplier="Supplier", amount="40.00", account="bank", rate="7.10", **USD)
    for number in ("A", "B"):
        company.post("order", f"SO-{number}", "2026-01-08", customer="Customer", lines=[line | {"unit_price": "20.00"}], **USD)
        company.post("shipment", f"S-{number}", "2026-01-09", order=f"SO-{number}", lines=[{"sku": "X", "quantity": "5"}], rate="7.00")
    company.post("payment", "P-B", "2026-01-10", order="SO-B", amount="150.00", account="bank", rate="7.10", **USD)


def test_a_month_closes_at_its_closing_rate(company: Company) -> None:
    """Receivable, bank, payable and GR/IR move to 7.20, the advance stays; February settles against that; all checks hold."""
    trade(company)
    with pytest.raises(InvalidQuery, match="2026-01-31 price USD"):
        close(company.ledger, "2026-01")
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    assert company.profit("SO-A")["exchange"] == "-20.00"
    assert company.profit("SO-B")["exchange"] == "-10.00"
    paid = company.post("payment", "P-A", "2026-02-03", order="SO-A", amount="100.00", account="bank", rate="7.15", **USD)
    assert ("Assets:Receivable", "-720.00", "-100.00") in lines_of(paid)
    assert company.profit("SO-A")["exchange"] == "-15.00"
    invoice = [{"sku": "X", "quantity": "10", "unit_price": "10.50"}]
    billed = company.post("supplier_invoice", "I", "2026-02-04", supplier="Supplier", receipts=["R"], lines=invoice, rate="7.25", **USD)
    assert ("Liabilities:GRIR", "720.00", "100.00") in lines_of(billed)
    assert ("Expenses:Exchange", "6.25", "") in lines_of(billed)
    company.ledger.publish()
    assert company.problems() == []
    closings = (company.books / "journal/closings.beancount").read_text(encoding="utf-8")
    assert "2026-02-01 balance Assets:Bank  110.00 ~ 0 USD" in closings
    with company.ledger.read() as context:
        sums = context.connection.exec_driver_sql(
            "SELECT SUM(debit - credit) FROM account_month WHERE account = 'Assets:Bank' AND month = '2026-01'"
        )
        assert int(sums.scalar_one()) == 792_00, "110.00 USD at 7.20"


def test_an_order_is_shown_in_its_own_currency(company: Company) -> None:
    """Lines, totals and balances in dollars, profit in the books' currency; the general ledger shows the units beside the base."""
    trade(company)
    with company.ledger.read() as context:
        shown = order_detail(context, "SO-A")
        ledger = statement(context, "general-ledger", parse_period("2026-01"), account="Assets:Receivable")
    assert (shown["currency"], shown["total"]["gross"], shown["balances"]["receivable"]) == ("USD", "200.00", "100.00")
    assert company.profit("SO-A")["revenue"] == "700.00"
    assert (ledger["lines"][0]["amount"], ledger["lines"][0]["units"]) == ("700.00", {"amount": "100.00", "currency": "USD"})


def test_freight_is_shared_by_value_in_base(company: Company) -> None:
    """100.00 USD earned at 7.00 of 200.00 USD ordered weigh 1,400.00 beside an order of 1,400.00."""
    trade(company)
    company.sell("SO-C", "2026-01-12", 7, price="200.00")
    line = {"amount": "20.00", "direction": "outbound", "basis": "value", "orders": ["SO-A", "SO-C"]}
    bill = company.post("freight_bill", "F", "2026-01-20", carrier="SF", lines=[line])
    assert [amount for account, amount, _ in lines_of(bill) if account == "Expenses:Fulfilment"] == ["10.00", "10.00"]


def test_what_was_settled_before_the_close_leaves_nothing_behind(company: Company) -> None:
    """Paid on 3 February, closed later: January gains 20.00, February loses it again with the payment's own difference."""
    trade(company)
    company.post("payment", "P-A", "2026-02-03", order="SO-A", amount="100.00", account="bank", rate="7.15", **USD)
    company.post("supplier_payment", "SP-2", "2026-02-03", supplier="Supplier", amount="60.00", account="bank", rate="7.15", **USD)
    price(company, "2026-01-31 price USD 7.20 CNY", "2026-02-28 price USD 7.30 CNY")
    close(company.ledger, "2026-01")
    assert company.profit("SO-A")["exchange"] == "-15.00"
    close(company.ledger, "2026-02")
    company.ledger.publish()
    assert company.problems() == []


def test_a_rebuild_keeps_the_rates_that_were_applied(company: Company) -> None:
    """The price of the day converted the documents; after it is edited, or gone, the books still make the same store."""
    price(company, "2026-01-05 price USD 7.10 CNY", "2026-01-31 price USD 7.20 CNY")
    line = {"sku": "X", "quantity": "10", "unit_price": "10.00"}
    company.post("purchase", "PO", "2026-01-05", supplier="Supplier", lines=[line], **USD)
    company.post("order", "SO", "2026-01-05", customer="Customer", lines=[line], **USD)
    company.post("shipment", "S", "2026-01-05", order="SO")
    close(company.ledger, "2026-01")
    company.ledger.publish()
    before = company.profit("SO")
    price(company, "2026-01-05 price USD 9.99 CNY")
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = type(company.ledger).open(company.books, company.store_url)
    assert company.profit("SO") == before
    assert company.problems() == []


def test_goods_paid_ahead_come_are_billed_and_rebuilt(company: Company) -> None:
    """Paid at 7.00, received at 7.20: the month's end re-prices what GR/IR owes (50.00 USD), neither the goods nor those on their way."""
    goods = [{"sku": "X", "quantity": "10", "unit_price": "10.00"}]
    company.post("purchase_order", "PO", "2026-01-02", supplier="Maker", **USD)
    of_order = {"supplier": "Maker", "lines": [{**goods[0], "sku": "Y"}], "purchase_order": "PO", **USD}
    company.post("supplier_invoice", "I-Y", "2026-01-03", rate="7.10", **of_order)
    company.post("supplier_payment", "SP", "2026-01-05", supplier="Maker", amount="150.00", account="bank", rate="7.00", **USD)
    received = company.post("receipt", "R", "2026-01-10", supplier="Maker", lines=goods, rate="7.20", **USD)
    assert lines_of(received) == [
        ("Assets:Inventory:X", "710.00", ""), ("Liabilities:GRIR", "-360.00", "-50.00"), ("Assets:SupplierPrepayment", "-350.00", ""),
    ]  # fmt: skip
    price(company, "2026-01-31 price USD 7.40 CNY", "2026-02-28 price USD 7.40 CNY")
    close(company.ledger, "2026-01")
    came = company.post("receipt", "R-Y", "2026-02-02", rate="7.50", **of_order)
    assert lines_of(came) == [("Assets:Inventory:Y", "710.00", ""), ("Liabilities:GRIR", "-710.00", "-100.00")]
    billed = company.post("supplier_invoice", "I", "2026-02-04", supplier="Maker", receipts=["R"], lines=goods, rate="7.30", **USD)
    assert lines_of(billed) == [
        ("Liabilities:GRIR", "370.00", "50.00"), ("Expenses:Exchange", "-5.00", ""), ("Liabilities:Payable:Supplier", "-365.00", "-50.00"),
    ]  # fmt: skip
    close(company.ledger, "2026-02")
    company.ledger.publish()
    assert company.problems() == []
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = type(company.ledger).open(company.books, company.store_url)
    assert company.problems() == []
    assert company.stock("X") == ("10", "710.00")


def test_a_document_without_a_rate_says_both_ways_out(company: Company) -> None:
    """Neither a rate nor a price of the day: nothing is posted."""
    line = {"sku": "X", "quantity": "10", "unit_price": "10.00"}
    with pytest.raises(InvalidDocument) as refused:
        company.post("purchase", "PO", "2026-01-05", supplier="Supplier", lines=[line], **USD)
    [error] = refused.value.errors
    assert error.pointer == "/rate"
    assert "state rate" in error.detail
    assert "2026-01-05 price USD" in error.detail


def test_books_with_other_decimals(company: Company, tmp_path: Any) -> None:
    """Yen books (no decimals) with dinars (three) and dollars: every entry balances in yen, stock Beancount agrees."""
    books = tmp_path / "yen"
    create_books(books, currency="JPY")
    yen = Company(books, f"sqlite:///{books}/store.sqlite", currency="JPY")
    line = {"sku": "X", "quantity": "3", "amount": "1.001", "tax_rate": "0.1"}
    yen.post("purchase", "PO", "2026-01-05", supplier="Supplier", lines=[line], currency="KWD", rate="487.123456")
    order = {"sku": "X", "quantity": "3", "unit_price": "9.99", "tax_rate": "0.1"}
    yen.post("order", "SO", "2026-01-06", customer="Customer", lines=[order], currency="USD")
    yen.post("payment", "P", "2026-01-07", order="SO", amount="11.11", account="bank", currency="USD", rate="150.01")
    yen.post("shipment", "S", "2026-01-08", order="SO", rate="151.5")
    yen.post("payment", "P-2", "2026-01-09", order="SO", amount="21.86", account="bank", currency="USD", rate="149.7")
    price(yen, "2026-01-31 price USD 152.3 JPY", "2026-01-31 price KWD 490 JPY")
    close(yen.ledger, "2026-01")
    yen.ledger.publish()
    assert yen.problems() == []
    with yen.ledger.read() as context:
        kept = context.connection.exec_driver_sql("SELECT receivable, contract_liability FROM orders").one()
    yen.ledger.close()
    assert tuple(kept) == (0, 0)


def test_a_foreign_document_is_read_with_its_own_decimals(company: Company) -> None:
    """Three decimals for dinars, none for yen; the canonical form keeps them."""
    body = {"kind": "payment", "source": "s", "number": "1", "date": "2026-01-01", "order": "O", "account": "bank"}
    made = read(body | {"amount": "1.001", "currency": "KWD"}, company.ledger.currency)
    assert made.amount == 1001  # type: ignore[attr-defined]
    with pytest.raises(InvalidDocument):
        read(body | {"amount": "1.5", "currency": "JPY"}, company.ledger.currency)


def test_what_an_opening_brought_is_revalued(company: Company) -> None:
    """Opened at 7.00, closed at 7.20: bank, debts and GR/IR of the old books move; the advance and the prepayment keep their rate."""
    items = [
        {"kind": "payable", "party": "Supplier", "document": "INV", "amount": "100.00"},
        {"kind": "receivable", "party": "Customer", "document": "OLD", "amount": "50.00"},
        {"kind": "supplier_prepayment", "party": "Maker", "document": "PP", "amount": "20.00"},
        {"kind": "grir", "party": "Supplier", "document": "R-0", "sku": "X", "quantity": "2", "amount": "10.00"},
    ]
    line = {"sku": "X", "quantity": "2", "unit_price": "10.00"}
    orders = [{"number": "SO-0", "customer": "Customer", "paid": "20.00", "lines": [line]}]
    balances = [{"account": "bank", "amount": "40.00"}]
    sections = {"open_items": items, "open_orders": orders, "balances": balances}
    company.post("opening", "OP", "2026-01-05", rate="7.00", **sections, **USD)
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    company.ledger.publish()
    assert company.problems() == []
    with company.ledger.read() as context:
        found = statement(context, "trial-balance", parse_period("2026-01"))["lines"]
    shown = {one["account"]: one["amount"] for line in found for one in line.get("accounts", [])}
    expected = {
        "Assets:Bank": "288.00", "Assets:Receivable": "360.00", "Liabilities:Payable:Supplier": "-720.00", "Liabilities:GRIR": "-72.00",
        "Liabilities:ContractLiability": "-140.00", "Assets:SupplierPrepayment": "140.00", "Expenses:Exchange": "4.00",
    }  # fmt: skip
    assert {account: shown[account] for account in expected} == expected
    invoice = [{"sku": "X", "quantity": "2", "unit_price": "5.00"}]
    billed = company.post("supplier_invoice", "I", "2026-02-04", supplier="Supplier", receipts=["R-0"], lines=invoice, rate="7.20", **USD)
    assert lines_of(billed) == [("Liabilities:GRIR", "72.00", "10.00"), ("Liabilities:Payable:Supplier", "-72.00", "-10.00")]
    company.ledger.publish()
    before = company.profit("OLD")
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = type(company.ledger).open(company.books, company.store_url)
    assert (company.profit("OLD"), company.problems()) == (before, [])


def pay_out(company: Company, number: str, date: str, net: str, rate: str, *lines: tuple[str, str, str], **fields: Any) -> Receipt:
    """Post a payout of amazon in dollars; a line is (type, amount, order or nothing)."""
    written = [{"type": kind, "amount": amount} | ({"order": order} if order else {}) for kind, amount, order in lines]
    return company.post("payout", number, date, channel="amazon", account="bank", net=net, rate=rate, lines=written, **USD, **fields)


def hold_and_dispute(company: Company) -> None:
    """Sell through amazon at 7.00, which holds 20.00 USD back in January, and 30.00 USD are in dispute."""
    line = {"sku": "SERVICE", "quantity": "1", "unit_price": "100.00", "type": "service"}
    company.post("order", "SO", "2026-01-05", customer="Customer", channel="amazon", lines=[line], **USD)
    company.post("payment", "P", "2026-01-06", order="SO", amount="100.00", account="clearing:amazon", rate="7.00", **USD)
    company.post("shipment", "S", "2026-01-06", order="SO", rate="7.00")
    taken = [("sale", "100.00", "SO"), ("reserve_hold", "-20.00", ""), ("chargeback", "-30.00", "SO")]
    pay_out(company, "PO-1", "2026-01-20", "50.00", "7.00", *taken)


def in_base(company: Company, *accounts: str) -> list[int]:
    """Return what accounts come to in base, minor units."""
    with company.ledger.read() as context:
        query = "SELECT account, SUM(amount) FROM posting GROUP BY account"
        sums = {account: int(amount) for account, amount in context.connection.exec_driver_sql(query)}
    return [sums.get(account, 0) for account in accounts]


def test_a_reserve_and_a_dispute_are_re_priced_and_end_at_nothing(company: Company) -> None:
    """January closes at 7.20; released, won and lost in February at 7.50: nothing is left, and a rebuild makes the same."""
    hold_and_dispute(company)
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    assert in_base(company, "Assets:Reserve", "Assets:Disputes") == [144_00, 216_00]
    decided = [("reserve_release", "20.00", ""), ("chargeback_won", "20.00", "SO"), ("chargeback_lost", "0", "SO")]
    lines = lines_of(pay_out(company, "PO-2", "2026-02-10", "40.00", "7.50", *decided))
    assert ("Assets:Reserve", "-144.00", "-20.00") in lines
    assert ("Assets:Disputes", "-216.00", "-30.00") in lines
    assert in_base(company, "Assets:Reserve", "Assets:Disputes", "Expenses:BadDebt") == [0, 0, 72_00]
    assert company.profit("SO")["exchange"] == "-12.00", "6.00 by January's closing rate, 6.00 as 20.00 USD were won at 7.50"
    company.ledger.publish()
    assert company.problems() == []
    company.ledger.close()
    rebuild(company.books, company.store_url)
    again = Company(company.books, company.store_url)
    assert again.problems() == []
    again.ledger.close()


def test_a_reserve_released_before_the_close_leaves_nothing_behind(company: Company) -> None:
    """Released on 3 February, January closed later: what January gained is lost again on the day after."""
    hold_and_dispute(company)
    pay_out(company, "PO-2", "2026-02-03", "20.00", "7.50", ("reserve_release", "20.00", ""))
    price(company, "2026-01-31 price USD 7.20 CNY", "2026-02-28 price USD 7.30 CNY")
    close(company.ledger, "2026-01")
    assert in_base(company, "Assets:Reserve") == [0]
    close(company.ledger, "2026-02")
    assert in_base(company, "Assets:Reserve") == [0]
    company.ledger.publish()
    assert company.problems() == []


def test_a_payout_of_a_closed_month_and_its_correction_hold(company: Company) -> None:
    """Posted on the first open day at its own rate; corrected, and corrected back, all is as it was."""
    hold_and_dispute(company)
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    late = pay_out(company, "PO-2", "2026-01-25", "12.00", "7.10", ("reserve_release", "12.00", ""))
    assert [entry["date"] for entry in late.entries] == ["2026-02-01"]
    assert ("Assets:Reserve", "-86.40", "-12.00") in lines_of(late)
    before = in_base(company, "Assets:Reserve", "Assets:Bank", "Expenses:Exchange")
    for amount, reason in (("20.00", "all of it"), ("12.00", "it was right")):
        release = ("reserve_release", amount, "")
        pay_out(company, "PO-2", "2026-01-25", amount, "7.10", release, corrects=True, reason=reason, memo=reason)
    assert in_base(company, "Assets:Reserve", "Assets:Bank", "Expenses:Exchange") == before
    company.ledger.publish()
    assert company.problems() == []


def test_an_opened_reserve_and_entries_by_hand_are_carried(company: Company) -> None:
    """20.00 USD opened at 7.00, 5.00 added by an entry that names the channel; an entry that names none is nobody's."""
    items = [{"kind": "reserve", "party": "amazon", "document": "RS-1", "amount": "20.00"}]
    company.post("opening", "OP", "2025-12-31", rate="7.00", open_items=items, **USD)
    for number, party in (("E-1", {"party": "amazon"}), ("E-2", {})):
        postings = [{"account": "reserve", "amount": "5.00"} | party, {"account": "bank", "amount": "-5.00"}]
        company.post("entry", number, "2026-01-10", rate="7.50", postings=postings, **USD)
    pay_out(company, "PO-1", "2026-01-20", "25.00", "7.20", ("reserve_release", "25.00", ""))
    assert in_base(company, "Assets:Reserve") == [37_50], "what the second entry put there"
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    assert in_base(company, "Assets:Reserve") == [36_00]
    company.ledger.publish()
    assert company.problems() == []
