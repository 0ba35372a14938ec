"""Costing through the store: kits, changes of method and month-average, in batches, closings, reports and a rebuild."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.app import create_app
from api.commands.books import init
from ledger.costing.methods import METHODS
from ledger.documents import read
from ledger.documents.base import Document
from ledger.documents.costing import CostingChange
from ledger.documents.fields import declared
from ledger.errors import BooksProblem
from ledger.periods import close
from ledger.periods import reopen as reopen_period
from ledger.rebuild import rebuild
from ledger.reports.inventory import inventory
from ledger.reports.profit_by import profit_by
from ledger.service import Ledger, Receipt
from tests.api_client import ApiClient
from tests.company import Company


@pytest.fixture
def monthly(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company under month-average; whatever a test does, its books must hold at the end."""
    made = Company(tmp_path / "books", store_url, costing="month-average")
    yield made
    assert made.problems() == []
    made.ledger.close()


def reopen(company: Company) -> None:
    """Rebuild the store from the books and open it again."""
    company.ledger.publish()
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)


def document(company: Company, kind: str, number: str) -> dict[str, Any]:
    """Return a document as the API shows it."""
    return company.ledger.document("shop", kind, number)


def make_kit(company: Company, number: str, date: str, cups: str) -> None:
    """SET is some cups and 0.05 of tea."""
    parts = [{"sku": "CUP", "quantity": cups}, {"sku": "TEA", "quantity": "0.05"}]
    company.post("kit", number, date, sku="SET", components=parts)


def test_kits_by_sku(company: Company) -> None:
    """Cost stands where revenue does: SET sells 300.00 and costs 28.50 in later commits, 19.00 of it comes back; a rebuild agrees."""
    company.buy("P1", "2026-03-01", 10, "4.00", sku="CUP")
    company.buy("P2", "2026-03-01", 2, "30.00", sku="TEA")
    make_kit(company, "K1", "2026-03-02", "2")
    company.post("order", "O", "2026-03-03", customer="C", lines=[{"sku": "SET", "quantity": "3", "unit_price": "100.00"}])
    make_kit(company, "K2", "2026-03-03", "3")
    company.post("shipment", "S", "2026-03-04", order="O")
    assert company.profit("O")["product_cost"] == "28.50"
    company.post("return", "R", "2026-03-05", order="O", lines=[{"sku": "SET", "quantity": "2"}])
    assert (company.stock("CUP"), company.stock("TEA")) == (("8", "32.00"), ("1.95", "58.50"))
    with company.ledger.read() as context:
        items = {item["key"]: item for item in profit_by(context, "sku")["items"]}
    assert (items["SET"]["goods_revenue"], items["SET"]["product_cost"]) == ("300.00", "9.50")
    assert "CUP" not in items
    reopen(company)


def test_kits_in_one_batch(company: Company) -> None:
    """Kit, parts, orders, shipments and a return in one commit post as they do one by one."""
    bodies = [
        {"kind": "purchase", "number": "P1", "supplier": "S", "lines": [{"sku": "CUP", "quantity": "10", "unit_price": "4.00"}]},
        {"kind": "kit", "number": "K1", "sku": "SET", "components": [{"sku": "CUP", "quantity": "2"}]},
        {"kind": "order", "number": "O", "customer": "C", "lines": [{"sku": "SET", "quantity": "3", "unit_price": "9.00"}]},
        {"kind": "shipment", "number": "S", "order": "O"},
        {"kind": "return", "number": "R", "order": "O", "lines": [{"sku": "SET", "quantity": "1"}]},
    ]
    company.ledger.post([read({"source": "shop", "date": "2026-03-03", **body}, "CNY") for body in bodies])
    assert company.profit("O")["product_cost"] == "16.00"
    assert company.stock("CUP") == ("6", "24.00")


def test_a_change_of_method_shows_its_effect(average_company: Company) -> None:
    """`GET /documents/...` has the effect beside the body: units, value before and after, what the lots carried alone."""
    average_company.buy("P1", "2026-03-01", 10, "10.00")
    average_company.buy("P2", "2026-03-02", 10, "20.00")
    average_company.sell("A", "2026-03-03", 15)
    average_company.buy("P3", "2026-03-04", 1, "5.00", sku="Y")
    average_company.post("costing_change", "C", "2026-03-10", method="fifo", reason="one bin a delivery")
    same = {"from": "average", "to": "fifo"}
    assert document(average_company, "costing_change", "C")["effect"] == [
        {"sku": "X", **same, "quantity": "5", "value_before": "75.00", "value_after": "75.00", "lots_alone": "100.00"},
        {"sku": "Y", **same, "quantity": "1", "value_before": "5.00", "value_after": "5.00", "lots_alone": "5.00"},
    ]
    assert "effect" not in document(average_company, "purchase", "P1")
    client = ApiClient(create_app(average_company.ledger), average_company.ledger.tokens.create("test", ["admin"]))
    spec = client.get("/openapi.json").json
    answer = client.get("/documents/shop/costing_change/C").json
    path = spec["paths"]["/api/v1/documents/{source}/{kind}/{number}"]["get"]
    described = path["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema_rs.validator_for({**described, "components": spec["components"]}).validate(answer)
    assert len(answer["effect"]) == 2
    average_company.sell("B", "2026-03-11", 2)
    assert average_company.profit("B")["product_cost"] == "30.00"
    reopen(average_company)
    assert len(document(average_company, "costing_change", "C")["effect"]) == 2
    assert average_company.stock("X") == ("3", "45.00")


def test_warehouses_after_an_average(average_company: Company) -> None:
    """10@10.00 in `main`, 10@20.00 in `north`: 150.00 each under average, even before an issue; after it 15 at 15.00.

    Under first in first out each has its own lots again: 50.00 and 200.00 less the pool's 25.00, shared by quantity.
    """
    average_company.buy("P1", "2026-03-01", 10, "10.00")
    lines = [{"sku": "X", "quantity": "10", "unit_price": "20.00"}]
    average_company.post("purchase", "P2", "2026-03-02", supplier="Supplier", lines=lines, warehouse="north")
    assert values(average_company) == {"main": "150.00", "north": "150.00"}
    average_company.sell("A", "2026-03-03", 5)
    assert values(average_company) == {"main": "75.00", "north": "150.00"}
    average_company.post("costing_change", "C", "2026-03-10", method="fifo", reason="one bin a delivery")
    assert values(average_company) == {"main": "41.67", "north": "183.33"}


def values(company: Company) -> dict[str, str]:
    """Return the value of X in each warehouse."""
    with company.ledger.read() as context:
        return {item["warehouse"]: item["value"] for item in inventory(context, sku="X")["items"]}


def test_closing_trues_up_first(monthly: Company) -> None:
    """10@10.00, 6 sold, 10@16.00: 13.00; the assertions of the closing have the 18.00, in the books and after a rebuild.

    Two months are closed at once; February's average comes first: 2@8.00 less 1, so March starts with 8.00.
    """
    monthly.buy("P0", "2026-02-01", 2, "8.00", sku="Z")
    monthly.sell("Z", "2026-02-03", 1, sku="Z")
    monthly.buy("P1", "2026-03-01", 10, "10.00")
    monthly.sell("A", "2026-03-05", 6)
    monthly.buy("P2", "2026-03-20", 10, "16.00")
    assert close(monthly.ledger, "2026-03").document == "orderledger/period_close/2026-03"
    assert monthly.profit("A")["product_cost"] == "78.00"
    assert monthly.stock("X") == ("14", "182.00")
    [entry] = monthly.ledger.document("orderledger", "month_average", "2026-03")["entries"]
    assert entry["date"] == "2026-03-31"
    assert monthly.ledger.document("orderledger", "month_average", "2026-02")["entries"] == []
    monthly.ledger.publish()
    closings = (monthly.books / "journal/closings.beancount").read_text(encoding="utf-8")
    assert "2026-04-01 balance Expenses:COGS  86.00 ~ 0 CNY" in closings
    monthly.sell("B", "2026-03-25", 2)
    reopen(monthly)
    close(monthly.ledger, "2026-04")
    assert monthly.profit("B")["product_cost"] == "26.00"


def test_a_sale_while_the_month_is_closed(monthly: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes between the average and the lock: nothing of the try is kept, the next one counts it."""
    monthly.buy("P1", "2026-03-01", 10, "10.00")
    monthly.sell("A", "2026-03-05", 6)
    monthly.buy("P2", "2026-03-20", 10, "16.00")
    post = monthly.ledger.post

    def disturbed(documents: Sequence[Document], *, dry_run: bool = False) -> list[Receipt]:
        receipts = post(documents, dry_run=dry_run)
        if dry_run:
            monkeypatch.undo()
            monthly.sell("B", "2026-03-21", 2)
        return receipts

    monkeypatch.setattr(monthly.ledger, "post", disturbed)
    close(monthly.ledger, "2026-03")
    assert (monthly.profit("A")["product_cost"], monthly.profit("B")["product_cost"]) == ("78.00", "26.00")


def test_a_month_of_another_sku_is_not_averaged(company: Company) -> None:
    """Books under fifo close without a document of averages."""
    company.buy("P1", "2026-03-01", 10, "10.00")
    company.sell("A", "2026-03-05", 6)
    seq = company.ledger.health()["seq"]
    close(company.ledger, "2026-03")
    assert company.ledger.health()["seq"] == seq + 1


def test_an_unknown_method_in_the_books_is_refused(tmp_path: Path, store_url: str) -> None:
    """A slip in main.beancount is named with what would be right, not taken for some method."""
    company = Company(tmp_path / "books", store_url)
    company.ledger.close()
    main = company.books / "main.beancount"
    main.write_text(main.read_text(encoding="utf-8").replace('"fifo"', '"lifo"'), encoding="utf-8")
    with pytest.raises(BooksProblem, match="fifo, average, specific, month-average"):
        Ledger.open(company.books, company.store_url)


def test_every_method_can_be_chosen(tmp_path: Path, store_url: str) -> None:
    """At the start and by a change: command line and document list the methods that there are."""
    [choice] = [one.type for one in init.params if one.name == "costing"]
    [field] = [one for one in declared(CostingChange) if one.name == "method"]
    assert tuple(choice.choices) == field.spec.options == METHODS
    for method in METHODS:
        company = Company(tmp_path / method, store_url, costing=method)
        assert company.ledger.chart.options["costing"] == method
        company.ledger.close()


def test_a_month_is_averaged_again_when_it_is_opened(monthly: Company) -> None:
    """10@10.00, 6 sold, closed at 10.00; opened for 10@16.00 that were forgotten: 13.00, and so after a rebuild."""
    monthly.buy("P1", "2026-03-01", 10, "10.00")
    monthly.sell("A", "2026-03-05", 6)
    close(monthly.ledger, "2026-03")
    monthly.sell("B", "2026-04-02", 2)
    close(monthly.ledger, "2026-04")
    reopen_period(monthly.ledger, "2026-03", "a receipt was forgotten")
    monthly.buy("P2", "2026-03-20", 10, "16.00")
    close(monthly.ledger, "2026-04")
    assert (monthly.profit("A")["product_cost"], monthly.profit("B")["product_cost"]) == ("78.00", "26.00")
    assert monthly.stock("X") == ("12", "156.00")
    assert monthly.ledger.document("orderledger", "month_average", "2026-03/2")["entries"][0]["date"] == "2026-03-31"
    reopen(monthly)
    assert monthly.stock("X") == ("12", "156.00")


def test_closing_vouchers_have_the_average(tmp_path: Path, store_url: str) -> None:
    """February and March are closed at once: each month's voucher moves cost of sales as it stands after that month's average."""
    company = Company(tmp_path / "books", store_url, chart="cn", costing="month-average")
    company.buy("P0", "2026-02-01", 10, "8.00")
    company.sell("A", "2026-02-03", 6)
    company.buy("P1", "2026-02-20", 10, "14.00")
    company.sell("B", "2026-03-05", 1)
    done = close(company.ledger, "2026-03")
    assert len(done.vouchers) == 2
    with company.ledger.read() as context:
        moved = [
            (row[0], int(row[1]))
            for row in context.connection.exec_driver_sql(
                "SELECT e.date, p.amount FROM closing_posting p JOIN entry e ON e.id = p.entry_id "
                "WHERE p.account = 'Expenses:6401-主营业务成本' ORDER BY e.id"
            )
        ]
    assert moved == [("2026-02-28", -6600), ("2026-03-31", -1100)]
    assert company.problems() == []
    company.ledger.close()


def test_corrections_in_later_commits(company: Company) -> None:
    """Kit, order and shipment are corrected from the store, one commit each; the books are rebuilt with the same hashes."""
    company.buy("P1", "2026-03-01", 20, "4.00", sku="CUP")
    company.buy("P2", "2026-03-01", 2, "30.00", sku="TEA")
    make_kit(company, "K1", "2026-03-02", "3")
    again: dict[str, Any] = {"corrects": True, "reason": "typing error"}
    company.post("order", "O", "2026-03-03", customer="C", lines=[{"sku": "CUP", "quantity": "2", "unit_price": "100.00"}])
    company.post("kit", "K1", "2026-03-02", sku="SET", components=[{"sku": "CUP", "quantity": "2"}], **again)
    company.post("order", "O", "2026-03-03", customer="C", lines=[{"sku": "SET", "quantity": "3", "unit_price": "100.00"}], **again)
    company.post("shipment", "S", "2026-03-04", order="O", lines=[{"sku": "SET", "quantity": "3"}])
    company.post("shipment", "S", "2026-03-04", order="O", lines=[{"sku": "SET", "quantity": "2"}], **again)
    assert (company.profit("O")["product_cost"], company.stock("CUP")) == ("16.00", ("16", "64.00"))
    reopen(company)
    assert company.profit("O")["product_cost"] == "16.00"
