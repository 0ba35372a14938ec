"""The worked example of the money rules, to the cent: with a purchase, and with receipt and invoice entry by entry."""

from __future__ import annotations

from ledger.service import Receipt
from tests.company import Company

TEA = "TEA-01"


def post_until_second_shipment(company: Company) -> None:
    """Post the example's documents up to the second shipment."""
    lines = [{"sku": TEA, "quantity": "100", "unit_price": "10.00"}]
    company.post("purchase", "R-1", "2026-01-05", supplier="Supplier", lines=lines)
    order = [{"sku": TEA, "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}]
    company.post("order", "SO-1", "2026-01-06", customer="Customer", prices_include_tax=True, lines=order)
    company.post("payment", "PAY-1", "2026-01-06", order="SO-1", amount="904.00", account="bank")
    first = [{"sku": TEA, "quantity": "25"}]
    company.post("shipment", "S-1", "2026-01-08", order="SO-1", lines=first, estimated_freight="18.00")
    company.charge("F-1", "2026-02-03", "100.00", ["R-1"], tax_rate="0.09")
    company.post("return", "RET-1", "2026-02-05", order="SO-1", lines=[{"sku": TEA, "quantity": "2"}])
    company.post("refund", "REF-1", "2026-02-06", order="SO-1", amount="45.20", account="bank")
    out = {"amount": "19.50", "tax_rate": "0.09", "direction": "outbound", "orders": ["SO-1"]}
    company.post("freight_bill", "F-2", "2026-02-10", carrier="Carrier", lines=[out])


def test_profit_before_and_after_the_second_shipment(company: Company) -> None:
    """Without the supplier's price variance: 230.00 + 23.00 of cost before, 380.00 + 38.00 after."""
    post_until_second_shipment(company)
    before = company.profit("SO-1")
    assert {name: before[name] for name in ("revenue", "product_cost", "landed_cost", "gross_profit", "freight", "contribution")} == {
        "revenue": "460.00",
        "product_cost": "230.00",
        "landed_cost": "23.00",
        "gross_profit": "207.00",
        "freight": "19.50",
        "contribution": "187.50",
    }
    assert company.stock(TEA) == ("77", "847.00")
    company.post("shipment", "S-2", "2026-02-11", order="SO-1")
    after = company.profit("SO-1")
    assert (after["goods_revenue"], after["refunds"], after["revenue"]) == ("800.00", "40.00", "760.00")
    assert (after["product_cost"], after["landed_cost"], after["gross_profit"]) == ("380.00", "38.00", "342.00")
    assert (after["contribution"], after["margin"], after["state"]) == ("322.50", "0.4243", "final")
    assert company.stock(TEA) == ("62", "682.00")


def test_postings_of_the_first_shipment(company: Company) -> None:
    """Contract liability and pending VAT first, then sales, tax, lots, cost, accrual."""
    post_until_second_shipment(company)
    entries = company.profit("SO-1")["entries"]
    shipment = next(entry for entry in entries if entry["document"] == "shop/shipment/S-1")
    assert [(p["account"], p["amount"]) for p in shipment["postings"]] == [
        ("Liabilities:ContractLiability", "500.00"),
        ("Liabilities:VAT:PendingOutput", "65.00"),
        ("Income:Sales", "-500.00"),
        ("Liabilities:VAT:Output", "-65.00"),
        ("Assets:Inventory:TEA-01", "-250.00"),
        ("Expenses:COGS", "250.00"),
        ("Expenses:Fulfilment", "18.00"),
        ("Liabilities:AccruedFreight", "-18.00"),
    ]


def test_receipt_and_invoice_entry_by_entry(company: Company) -> None:
    """The example as it is written: GR/IR, price variance, late freight, return, accrual, the rest of the order."""
    lines = [{"sku": TEA, "quantity": "100", "unit_price": "10.00"}]
    company.post("receipt", "R-1", "2026-01-05", supplier="Supplier", lines=lines)
    order = [{"sku": TEA, "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}]
    company.post("order", "SO-1", "2026-01-06", customer="Customer", prices_include_tax=True, lines=order)
    company.post("payment", "PAY-1", "2026-01-06", order="SO-1", amount="904.00", account="bank")
    first = [{"sku": TEA, "quantity": "25"}]
    company.post("shipment", "S-1", "2026-01-08", order="SO-1", lines=first, estimated_freight="18.00")
    billed = [{"sku": TEA, "quantity": "100", "unit_price": "10.20", "tax_rate": "0.13"}]
    invoice = company.post("supplier_invoice", "I-1", "2026-01-20", supplier="Supplier", receipts=["R-1"], lines=billed)
    assert postings(invoice) == {
        "Liabilities:GRIR": "1000.00",
        "Assets:VAT:Input": "132.60",
        "Liabilities:Payable:Supplier": "-1152.60",
        "Assets:Inventory:TEA-01": "15.00",
        "Expenses:COGS:PriceVariance": "5.00",
    }
    assert postings(company.charge("F-1", "2026-02-03", "100.00", ["R-1"], tax_rate="0.09")) == {
        "Assets:Inventory:TEA-01": "75.00",
        "Expenses:COGS:Landed": "25.00",
        "Assets:VAT:Input": "9.00",
        "Liabilities:Payable:Carrier": "-109.00",
    }
    back = company.post("return", "RET-1", "2026-02-05", order="SO-1", lines=[{"sku": TEA, "quantity": "2"}])
    assert postings(back) == {
        "Income:Returns": "40.00",
        "Liabilities:VAT:Output": "5.20",
        "Liabilities:Refund": "-45.20",
        "Expenses:COGS": "-20.00",
        "Expenses:COGS:Landed": "-2.00",
        "Expenses:COGS:PriceVariance": "-0.40",
        "Assets:Inventory:TEA-01": "22.40",
    }
    company.post("refund", "REF-1", "2026-02-06", order="SO-1", amount="45.20", account="bank")
    out = {"amount": "19.50", "tax_rate": "0.09", "direction": "outbound", "orders": ["SO-1"]}
    assert postings(company.post("freight_bill", "F-2", "2026-02-10", carrier="Carrier", lines=[out])) == {
        "Liabilities:AccruedFreight": "18.00",
        "Expenses:Fulfilment": "1.50",
        "Assets:VAT:Input": "1.76",
        "Liabilities:Payable:Carrier": "-21.26",
    }
    before = company.profit("SO-1")
    names = ("revenue", "product_cost", "landed_cost", "price_variance", "gross_profit", "contribution")
    assert [before[name] for name in names] == ["460.00", "230.00", "23.00", "4.60", "202.40", "182.90"]
    assert company.stock(TEA) == ("77", "862.40")
    last = company.post("shipment", "S-2", "2026-02-11", order="SO-1")
    assert postings(last)["Assets:Inventory:TEA-01"] == "-168.00"
    after = company.profit("SO-1")
    assert [after[name] for name in names] == ["760.00", "380.00", "38.00", "7.60", "334.40", "314.90"]
    assert after["freight"] == "19.50"
    assert company.stock(TEA) == ("62", "694.40")


def postings(receipt: Receipt) -> dict[str, str]:
    """Return account and amount of a document's only entry."""
    (entry,) = receipt.entries
    return {posting["account"]: posting["amount"] for posting in entry["postings"]}
