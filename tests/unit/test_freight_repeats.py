"""A charge billed twice is refused, whatever the second bill calls the parcel; what is meant or is no repetition is not."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.engine import Posted
from ledger.errors import Conflict, InvalidDocument
from tests.books_in_memory import MemoryLedger

T1 = {"tracking": ["T-1"]}
S1 = {"shipments": ["S-1"]}


def charge(amount: str = "12.00", **fields: Any) -> dict[str, Any]:
    """Return a line of outbound freight for the parcel T-1."""
    targets = {} if {"shipments", "shares", "orders", "tracking"} & set(fields) else T1
    return {"amount": amount, "direction": "outbound", **targets, **fields}


def bill(ledger: MemoryLedger, number: str, *lines: dict[str, Any], **fields: Any) -> Posted:
    """Post a bill of SF."""
    body = {"kind": "freight_bill", "source": "post", "number": number, "date": "2026-03-05", "carrier": "SF", "lines": list(lines)}
    return ledger.post(body | fields)


def send(ledger: MemoryLedger, number: str = "1", tracking: str | None = "T-1") -> None:
    """Order and ship a parcel: SO-1, S-1, T-1."""
    line = {"sku": "TEA", "quantity": "1", "unit_price": "50.00"}
    base = {"source": "shop", "date": "2026-03-01"}
    ledger.post({**base, "kind": "order", "number": f"SO-{number}", "customer": "Lin", "lines": [line]})
    ledger.post({**base, "kind": "shipment", "number": f"S-{number}", "order": f"SO-{number}", "tracking": tracking})


def freight(ledger: MemoryLedger) -> int:
    """Return what outbound freight has cost, matched or not, minor units."""
    balances = ledger.balances()
    return sum(balances.get(ledger.engine.chart.account(role), 0) for role in ("freight_out", "freight_unmatched"))


@pytest.mark.parametrize("second", [T1, S1, {"shipments": ["shop/S-1"]}, {"shares": {"T-1": "12.00"}}, {"shares": {"S-1": "12.00"}}])
@pytest.mark.parametrize("first", [T1, S1, {"shipments": ["shop/S-1"]}, {"shares": {"T-1": "12.00"}}])
@pytest.mark.parametrize("when", ["known", "between", "unknown"])
def test_the_same_charge_on_another_bill(first: dict[str, Any], second: dict[str, Any], when: str) -> None:
    """By tracking number, shipment or shares; known before the first bill, between the bills, or not at all (then only by one name)."""
    ledger = MemoryLedger()
    if when == "known":
        send(ledger)
    bill(ledger, "F-1", charge(**first))
    if when == "between":
        send(ledger)
    name = next(iter(next(iter(second.values()))))
    if when == "unknown" and name != next(iter(next(iter(first.values())))):
        assert bill(ledger, "F-2", charge(**second)).entries
        return
    seq = ledger.engine.state.head.seq
    with pytest.raises(InvalidDocument) as caught:
        bill(ledger, "F-2", charge("1.00", tracking=["T-9"]), charge(**second))
    (fault,) = caught.value.errors
    assert fault.pointer == "/lines/1" and "line 1 of post/freight_bill/F-1" in fault.detail and "again: true" in fault.detail
    assert ledger.engine.state.head.seq == seq and freight(ledger) == 1200
    bill(ledger, "F-2", charge("1.00", tracking=["T-9"]), charge(**second, again=True))
    assert freight(ledger) == 2500


@pytest.mark.parametrize("line", [
    charge("12.01"), charge("-12.00"), charge(charge="insurance"), charge(direction="return"), charge(tracking=["T-2"]),
    charge(tracking=["T-1", "T-2"]), charge(orders=["SO-1"]), charge(shares={"SO-1": "12.00"}),
])  # fmt: skip
def test_what_is_no_repetition(line: dict[str, Any]) -> None:
    """Another amount, charge, direction or parcel, a credit, a share over several, or an order (which may have several parcels)."""
    ledger = MemoryLedger()
    send(ledger)
    bill(ledger, "F-1", charge(), charge(orders=["SO-1"]))
    assert bill(ledger, "F-2", line).entries


def test_credits_repeat_freely() -> None:
    """Rebates come as often as the carrier likes."""
    ledger = MemoryLedger()
    send(ledger)
    bill(ledger, "F-1", charge("-2.00"))
    bill(ledger, "F-2", charge("-2.00"))
    assert freight(ledger) == -400


def test_equal_lines_of_one_bill_are_legal() -> None:
    """Identical rows can be two charges; another carrier's equal charge is another charge."""
    ledger = MemoryLedger()
    bill(ledger, "F-1", charge(), charge())
    bill(ledger, "F-2", charge(), carrier="Post")
    assert freight(ledger) == 3600


def test_every_repeated_line_is_told() -> None:
    """The carrier's bill under a new number: all its lines at once."""
    ledger = MemoryLedger()
    lines = [charge(tracking=[f"T-{i}"]) for i in range(3)]
    bill(ledger, "F-1", *lines)
    with pytest.raises(InvalidDocument) as caught:
        bill(ledger, "F-2", charge("3.00"), *lines)
    assert [fault.pointer for fault in caught.value.errors] == ["/lines/1", "/lines/2", "/lines/3"]


def test_a_corrected_bill_repeats_itself() -> None:
    """What a replaced version charged counts no more: the correction may keep a line, and drop one that another bill then charges."""
    ledger = MemoryLedger()
    send(ledger)
    bill(ledger, "F-1", charge(), charge(tracking=["T-2"]))
    bill(ledger, "F-1", charge(), corrects=True, reason="T-2 was not ours")
    bill(ledger, "F-2", charge(tracking=["T-2"]))
    assert freight(ledger) == 2400
    with pytest.raises(InvalidDocument):
        bill(ledger, "F-1", charge(), charge(tracking=["T-2"]), corrects=True, reason="it was ours")


def test_a_bill_from_another_source() -> None:
    """A carrier numbers its bills once: the same number of the same carrier is the same bill, however it came in."""
    ledger = MemoryLedger()
    bill(ledger, "F-1", charge())
    with pytest.raises(Conflict) as caught:
        bill(ledger, "F-1", charge("3.00", tracking=["T-2"]), source="mail")
    (fault,) = caught.value.errors
    assert fault.pointer == "/number" and "post/freight_bill/F-1" in fault.detail and "corrects: true" in fault.detail
    bill(ledger, "F-1", charge("3.00", tracking=["T-2"]), source="mail", carrier="Post")
    with pytest.raises(Conflict):
        bill(ledger, "F-1", charge("3.00"), source="mail", corrects=True, reason="it is SF's")
    assert freight(ledger) == 1500
