"""Goods on their way to the customer, in the store: inventory, balance sheet, pending, import, rebuild."""

from __future__ import annotations

from typing import Any

from ledger.rebuild import rebuild
from ledger.reports.inventory import inventory
from ledger.reports.period import parse_period
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company


def choose(company: Company, name: str, value: str, since: str = "1970-01-01") -> None:
    """Let people choose a policy of the books."""
    with (company.books / "main.beancount").open("a", encoding="utf-8") as file:
        file.write(f'{since} custom "orderledger" "{name}" "{value}"\n')


def stock(company: Company) -> list[dict[str, Any]]:
    """Return the inventory."""
    with company.ledger.read() as context:
        return list(inventory(context)["items"])


def balance(company: Company, line: str) -> str:
    """Return a line of the balance sheet at the end of March."""
    with company.ledger.read() as context:
        lines = statement(context, "balance-sheet", parse_period("2026-03"))["lines"]
    return next((one["amount"] for one in lines if one["id"] == line), "0.00")


def test_goods_shipped_are_an_asset_and_not_on_hand(company: Company) -> None:
    """10 at 10.00; 4 of them and 2 that never came leave: 60.00 on the way, 6 on hand; delivered, they are the order's cost."""
    choose(company, "recognition", "delivery")
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.sell("SO-1", "2026-03-02", 4)
    company.sell("SO-2", "2026-03-02", 8)
    [item] = stock(company)
    assert (item["quantity"], item["owed"], item["undelivered"], item["undelivered_value"]) == ("0", "2", "12", "120.00")
    assert (balance(company, "goods-shipped"), balance(company, "inventory")) == ("120.00", "-20.00")
    profit = company.profit("SO-1")
    assert (profit["state"], profit["revenue"], profit["product_cost"]) == ("estimated", "0.00", "0.00")
    assert profit["pending"] == [{"what": "undelivered", "detail": "shipment SO-1 of 2026-03-02 is not delivered yet"}]
    assert company.problems() == []
    company.post("delivery", "D-1", "2026-03-03", order="SO-1", shipment="SO-1")
    profit = company.profit("SO-1")
    assert (profit["state"], profit["revenue"], profit["product_cost"], profit["pending"]) == ("final", "400.00", "40.00", [])
    assert stock(company)[0]["undelivered"] == "8"
    company.post("delivery", "D-2", "2026-03-03", order="SO-2")
    assert balance(company, "goods-shipped") == "0.00"
    assert company.problems() == []


def test_a_warehouse_with_nothing_but_goods_on_their_way(company: Company) -> None:
    """All 3 have left: the inventory still shows where from, with nothing on hand."""
    choose(company, "recognition", "delivery")
    company.buy("P-1", "2026-03-01", 3, "10.00")
    company.sell("SO-1", "2026-03-02", 3)
    [item] = stock(company)
    assert (item["warehouse"], item["quantity"], item["value"], item["undelivered"], item["lots"]) == ("main", "0", "0.00", "3", [])
    company.post("delivery", "D-1", "2026-03-03", order="SO-1")
    assert stock(company) == []


def test_a_policy_switched_by_date_rebuilds(company: Company) -> None:
    """Switched by a later line, documents of before keep their policy: the rebuild makes the same entries."""
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.sell("SO-1", "2026-03-02", 2)
    choose(company, "recognition", "delivery", "2026-03-05")
    company.sell("SO-2", "2026-03-06", 2)
    company.post("return", "R-1", "2026-03-07", order="SO-2", lines=[{"sku": "X", "quantity": "1"}])
    company.post("delivery", "D-1", "2026-03-08", order="SO-2")
    assert (company.profit("SO-1")["revenue"], company.profit("SO-2")["revenue"]) == ("200.00", "100.00")
    assert company.problems() == []
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert company.profit("SO-2")["revenue"] == "100.00"
    assert company.problems() == []
