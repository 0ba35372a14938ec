"""Corrections on real stores: the difference reaches stock and orders, nothing that stands is changed, and books rebuild."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Conflict, InvalidDocument
from ledger.rebuild import rebuild
from tests.company import Company

TEA = "TEA-01"


def fixed(**fields: Any) -> dict[str, Any]:
    """Return the fields of a correction."""
    return {"corrects": True, "reason": "typing error", **fields}


def lines(quantity: str, price: str) -> list[dict[str, str]]:
    """Return one line of tea."""
    return [{"sku": TEA, "quantity": quantity, "unit_price": price, "tax_rate": "0.13"}]


@pytest.fixture
def trading(company: Company) -> Company:
    """Bring 100 at 10.00 into stock, and sell and pay 25 of them at 20.00."""
    company.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "10.00"))
    company.post("order", "SO-1", "2026-03-02", customer="Customer", lines=lines("40", "20.00"))
    company.post("payment", "PAY-1", "2026-03-02", order="SO-1", amount="904.00", account="bank")
    company.post("shipment", "S-1", "2026-03-03", order="SO-1", lines=[{"sku": TEA, "quantity": "25"}], estimated_freight="18.00")
    return company


def balance(company: Company, account: str) -> str:
    """Return an account's balance."""
    with company.ledger.read() as context:
        sql = "SELECT COALESCE(SUM(debit - credit), 0) FROM account_month WHERE account = "
        amount = context.connection.exec_driver_sql(f"{sql}'{account}'").scalar_one()
        return context.money(int(amount))


def test_other_content_is_a_conflict_that_says_how_to_correct(trading: Company) -> None:
    """Without `corrects` nothing changes; with it but without a reason neither; with nothing to correct neither."""
    with pytest.raises(Conflict) as conflict:
        trading.post("payment", "PAY-1", "2026-03-02", order="SO-1", amount="900.00", account="bank")
    assert "corrects: true" in conflict.value.errors[0].detail
    with pytest.raises(InvalidDocument) as refused:
        trading.post("payment", "PAY-1", "2026-03-02", order="SO-1", amount="900.00", account="bank", corrects=True)
    assert refused.value.errors[0].pointer == "/reason"
    with pytest.raises(InvalidDocument) as nothing:
        trading.post("payment", "PAY-9", "2026-03-02", order="SO-1", amount="900.00", account="bank", **fixed())
    assert nothing.value.errors[0].pointer == "/corrects"
    assert balance(trading, "Assets:Bank") == "904.00"


def test_a_purchase_price_reaches_stock_and_the_orders_that_took_the_rest(trading: Company) -> None:
    """11.00 instead of 10.00: 75.00 more in stock, 25.00 more cost on the order; the reversal is linked; replays answer as before."""
    first = trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "10.00"))
    assert first.replay
    receipt = trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "11.00"), **fixed())
    assert [entry.get("reverses") for entry in receipt.entries] == [1, None, None]
    assert trading.stock(TEA) == ("75", "825.00")
    assert trading.profit("SO-1")["product_cost"] == "275.00"
    assert balance(trading, "Liabilities:Payable:Supplier") == "-1243.00"
    assert balance(trading, "Liabilities:StockOwed") == "0.00"
    again = trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "10.00"))
    assert (again.replay, again.entries) == (True, first.entries)
    assert trading.problems() == []


def test_late_freight_follows_a_corrected_purchase(trading: Company) -> None:
    """100.00 of freight over 100 units; then it was 50 units: 2.00 each, 25 of them on the order."""
    trading.charge("F-1", "2026-03-04", "100.00", ["P-1"])
    trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("50", "10.00"), **fixed())
    profit = trading.profit("SO-1")
    assert (profit["product_cost"], profit["landed_cost"]) == ("250.00", "50.00")
    assert trading.stock(TEA) == ("25", "300.00")
    assert trading.problems() == []


def test_a_freight_bill_posts_the_difference(trading: Company) -> None:
    """Inbound 100.00, it was 120.00; outbound 19.50 released the accrual of 18.00, it was 17.00."""
    inbound = {"direction": "inbound", "purchases": ["P-1"]}
    outbound = {"direction": "outbound", "shipments": ["S-1"]}
    bill = {"carrier": "Carrier", "lines": [{"amount": "100.00", **inbound}, {"amount": "19.50", **outbound}]}
    trading.post("freight_bill", "F-1", "2026-03-04", **bill)
    assert trading.profit("SO-1")["freight"] == "19.50"
    bill["lines"] = [{"amount": "120.00", **inbound}, {"amount": "17.00", **outbound}]
    trading.post("freight_bill", "F-1", "2026-03-04", **bill, **fixed())
    profit = trading.profit("SO-1")
    assert (profit["landed_cost"], profit["freight"], profit["state"]) == ("30.00", "17.00", "final")
    assert trading.stock(TEA) == ("75", "840.00")
    assert balance(trading, "Liabilities:AccruedFreight") == "0.00"
    assert balance(trading, "Liabilities:Payable:Carrier") == "-137.00"
    assert trading.problems() == []


def test_an_order_a_shipment_and_a_payment(trading: Company) -> None:
    """The price was 21.00, 24 left, 900.00 were paid: revenue 504.00, cost 240.00, the rest of the money is an advance."""
    trading.post("order", "SO-1", "2026-03-02", customer="Customer", lines=lines("40", "21.00"), **fixed())
    assert trading.profit("SO-1")["revenue"] == "525.00"
    sent = {"order": "SO-1", "lines": [{"sku": TEA, "quantity": "24"}], "estimated_freight": "17.00"}
    trading.post("shipment", "S-1", "2026-03-03", **sent, **fixed())
    trading.post("payment", "PAY-1", "2026-03-02", order="SO-1", amount="900.00", account="bank", **fixed())
    profit = trading.profit("SO-1")
    assert (profit["revenue"], profit["product_cost"], profit["freight"]) == ("504.00", "240.00", "17.00")
    assert trading.stock(TEA) == ("76", "760.00")
    assert balance(trading, "Liabilities:VAT:Output") == "-65.52"
    advance = [balance(trading, f"Liabilities:{name}") for name in ("ContractLiability", "VAT:PendingOutput")]
    assert advance == ["-292.46", "-38.02"]
    trading.post("shipment", "S-2", "2026-03-05", order="SO-1")
    assert balance(trading, "Assets:Receivable") == "49.20"
    assert trading.problems() == []


def test_what_stands_on_a_document_holds_its_correction_up(trading: Company) -> None:
    """A shipment whose units came back, an invoiced receipt, goods that were transferred: one clear error each, nothing posted."""
    trading.post("return", "R-1", "2026-03-06", order="SO-1", lines=[{"sku": TEA, "quantity": "2"}])
    seq = trading.ledger.health()["seq"]
    with pytest.raises(InvalidDocument, match="have come back"):
        trading.post("shipment", "S-1", "2026-03-03", order="SO-1", lines=[{"sku": TEA, "quantity": "1"}], **fixed())
    with pytest.raises(InvalidDocument, match="stands on entries of this order"):
        trading.post("order", "SO-1", "2026-03-02", customer="Another", lines=lines("40", "20.00"), **fixed())
    assert trading.ledger.health()["seq"] == seq
    trading.post("transfer", "T-1", "2026-03-07", **{"from": "main", "to": "north", "lines": [{"sku": TEA, "quantity": "5"}]})
    with pytest.raises(InvalidDocument, match="moved by shop/transfer/T-1"):
        trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "11.00"), **fixed())
    trading.post("return", "R-1", "2026-03-06", order="SO-1", lines=[{"sku": TEA, "quantity": "1"}], **fixed())
    assert (trading.profit("SO-1")["refunds"], trading.profit("SO-1")["product_cost"]) == ("20.00", "240.00")
    assert trading.problems() == []


def test_corrections_rebuild(trading: Company) -> None:
    """The store made anew from the books has the same chain, and the present versions."""
    trading.post("purchase", "P-1", "2026-03-01", supplier="Supplier", lines=lines("100", "11.00"), **fixed())
    trading.post("order", "SO-1", "2026-03-02", customer="Customer", lines=lines("40", "21.00"), **fixed())
    before = trading.profit("SO-1")
    trading.ledger.publish()
    trading.ledger.close()
    rebuild(trading.books, trading.store_url)
    again = Company(trading.books, trading.store_url)
    assert again.profit("SO-1") == before
    assert again.ledger.document("shop", "purchase", "P-1")["version"] == 2
    assert again.problems() == []
    again.ledger.close()
