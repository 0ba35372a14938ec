"""Stock, stages and alerts: from a few documents whose answers can be computed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL

from ledger.errors import InvalidQuery
from ledger.reports.alerts import alerts
from ledger.reports.context import Context
from ledger.reports.inventory import inventory
from ledger.reports.period import parse_period
from ledger.reports.stages import stages
from tests.report_books import ReportBooks, by_hand, document, no_money_as_float, pages_of


def bought(number: str, date: str, sku: str, quantity: str, amount: str, warehouse: str = "main") -> dict[str, Any]:
    line = {"sku": sku, "quantity": quantity, "amount": amount}
    return document("purchase", number, date, supplier="Mill", warehouse=warehouse, lines=[line])


def sold(number: str, date: str, sku: str, quantity: str, price: str) -> tuple[dict[str, Any], dict[str, Any]]:
    line = {"sku": sku, "quantity": quantity, "unit_price": price}
    return (
        document("order", number, date, customer="Lin", lines=[line], at=f"{date}T08:00:00+08:00"),
        document("shipment", f"S-{number}", date, order=number, at=f"{date}T20:00:00+08:00"),
    )


@pytest.fixture
def books(store_url: URL) -> Iterator[ReportBooks]:
    """Lend books with four kinds of stock: two lots, another warehouse, owed units, and none left."""
    with ReportBooks(store_url) as made:
        made.post(
            bought("P-1", "2026-01-05", "TEA-01", "100", "533.33"),
            bought("P-2", "2026-01-06", "TEA-01", "10", "60.00"),
            bought("P-3", "2026-01-07", "TEA-01", "5", "30.00", warehouse="north"),
            bought("P-4", "2026-01-07", "CUP", "2", "20.00"),
            bought("P-5", "2026-01-07", "GONE", "1", "7.00"),
            *sold("O-1", "2026-01-10", "TEA-01", "1", "20"),
            *sold("O-2", "2026-01-11", "CUP", "5", "3"),
            *sold("O-3", "2026-01-12", "GONE", "1", "8"),
            document(
                "freight_bill",
                "F-1",
                "2026-01-20",
                carrier="SF",
                lines=[{"amount": "9.00", "direction": "outbound", "tracking": ["SF-1", "SF-2"], "basis": "equal"}],
            ),
        )
        yield made


def pages(ctx: Context, limit: int, **query: Any) -> list[dict[str, Any]]:
    return [i for page in pages_of(partial(inventory, ctx, **query, limit=limit)) for i in page["items"]]


def test_stock_is_lots_less_what_is_owed(books: ReportBooks) -> None:
    with books.reading() as ctx:
        items = pages(ctx, 500)
    no_money_as_float(items)
    shown = [(i["sku"], i["warehouse"], i["quantity"], i["value"], i["owed"], i["owed_value"]) for i in items]
    assert shown == [
        ("CUP", "main", "0", "-30.00", "3", "30.00"),
        ("TEA-01", "main", "109", "588.00", "0", "0.00"),
        ("TEA-01", "north", "5", "30.00", "0", "0.00"),
    ]
    assert items[1]["lots"] == [
        {"label": "P-1", "date": "2026-01-05", "quantity": "99", "unit_price": "5.33", "value": "528.00", "supplier": "Mill"},
        {"label": "P-2", "date": "2026-01-06", "quantity": "10", "unit_price": "6.00", "value": "60.00", "supplier": "Mill"},
    ]
    for item in items:
        assert Decimal(item["value"]) == sum(Decimal(lot["value"]) for lot in item["lots"]) - Decimal(item["owed_value"])


def test_stock_by_sku_and_warehouse_and_page_by_page(books: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    with books.reading() as ctx:
        whole = pages(ctx, 500)
        assert pages(ctx, 1) == pages(ctx, 2) == whole
        assert pages(ctx, 1, sku="TEA-01") == whole[1:]
        assert pages(ctx, 500, warehouse="north") == whole[2:]
        assert pages(ctx, 500, sku="CUP", warehouse="main") == whole[:1]
        assert pages(ctx, 500, sku="NONE") == []
        monkeypatch.setattr("ledger.reports.inventory.LOTS_MAX", 1)
        (tea,) = pages(ctx, 500, sku="TEA-01", warehouse="main")
        assert (len(tea["lots"]), tea["lots_left"], tea["value"]) == (1, 1, "588.00")
        with pytest.raises(InvalidQuery):
            inventory(ctx, after="e30")


def test_stages_take_as_long_as_they_took(books: ReportBooks) -> None:
    books.post(
        document("delivery", "D-1", "2026-01-13", order="O-1", at="2026-01-13T08:00:00+08:00"),
        document("delivery", "D-2", "2026-01-12", order="O-2"),
        document("delivery", "D-1b", "2026-02-12", order="O-1"),
    )
    with books.reading() as ctx:
        found = stages(ctx)
        assert stages(ctx, parse_period("2025"))["items"] == []
    no_money_as_float(found)
    assert found["orders"] == 3
    by_pair = {(item["from"], item["to"]): item for item in found["items"]}
    assert by_pair["placed", "shipped"] == {
        "from": "placed", "to": "shipped", "orders": 3, "median_days": "0.50", "mean_days": "0.50", "p90_days": "0.50",
    }  # fmt: skip
    delivered = by_pair["shipped", "delivered"]
    assert (delivered["orders"], delivered["median_days"], delivered["p90_days"]) == (2, "1.75", "2.50")


def test_alerts_name_what_is_wrong(books: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    line = {"amount": "2.00", "direction": "outbound", "tracking": ["SF-9"]}
    order, shipment = sold("O-4", "2026-01-22", "TEA-01", "1", "20")
    books.post(
        document("freight_bill", "F-2", "2026-01-21", carrier="SF", lines=[line]),
        order,
        shipment | {"tracking": "SF-9"},
    )
    hand = (by_hand("2026-02-01", ("Expenses:Packaging", 1200, "O-3", None), ("Assets:Bank", -1200, None, None)),)
    with books.reading(hand) as ctx:
        found = alerts(ctx)
        monkeypatch.setattr("ledger.reports.alerts.ALERTS_MAX", 1)
        cut = alerts(ctx)
    no_money_as_float(found)
    assert [(one["what"], one.get("sku") or one.get("order") or one["document"], one["amount"]) for one in found["items"]] == [
        ("owed", "CUP", "30.00"),
        ("freight-unmatched", "shop/freight_bill/F-1", "4.50"),
        ("freight-unmatched", "shop/freight_bill/F-1", "4.50"),
        ("loss", "O-2", "-35.00"),
        ("loss", "O-3", "-11.00"),
    ]
    assert found["items"][0]["detail"] == "3 CUP left main before they came, since 2026-01-11"
    assert not any(found["more"].values())
    assert len(cut["items"]) == 3 and cut["more"] == {"owed": False, "in-transit": False, "freight-unmatched": True, "loss": True}
