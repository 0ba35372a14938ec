"""Charges billed twice on real stores: found in other units of work, after a rebuild, from files; and the look-ups stay few."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from importers.run import import_paths
from ledger.errors import InvalidDocument
from ledger.rebuild import rebuild
from tests.company import Company

MAPPING = """
[group]
by = ["Bill"]

[[document]]
kind = "freight_bill"
source = { constant = "files" }
number = { column = "Bill" }
date = { constant = "2026-03-09" }
carrier = { constant = "SF" }

[[document.lines]]
amount = { column = "Net" }
direction = { constant = "outbound" }
tracking = { column = "Parcel" }
"""


def bill(company: Company, number: str, *parcels: tuple[str, str], **fields: Any) -> None:
    """Post a bill of SF: (tracking number, amount)."""
    lines = [{"amount": amount, "direction": "outbound", "tracking": [parcel], **fields} for parcel, amount in parcels]
    company.post("freight_bill", number, "2026-03-05", carrier="SF", lines=lines)


def send(company: Company, number: str) -> None:
    """Sell a cup in the parcel T-number."""
    line = {"sku": "CUP", "quantity": "1", "unit_price": "50.00"}
    company.post("order", f"SO-{number}", "2026-03-01", customer="Lin", lines=[line])
    company.post("shipment", f"S-{number}", "2026-03-02", order=f"SO-{number}", tracking=f"T-{number}")


def billed(company: Company) -> list[tuple[Any, ...]]:
    """Return what is remembered."""
    with company.ledger.read() as context:
        return [tuple(row) for row in context.connection.exec_driver_sql("SELECT * FROM billed ORDER BY id")]


def test_found_later_and_after_a_rebuild(company: Company) -> None:
    """A parcel that was billed before it was known, and one after; the rebuilt store remembers the same."""
    bill(company, "F-1", ("T-1", "12.00"))
    send(company, "1")
    send(company, "2")
    bill(company, "F-2", ("T-2", "9.00"))
    company.ledger.publish()
    before = billed(company)
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Company(company.books, company.store_url).ledger
    assert billed(company) == before and len(before) == 3
    with pytest.raises(InvalidDocument) as caught:
        bill(company, "F-3", ("T-2", "9.00"), ("T-3", "9.00"), ("T-1", "12.00"))
    assert [fault.pointer for fault in caught.value.errors] == ["/lines/0", "/lines/2"]
    bill(company, "F-3", ("T-2", "9.00"), again=True)
    assert company.profit("SO-2")["freight"] == "18.00"
    assert company.problems() == []


def test_a_file_is_told_its_row(company: Company, tmp_path: Path) -> None:
    """An import refuses the bill as it refuses any: with the row of the line and what would be right."""
    bill(company, "F-1", ("T-1", "12.00"))
    (tmp_path / "bills.csv").write_text("Bill,Parcel,Net\nF-2,T-2,9.00\nF-2,T-1,12.00\nF-3,T-3,5.00\n", encoding="utf-8")
    (tmp_path / "bills.toml").write_text(MAPPING, encoding="utf-8")
    report = import_paths(company.ledger, [tmp_path / "bills.csv"])
    assert [(refusal.document, refusal.code) for refusal in report.refused] == [("files/freight_bill/F-2", "invalid")]
    assert "row 3" in report.refused[0].reason and "line 1 of shop/freight_bill/F-1" in report.refused[0].reason
    assert company.problems() == []


def test_many_lines_take_few_queries(company: Company) -> None:
    """What the lines of a bill may repeat is looked up together."""
    for number in range(20):
        send(company, str(number))
    seen: list[str] = []
    event.listen(company.ledger.database.writer, "before_cursor_execute", lambda *args: seen.append(args[2]))
    bill(company, "F-1", *((f"T-{number}", "5.00") for number in range(20)), ("T-X", "5.00"))
    assert len([text for text in seen if "billed t" in text]) == 1
    assert len(seen) < 40, seen
