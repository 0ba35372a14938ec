"""Objects from JSON: a reader refuses exactly what has a fault to tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.documents import KINDS, canonical, read
from ledger.documents.faults import faults_of
from ledger.documents.objects import read_object, write_object

PAYMENT: dict[str, Any] = {
    "source": "shop",
    "number": "P1",
    "date": "2026-03-01",
    "order": "SO1",
    "amount": "10.00",
    "account": "bank",
    "fee": "0.50",
}
ORDER: dict[str, Any] = {
    "source": "shop",
    "number": "SO1",
    "date": "2026-03-01",
    "customer": "Li Wei",
    "lines": [{"sku": "A", "quantity": "2", "unit_price": "3.5", "tax_rate": "0.13"}],
    "shipping": {"amount": "6.00"},
}
ODD = {"memo": 'a "quoted" \\ 龙井\u00e9 \U0001f375', "attributes": {"b": "2", "a": "/ö"}, "corrects": True, "reason": "because"}
FREIGHT: dict[str, Any] = {
    "source": "shop",
    "number": "F1",
    "date": "2026-03-01",
    "carrier": "SF",
    "lines": [
        {"amount": "3.00", "direction": "outbound", "shares": {"SO1": "1.00", "SO2": "2.00"}},
        {"amount": "3.00", "direction": "outbound", "tracking": ["T2", "T1"]},
    ],
}
GOOD = [("payment", PAYMENT), ("order", ORDER), ("payment", PAYMENT | ODD), ("freight_bill", FREIGHT)]
FAULTY = [
    ("payment", {"fee": "9.99", "fee_tax": "0.02"}, "/fee"),
    ("payment", {"date": "2026-02-29"}, "/date"),
    ("payment", {"account": None}, "/account"),
    ("payment", {"amount": "1.234"}, "/amount"),
    ("payment", {"payer": "Li"}, "/payer"),
    ("order", {"customer": " \u00a0"}, "/customer"),
    ("order", {"customer": "Li\u2028Wei"}, "/customer"),
    ("order", {"lines": []}, "/lines"),
    ("order", {"lines": [ORDER["lines"][0], {"sku": "B", "quantity": "1"}]}, "/lines/1/unit_price"),
    ("order", {"shipping": ["6.00"]}, "/shipping"),
]


@pytest.mark.parametrize(("kind", "body"), GOOD)
def test_what_has_no_fault_is_read(kind: str, body: dict[str, Any]) -> None:
    """A body without a fault is read, and written as it was."""
    assert faults_of(KINDS[kind], body, 2) == []
    made = read_object(KINDS[kind], body, 2)
    text = write_object(made, 2)
    written = json.loads(text)
    assert text == json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert written.pop("kind") == kind
    assert read_object(KINDS[kind], written, 2) == made


@pytest.mark.parametrize(("kind", "changed", "pointer"), FAULTY)
def test_what_is_not_read_has_a_fault(kind: str, changed: dict[str, Any], pointer: str) -> None:
    """A reader refuses each body for which there is a fault to tell, and the other way round."""
    body = dict(GOOD[:2])[kind] | changed
    with pytest.raises(ValueError, match=r"\w"):
        read_object(KINDS[kind], body, 2)
    assert [fault.pointer for fault in faults_of(KINDS[kind], body, 2)] == [pointer]


def test_shares_have_no_order() -> None:
    """An object's order says nothing, and the canonical text that a rebuild reads is sorted."""
    line = {"amount": "3.00", "direction": "outbound"}
    bill = {"kind": "freight_bill", "source": "shop", "number": "F-1", "date": "2026-03-01", "carrier": "SF"}
    one, other = (
        read(bill | {"lines": [line | {"shares": shares}]}, "CNY")
        for shares in ({"SO2": "2.00", "SO1": "1.00"}, {"SO1": "1.00", "SO2": "2.00"})
    )
    assert one == other == read(json.loads(canonical(one, "CNY")), "CNY")
