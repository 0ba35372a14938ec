"""What documents of a batch change is known to those after them, as if each had been posted by itself."""

from __future__ import annotations

from typing import Any

from ledger.documents import read
from ledger.errors import LedgerError
from tests.company import Company


def together(company: Company, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """Post documents in one commit; return their entries."""
    day = {"source": "shop", "date": "2026-03-03"}
    receipts = company.ledger.post([read(day | body, company.ledger.currency) for body in bodies])
    return [entry for receipt in receipts for entry in receipt.entries]


def order(company: Company, number: str, **fields: Any) -> None:
    """Order a unit."""
    line = {"sku": "X", "quantity": "1", "unit_price": "10.00", "tax_rate": "0.13"}
    company.post("order", number, "2026-03-02", **{"customer": "C", "lines": [line], **fields})


def owed(company: Company) -> dict[str, int]:
    """Return what each order's customer owes, in cents."""
    with company.ledger.database.reading() as connection:
        return dict(connection.exec_driver_sql("SELECT number, receivable FROM orders").fetchall())  # type: ignore[arg-type]


def test_a_settlement_pays_what_was_shipped_with_it(company: Company) -> None:
    """The order owed nothing in the store; the shipment before it in the batch makes it owe, and the settlement finds it."""
    company.buy("P", "2026-03-01", 10, "1.00")
    order(company, "A")
    order(company, "B")
    company.post("shipment", "B", "2026-03-02", order="B")
    settlement = {"kind": "settlement", "number": "T", "customer": "C", "amount": "22.60", "account": "bank"}
    together(company, {"kind": "shipment", "number": "A", "order": "A"}, settlement)
    assert owed(company) == {"A": 0, "B": 0}


def test_a_second_settlement_finds_what_was_shipped_since_the_first(company: Company) -> None:
    """What the customer owes was looked up before the shipment."""
    company.buy("P", "2026-03-01", 10, "1.00")
    order(company, "A")
    order(company, "B")
    company.post("shipment", "B", "2026-03-02", order="B")
    settlement = {"kind": "settlement", "customer": "C", "amount": "11.30", "account": "bank"}
    together(
        company,
        settlement | {"number": "T1"},
        {"kind": "shipment", "number": "A", "order": "A"},
        settlement | {"number": "T2"},
    )
    assert owed(company) == {"A": 0, "B": 0}


def test_a_bill_finds_a_parcel_by_its_corrected_name(company: Company) -> None:
    """The shipment is corrected to another tracking number and billed by that: the freight is the order's, and nothing by the old one."""
    company.buy("P", "2026-03-01", 10, "1.00")
    order(company, "A")
    company.post("shipment", "A", "2026-03-02", order="A", tracking="OLD", carrier="F")
    bill = {"kind": "freight_bill", "carrier": "F"}
    together(
        company,
        {"kind": "shipment", "number": "A", "date": "2026-03-02", "order": "A", "tracking": "NEW", "carrier": "F",
         "corrects": True, "reason": "misread"},
        bill | {"number": "F1", "lines": [{"amount": "3.00", "direction": "outbound", "tracking": ["NEW"]}]},
        bill | {"number": "F2", "lines": [{"amount": "4.00", "direction": "outbound", "tracking": ["OLD"]}]},
    )  # fmt: skip
    assert company.profit("A")["freight"] == "3.00"


def test_a_settlement_follows_an_order_to_its_corrected_customer(company: Company) -> None:
    """The order is corrected to another customer and shipped: that one's settlement pays it."""
    company.buy("P", "2026-03-01", 10, "1.00")
    order(company, "A")
    line = {"sku": "X", "quantity": "1", "unit_price": "10.00", "tax_rate": "0.13"}
    together(
        company,
        {"kind": "order", "number": "A", "date": "2026-03-02", "customer": "D", "lines": [line], "corrects": True, "reason": "typed wrong"},
        {"kind": "shipment", "number": "A", "order": "A"},
        {"kind": "settlement", "number": "T", "customer": "D", "amount": "11.30", "account": "bank"},
    )
    assert owed(company) == {"A": 0}


def test_a_refused_correction_leaves_an_order_with_its_customer(company: Company) -> None:
    """Refused once and posted then, it moves the order from one customer to the other; the first one's settlement has nothing to pay."""
    company.buy("P", "2026-03-01", 10, "1.00")
    order(company, "A")
    line = {"sku": "X", "quantity": "1", "unit_price": "10.00", "tax_rate": "0.13"}
    corrected = {"kind": "order", "number": "A", "customer": "D", "lines": [line], "corrects": True, "reason": "typed wrong"}
    bodies = [
        corrected | {"date": "2026-04-02"},
        corrected | {"date": "2026-03-02"},
        {"kind": "shipment", "number": "A", "order": "A"},
        {"kind": "settlement", "number": "T", "customer": "C", "amount": "11.30", "account": "bank"},
    ]
    documents = [read({"source": "shop", "date": "2026-03-03", **body}, company.ledger.currency) for body in bodies]
    outcomes = company.ledger.post_each(documents)
    assert [isinstance(outcome, LedgerError) for outcome in outcomes] == [True, False, False, True]
    assert owed(company) == {"A": 1130}
