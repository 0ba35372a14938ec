"""Corrections of what has moved on since: an order's line becomes another SKU, averages mixed, units lost, units not delivered."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.documents import read
from ledger.errors import InvalidDocument
from ledger.rebuild import rebuild
from ledger.service import Ledger
from tests.company import Company
from tests.integration.test_corrections import balance
from tests.integration.test_goods_shipped import choose

REFUND, CLEARING = "Liabilities:Refund", "Assets:Clearing:Tmall"


def fixed(**fields: Any) -> dict[str, Any]:
    """Return the fields of a correction."""
    return {"corrects": True, "reason": "typing error", **fields}


def line(sku: str, quantity: int, price: str) -> dict[str, str]:
    """Return one line."""
    return {"sku": sku, "quantity": str(quantity), "unit_price": price}


def mixed(company: Company) -> None:
    """Sell all of 10 at 10.00 and 10 at 20.00; then the first receipt turns out to be 2 at 11.00, and 8 units are owed."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.buy("P-2", "2026-03-02", 10, "20.00")
    company.sell("SO", "2026-03-03", 20)
    company.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=[line("X", 2, "11.00")], **fixed())


@pytest.mark.parametrize("together", [True, False])
def test_a_line_becomes_another_sku_and_ships_once(company: Company, together: bool) -> None:
    """2 cups instead of 2 pots, among other lines, in one unit of work or in three: 4.00 + 3.00 of cost, 20.00 + 10.00 earned."""
    for sku, price in (("POT", "1.00"), ("CUP", "2.00"), ("LID", "3.00")):
        company.buy(f"P-{sku}", "2026-03-01", 10, price, sku)
    order = {"kind": "order", "number": "SO", "date": "2026-03-02", "customer": "Lin"}
    bodies = [
        order | {"lines": [line("POT", 2, "10.00"), line("LID", 1, "10.00")]},
        order | {"lines": [line("CUP", 2, "10.00"), line("LID", 1, "10.00")]} | fixed(),
        {"kind": "shipment", "number": "S-1", "date": "2026-03-03", "order": "SO"},
    ]
    documents = [read({"source": "shop"} | body, "CNY") for body in bodies]
    for group in [documents] if together else [[one] for one in documents]:
        company.ledger.post(group)
    profit = company.profit("SO")
    assert (profit["revenue"], profit["product_cost"]) == ("30.00", "7.00")
    assert [company.stock(sku) for sku in ("POT", "CUP", "LID")] == [("10", "10.00"), ("8", "16.00"), ("9", "27.00")]
    assert company.problems() == []


def test_a_line_that_was_removed_comes_back(company: Company) -> None:
    """The second line goes with one correction and is there again after the next: both ship."""
    company.buy("P-1", "2026-03-01", 10, "1.00")
    order = {"kind": "order", "source": "shop", "number": "SO", "date": "2026-03-02", "customer": "Lin"}
    both = [line("X", 2, "10.00"), line("X", 1, "10.00")]
    company.ledger.post([read(order | {"lines": both}, "CNY")])
    company.ledger.post([read(order | {"lines": both[:1]} | fixed(), "CNY"), read(order | {"lines": both} | fixed(), "CNY")])
    company.post("shipment", "S-1", "2026-03-03", order="SO")
    assert company.profit("SO")["revenue"] == "30.00"
    assert company.stock("X") == ("7", "7.00")
    assert company.problems() == []


def test_what_an_order_bears_beyond_a_debt_is_delivered_with_it(average_company: Company) -> None:
    """22.00 + 200.00 for 12 units, 8 more come at 12.00: 318.00 for the 20, and nothing stays on its way."""
    company = average_company
    choose(company, "recognition", "delivery")
    mixed(company)
    assert company.problems() == []
    company.post("delivery", "D-1", "2026-03-05", order="SO")
    assert balance(company, "Assets:GoodsShipped") == "0.00"
    company.buy("P-3", "2026-03-06", 30, "12.00")
    assert company.profit("SO")["product_cost"] == "318.00"
    assert company.problems() == []


def test_broken_units_that_are_owed_take_their_beyond_once(average_company: Company) -> None:
    """3 of 8 owed units come back broken, 15.00 of 40.00 beyond is variance; it was 1: 318.00 - 12.00 - 15.00 stay with 19 units."""
    company = average_company
    mixed(company)
    broken = {"sku": "X", "restock": False}
    company.post("return", "R-1", "2026-03-05", order="SO", lines=[broken | {"quantity": "3"}])
    company.post("return", "R-1", "2026-03-05", order="SO", lines=[broken | {"quantity": "1"}], **fixed())
    company.buy("P-3", "2026-03-06", 30, "12.00")
    profit = company.profit("SO")
    assert (profit["product_cost"], profit["return_loss"]) == ("291.00", "12.00")
    assert company.problems() == []


def test_a_receipt_whose_units_came_back_at_the_average(average_company: Company) -> None:
    """12 of 20 come back at 15.00; the first 10 had cost 11.00: 110.00 + 200.00 are on hand."""
    company = average_company
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.buy("P-2", "2026-03-02", 10, "20.00")
    company.sell("SO", "2026-03-03", 12)
    company.post("return", "R-1", "2026-03-04", order="SO", lines=[{"sku": "X", "quantity": "12"}])
    company.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=[line("X", 10, "11.00")], **fixed())
    assert (company.stock("X"), company.profit("SO")["product_cost"]) == (("20", "310.00"), "0.00")
    assert company.problems() == []


def test_an_invoice_that_taxed_lost_units(company: Company) -> None:
    """10 received, 1 lost; billed at 10.00 with 13.00 of tax, it was 10.20 with 13.26: the lost unit bears 10.20 + 1.33."""
    choose(company, "loss-vat", "reverse-input")
    company.post("receipt", "RC-1", "2026-03-01", supplier="Supplier", lines=[line("X", 10, "10.00")])
    company.post("stock_adjustment", "A-1", "2026-03-02", reason="broken", lines=[{"sku": "X", "quantity": "-1"}])
    for price, said in (("10.00", {}), ("10.20", fixed())):
        billed = line("X", 10, price) | {"tax_rate": "0.13"}
        company.post("supplier_invoice", "I-1", "2026-03-03", supplier="Supplier", receipts=["RC-1"], lines=[billed], **said)
    assert company.stock("X") == ("9", "91.80")
    assert balance(company, "Expenses:StockLoss") == "11.53"
    assert company.problems() == []


def test_an_undelivered_return_of_goods_without_cost_is_refused_too(company: Company) -> None:
    """Units that came back before their delivery left the order; that no cost was posted with them changes nothing."""
    choose(company, "recognition", "delivery")
    company.buy("P-1", "2026-03-01", 10, "0.00")
    company.sell("SO", "2026-03-03", 4)
    company.post("return", "R-1", "2026-03-04", order="SO", lines=[{"sku": "X", "quantity": "4"}])
    with pytest.raises(InvalidDocument) as refused:
        company.post("return", "R-1", "2026-03-04", order="SO", lines=[{"sku": "X", "quantity": "2"}], **fixed())
    assert refused.value.errors[0].pointer == "/corrects"
    assert company.problems() == []


def test_an_allowance_is_corrected_after_its_goods_came_back(company: Company) -> None:
    """An order of 113.00, 10.00 of it the platform's: 11.30 off, then all came back; the allowance was 5.65. A rebuild says the same."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    lines = [{"sku": "X", "quantity": "1", "unit_price": "113.00", "tax_rate": "0.13"}]
    coupon = {"channel": "tmall", "discount": "10.00", "discount_funded_by": "platform", "prices_include_tax": True}
    company.post("order", "SO", "2026-03-02", customer="Lin", lines=lines, **coupon)
    company.post("payment", "PAY", "2026-03-02", order="SO", amount="103.00", account="bank")
    company.post("shipment", "S", "2026-03-03", order="SO")
    allowance = {"order": "SO", "account": "bank", "against": "allowance"}
    company.post("refund", "A", "2026-03-04", amount="11.30", **allowance)
    company.post("return", "R", "2026-03-05", order="SO", lines=[{"sku": "X", "quantity": "1"}])
    assert (balance(company, REFUND), balance(company, CLEARING)) == ("-91.70", "0.00")
    company.post("refund", "A", "2026-03-06", amount="5.65", **allowance, **fixed())
    assert (balance(company, REFUND), balance(company, CLEARING)) == ("-97.35", "0.00")
    with pytest.raises(InvalidDocument, match=r"only 97\.35 is owed"):
        company.post("refund", "F", "2026-03-07", order="SO", amount="97.36", account="bank")
    company.post("refund", "F", "2026-03-07", order="SO", amount="97.35", account="bank")
    profit = company.profit("SO")
    assert (profit["goods_revenue"], profit["refunds"], profit["revenue"], profit["contribution"]) == ("100.00", "100.00", "0.00", "0.00")
    assert balance(company, "Assets:Bank") == "0.00"
    company.ledger.publish()
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert company.profit("SO") == profit
