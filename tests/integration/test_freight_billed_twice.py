"""The same freight charge billed twice: one clear error, nothing posted, and a way to say that it is meant."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Conflict, InvalidDocument
from tests.company import Company


@pytest.fixture
def sent(company: Company) -> Company:
    """Send one parcel, and let the carrier bill it."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.post("order", "SO-1", "2026-03-02", customer="Customer", lines=[{"sku": "X", "quantity": "2", "unit_price": "30.00"}])
    company.post("shipment", "S-1", "2026-03-03", order="SO-1", tracking="SF1", carrier="SF")
    company.post("freight_bill", "F-1", "2026-03-10", carrier="SF", lines=[charge(tracking=["SF1"])])
    return company


def charge(amount: str = "12.00", **fields: Any) -> dict[str, Any]:
    """Return one outbound charge."""
    return {"amount": amount, "direction": "outbound", **fields}


@pytest.mark.parametrize("target", [{"tracking": ["SF1"]}, {"shipments": ["S-1"]}, {"shares": {"SF1": "12.00"}}])
def test_a_parcel_is_charged_once(sent: Company, target: dict[str, Any]) -> None:
    """By its tracking number or its shipment: another bill with the same charge is refused, naming the first; `again` says it is meant."""
    seq = sent.ledger.health()["seq"]
    with pytest.raises(InvalidDocument) as refused:
        sent.post("freight_bill", "F-2", "2026-03-11", carrier="SF", lines=[charge("3.00", orders=["SO-1"]), charge(**target)])
    (error,) = refused.value.errors
    assert error.pointer == "/lines/1"
    assert "line 1 of shop/freight_bill/F-1" in error.detail
    assert "again: true" in error.detail
    assert sent.ledger.health()["seq"] == seq
    sent.post("freight_bill", "F-2", "2026-03-11", carrier="SF", lines=[charge(**target, again=True)])
    assert sent.profit("SO-1")["freight"] == "24.00"
    assert sent.problems() == []


def test_other_charges_are_none(sent: Company) -> None:
    """Another amount, another carrier, a credit, and a correction of the bill itself."""
    sent.post("freight_bill", "F-3", "2026-03-11", carrier="SF", lines=[charge("12.01", tracking=["SF1"])])
    sent.post("freight_bill", "F-4", "2026-03-11", carrier="DHL", lines=[charge(tracking=["SF1"])])
    sent.post("freight_bill", "F-5", "2026-03-11", carrier="SF", lines=[charge("-12.00", tracking=["SF1"])])
    fixed = {"corrects": True, "reason": "memo was missing", "memo": "March"}
    sent.post("freight_bill", "F-1", "2026-03-10", carrier="SF", lines=[charge(tracking=["SF1"])], **fixed)
    assert sent.profit("SO-1")["freight"] == "24.01"
    assert sent.problems() == []


def test_a_bill_of_another_source_is_the_same_bill(sent: Company) -> None:
    """Carrier and number: the file and the mail bring one bill."""
    body = {"carrier": "SF", "lines": [charge("9.00", orders=["SO-1"])], "source": "mail"}
    with pytest.raises(Conflict) as conflict:
        sent.post("freight_bill", "F-1", "2026-03-10", **body)
    assert "shop/freight_bill/F-1" in conflict.value.errors[0].detail
