"""Transfers sent and received apart: in transit meanwhile, late costs included, never picked, and a shortage that is written off."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import InvalidDocument, LedgerError
from ledger.reports.alerts import alerts
from ledger.reports.inventory import inventory
from tests.company import Company
from tests.integration.test_goods_shipped import choose


def line(quantity: int) -> list[dict[str, str]]:
    """Name units of X."""
    return [{"sku": "X", "quantity": str(quantity)}]


def send(company: Company, quantity: int, number: str = "T-1", date: str = "2026-03-02") -> None:
    """Send units from main to north."""
    company.post("transfer", number, date, **{"from": "main", "to": "north", "lines": line(quantity), "received": False})


def stock(company: Company, **wanted: Any) -> dict[str, tuple[str, str]]:
    """Return (quantity, value) of X by warehouse."""
    with company.ledger.read() as context:
        return {item["warehouse"]: (item["quantity"], item["value"]) for item in inventory(context, **wanted)["items"]}


def under_way(company: Company) -> list[str]:
    """Return what the alerts say about units in transit."""
    with company.ledger.read() as context:
        return [one["detail"] for one in alerts(context)["items"] if one["what"] == "in-transit"]


def test_sent_received_and_short(company: Company) -> None:
    """10 of 40 at 10.00 sent; freight of 40.00 reaches them; 8 arrive at 11.00; 2 are missing until they are written off for 22.00."""
    company.buy("P-1", "2026-03-01", 40, "10.00")
    send(company, 10)
    assert stock(company) == {"(in transit)": ("10", "100.00"), "main": ("30", "300.00")}
    assert under_way(company) == ["10 X are under way: transfer T-1 from main to north, since 2026-03-02"]
    company.charge("F-1", "2026-03-03", "40.00", ["P-1"])
    assert stock(company) == {"(in transit)": ("10", "110.00"), "main": ("30", "330.00")}
    company.post("transfer_receipt", "TR-1", "2026-03-04", transfer="T-1", lines=line(8))
    assert stock(company) == {"(in transit)": ("2", "22.00"), "main": ("30", "330.00"), "north": ("8", "88.00")}
    assert under_way(company) == ["2 X of 10 are missing: transfer T-1 from main to north, since 2026-03-02"]
    company.post("stock_adjustment", "A-1", "2026-03-09", reason="lost", transfer="shop/T-1", lines=line(-2))
    assert stock(company) == {"main": ("30", "330.00"), "north": ("8", "88.00")}
    assert under_way(company) == []
    assert company.problems() == []
    company.charge("F-2", "2026-03-10", "40.00", ["P-1"])
    assert stock(company) == {"main": ("30", "360.00"), "north": ("8", "96.00")}


def test_all_that_is_left_arrives_and_pays_what_is_owed_there(company: Company) -> None:
    """3 sold in north before they came: owed while the goods are under way, paid by the receipt; nothing is left to receive."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    send(company, 5)
    company.post("order", "SO", "2026-03-03", customer="C", lines=[{"sku": "X", "quantity": "3", "unit_price": "20.00"}])
    company.post("shipment", "S", "2026-03-03", order="SO", warehouse="north")
    assert company.profit("SO")["pending"][0]["what"] == "owed"
    company.post("transfer_receipt", "TR-1", "2026-03-04", transfer="T-1")
    assert company.profit("SO")["pending"] == []
    assert stock(company) == {"main": ("5", "50.00"), "north": ("2", "20.00")}
    with pytest.raises(InvalidDocument) as refused:
        company.post("transfer_receipt", "TR-2", "2026-03-05", transfer="T-1")
    assert [(e.pointer, e.detail) for e in refused.value.errors] == [("/transfer", "nothing of transfer T-1 is under way")]


def test_units_in_transit_are_taken_by_nobody(company: Company) -> None:
    """All 5 are under way: a shipment from main owes them, none can be adjusted in main or go back to the supplier."""
    company.buy("P-1", "2026-03-01", 5, "10.00")
    send(company, 5)
    company.sell("SO", "2026-03-03", 1)
    assert company.profit("SO")["pending"][0]["what"] == "owed"
    with pytest.raises(InvalidDocument):
        company.post("stock_adjustment", "A-1", "2026-03-04", reason="count", lines=line(-1))
    with pytest.raises(InvalidDocument):
        company.post("supplier_return", "B-1", "2026-03-04", purchase="P-1", lines=line(1))


@pytest.mark.parametrize(
    ("kind", "fields", "pointer"),
    [
        ("transfer_receipt", {"transfer": "T-1", "lines": line(6)}, "/lines/0/quantity"),
        ("transfer_receipt", {"transfer": "T-1", "lines": [*line(3), *line(3)]}, "/lines/1/quantity"),
        ("transfer_receipt", {"transfer": "T-1", "lines": [{"sku": "Y", "quantity": "1"}]}, "/lines/0/quantity"),
        ("transfer_receipt", {"transfer": "T-1", "date": "2026-03-01"}, "/date"),
        ("transfer_receipt", {"transfer": "T-9"}, "/transfer"),
        ("stock_adjustment", {"transfer": "T-1", "reason": "lost", "lines": line(-6)}, "/lines/0/quantity"),
        ("stock_adjustment", {"transfer": "T-9", "reason": "lost", "lines": line(-1)}, "/transfer"),
        ("stock_adjustment", {"transfer": "T-1", "reason": "found", "lines": line(1)}, "/transfer"),
        ("transfer", {"from": "main", "to": " ", "lines": line(1)}, "/to"),
    ],
)
def test_what_is_refused(company: Company, kind: str, fields: dict[str, Any], pointer: str) -> None:
    """More than is under way, before it left, an unknown transfer, units found on the way, and a warehouse without a name."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    send(company, 5)
    with pytest.raises(LedgerError) as refused:
        company.post(kind, "N-1", **({"date": "2026-03-05"} | fields))
    assert pointer in [error.pointer for error in refused.value.errors]


def test_a_transfer_received_at_once_is_as_before(company: Company) -> None:
    """The default: nothing is ever in transit, and there is nothing to receive."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.post("transfer", "T-1", "2026-03-02", **{"from": "main", "to": "north", "lines": line(4)})
    assert stock(company) == {"main": ("6", "60.00"), "north": ("4", "40.00")}
    with pytest.raises(InvalidDocument):
        company.post("transfer_receipt", "TR-1", "2026-03-03", transfer="T-1")


def test_average_cost_counts_what_is_in_transit(average_company: Company) -> None:
    """10 at 10.00 under way and 10 at 20.00 in main: a unit costs 15.00 wherever it is."""
    company = average_company
    company.buy("P-1", "2026-03-01", 10, "10.00")
    send(company, 10)
    company.buy("P-2", "2026-03-03", 10, "20.00")
    company.sell("SO", "2026-03-04", 2)
    assert company.profit("SO")["product_cost"] == "30.00"
    company.post("transfer_receipt", "TR-1", "2026-03-05", transfer="T-1")
    assert stock(company) == {"main": ("8", "120.00"), "north": ("10", "150.00")}


def test_pages_of_the_inventory_go_through_the_transit(company: Company) -> None:
    """Units in transit come first of their SKU; the next page starts after them."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    send(company, 4)
    with company.ledger.read() as context:
        first = inventory(context, limit=1)
        second = inventory(context, limit=1, after=first["next"])
    assert [(item["warehouse"], item["in_transit"]) for item in first["items"] + second["items"]] == [
        ("(in transit)", True),
        ("main", False),
    ]


def test_input_tax_of_what_was_lost_on_its_way(company: Company) -> None:
    """1 of 10 with 13.00 of input tax never arrives: 10.00 + 1.30 of loss where the books reverse it."""
    choose(company, "loss-vat", "reverse-input")
    lines = [{"sku": "X", "quantity": "10", "unit_price": "10.00", "tax": "13.00"}]
    company.post("purchase", "P-1", "2026-03-01", supplier="S", lines=lines)
    send(company, 2)
    company.post("transfer_receipt", "TR-1", "2026-03-03", transfer="T-1", lines=line(1))
    posted = company.post("stock_adjustment", "A-1", "2026-03-04", reason="lost", transfer="T-1", lines=line(-1))
    amounts = {p["account"]: p["amount"] for p in posted.entries[0]["postings"]}
    assert (amounts["Expenses:StockLoss"], amounts["Assets:VAT:Input"]) == ("11.30", "-1.30")
