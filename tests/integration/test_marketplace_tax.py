"""Tax that a marketplace collects, in the store: `check` holds with an advance open, and it nets to zero."""

from __future__ import annotations

from tests.company import Company


def test_an_open_advance_of_a_marketplace_order_checks(company: Company) -> None:
    """113.00 paid, of which 13.00 the marketplace's: no VAT is pending, and every kept sum is what the postings come to."""
    line = {"sku": "X", "quantity": "1", "unit_price": "100.00", "tax_rate": "0.13"}
    company.post("order", "SO", "2026-03-01", customer="C", channel="amazon", tax_collected_by="marketplace", lines=[line])
    company.post("payment", "PAY", "2026-03-02", order="SO", amount="113.00", account="clearing:amazon")
    assert company.problems() == []
    company.post("shipment", "S", "2026-03-03", order="SO")
    sale, tax = {"type": "sale", "order": "SO", "amount": "113.00"}, {"type": "marketplace_tax", "order": "SO", "amount": "-13.00"}
    company.post("payout", "PO", "2026-03-04", channel="amazon", account="bank", net="100.00", lines=[sale, tax])
    assert company.problems() == []
