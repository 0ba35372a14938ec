"""Books that start in mid-life, in the store: reports show what was opened, references find it, and the books rebuild it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importers.errors import BadMapping
from importers.mapping import load_mapping
from importers.run import import_paths
from ledger.errors import NotFound
from ledger.rebuild import rebuild
from ledger.reports.inventory import inventory
from ledger.reports.orders import list_orders, order_detail
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.profit_by import profit_by
from ledger.reports.stages import stages
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company

LINE = {"sku": "TEA", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}
ORDERS = [
    {"number": "SO-1", "date": "2026-06-21", "customer": "Lin", "prices_include_tax": True, "lines": [LINE], "paid": "904.00"},
    {
        "number": "SO-2",
        "customer": "Mei",
        "prices_include_tax": True,
        "lines": [LINE | {"shipped": "25", "shipped_cost": "250.00"}],
        "paid": "700.00",
        "shipment": {"number": "S-2", "date": "2026-06-05", "tracking": "T-2", "accrued_freight": "12.00"},
    },
    {"number": "SO-3", "date": "2026-06-22", "customer": "Wu", "lines": [LINE]},
]
ITEMS = [
    {"kind": "receivable", "party": "Mei", "document": "SO-9", "amount": "113.00", "tax": "13.00"},
    {"kind": "payable", "party": "T", "document": "INV-1", "amount": "1000.00"},
    {"kind": "grir", "party": "T", "document": "PO-7", "sku": "TEA", "quantity": "100", "amount": "1000.00"},
]
LOTS = [
    {"sku": "TEA", "quantity": "75", "received": "100", "unit_price": "10.00", "landed": "30.00", "label": "PO-7", "date": "2026-05-02"}
]
YEAR = [{"account": "sales", "amount": "-5000.00", "month": "2026-05"}, {"account": "cogs", "amount": "3000.00"}]
OPENING: dict[str, Any] = {"lots": LOTS, "open_items": ITEMS, "open_orders": ORDERS, "year_to_date": YEAR}


def start(company: Company) -> None:
    """Open the books at the end of June."""
    balances = [{"account": "bank", "amount": "9000.00"}, {"account": "Equity:Retained", "amount": "-1000.00"}]
    company.post("opening", "OP", "2026-06-30", balances=balances, **OPENING)


def test_business_goes_on(company: Company) -> None:
    """Each in a unit of work of its own: what was opened is loaded from the store when it is named."""
    start(company)
    company.post("shipment", "S-1", "2026-07-02", order="SO-1")
    assert (company.profit("SO-1")["revenue"], company.profit("shop/SO-1")["gross_profit"]) == ("800.00", "384.00")
    company.post("return", "R-2", "2026-07-03", order="SO-2", shipment="S-2", lines=[{"sku": "TEA", "quantity": "2"}])
    assert company.stock("TEA") == ("37", "384.00")
    outbound = {"amount": "13.50", "direction": "outbound", "tracking": ["T-2"]}
    inbound = {"amount": "100.00", "direction": "inbound", "purchases": ["OP"]}
    company.post("freight_bill", "FB", "2026-07-04", carrier="SF", lines=[outbound, inbound])
    company.post("settlement", "ST", "2026-07-05", customer="Mei", amount="113.00", account="bank")
    company.post("supplier_payment", "SP", "2026-07-06", supplier="T", amount="1000.00", account="bank", documents=["INV-1"])
    line = {"sku": "TEA", "quantity": "100", "unit_price": "10.20"}
    company.post("supplier_invoice", "I-7", "2026-07-07", supplier="T", receipts=["PO-7"], lines=[line])
    assert company.profit("SO-1")["landed_cost"] == "56.00"
    assert company.profit("SO-2")["freight"] == "1.50"
    assert company.problems() == []


def test_reports_show_what_was_opened(company: Company) -> None:
    """Lots with their own dates, orders with the stages whose dates are known, the year so far as unallocated."""
    start(company)
    with company.ledger.read() as context:
        (item,) = inventory(context)["items"]
        assert (item["quantity"], item["value"]) == ("75", "780.00")
        assert [(lot["label"], lot["date"], lot["supplier"]) for lot in item["lots"]] == [("PO-7", "2026-05-02", "T")]
        listed = [one["order"] for one in list_orders(context)["items"]]
        assert sorted(listed) == ["SO-1", "SO-2", "SO-3", "SO-9"]
        page = list_orders(context, limit=2)
        assert [one["order"] for one in page["items"] + list_orders(context, limit=2, after=page["next"])["items"]] == listed
        detail = order_detail(context, "SO-3")
        assert [(stage["stage"], stage["date"]) for stage in detail["stages"]] == [("placed", "2026-06-22")]
        assert [one["document"] for one in detail["documents"]] == ["shop/opening/OP"]
        detail = order_detail(context, "SO-2")
        assert [(stage["stage"], stage["date"]) for stage in detail["stages"]] == [("shipped", "2026-06-05")]
        assert detail["balances"]["contract_liability"] == "119.47"
        assert (detail["lines"][0]["shipped"], detail["lines"][0]["recognised"]) == ("25", "500.00")
        assert stages(context)["items"] == []
        profit = profit_by(context, "channel")
        assert (profit["unallocated"]["revenue"], profit["total"]["contribution"]) == ("5000.00", "2000.00")
        for period, net in (("2026-05", "5000.00"), ("2026-06", "-3000.00"), ("2026", "2000.00")):
            income = statement(context, "income", parse_period(period))
            assert next(line["amount"] for line in income["lines"] if line["id"] == "net-income") == net
        with pytest.raises(NotFound):
            order_detail(context, "PO-7")


def test_the_books_rebuild_an_opening(company: Company) -> None:
    """Document by document, to the same hashes; posting goes on with what was opened."""
    start(company)
    company.post("shipment", "S-1", "2026-07-02", order="SO-1")
    before = answers(company.ledger)
    company.ledger.publish()
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert answers(company.ledger) == before
    company.post("shipment", "S-3", "2026-07-03", order="SO-2")
    assert company.problems() == []


def answers(ledger: Ledger) -> list[Any]:
    """Return what reports say of orders, stock and accounts."""
    with ledger.read() as context:
        details = [order_detail(context, number) for number in ("SO-1", "SO-2", "SO-3", "SO-9")]
        return [inventory(context), list_orders(context), statement(context, "trial-balance", EVERYTHING), *details]


BALANCES = """
[group]
by = ["Date"]

[[document]]
kind = "opening"
source = { constant = "old" }
number = { template = "BALANCES {Date}" }
date = { column = "Date" }

[[document.balances]]
account = { column = "Account", map = { "1002" = "bank", "4001" = "Equity:Retained" } }
amount = { column = "Debit" }
"""


def test_a_list_of_balances_is_imported(company: Company, tmp_path: Path) -> None:
    """One document of all rows, by a mapping; what is an account of items is refused with its section."""
    (tmp_path / "balances.toml").write_text(BALANCES, encoding="utf-8")
    table = tmp_path / "balances.csv"
    table.write_text("Date,Account,Debit\n2026-06-30,1002,9000.00\n2026-06-30,4001,-8000.00\n", encoding="utf-8")
    report = import_paths(company.ledger, [table])
    assert (report.new, report.refused) == (1, [])
    with company.ledger.read() as context:
        lines = statement(context, "trial-balance", EVERYTHING)["lines"]
        amounts = {account["account"]: account["amount"] for line in lines for account in line["accounts"]}
        assert amounts["Equity:Opening"] == "-1000.00"
    assert company.problems() == []


def test_a_table_makes_one_list(tmp_path: Path) -> None:
    """Rows are lots or balances; open orders have lines of their own and come as JSON."""
    path = tmp_path / "both.toml"
    path.write_text(BALANCES + '\n[[document.lots]]\nsku = { column = "SKU" }\n', encoding="utf-8")
    with pytest.raises(BadMapping, match="balances and lots: the rows of a table make one list"):
        load_mapping(path, "CNY")
    path.write_text(BALANCES.replace("document.balances", "document.open_orders"), encoding="utf-8")
    with pytest.raises(BadMapping, match="open_orders have lists of their own"):
        load_mapping(path, "CNY")
