"""The sample company in books/sample: it goes in without a refusal, its books hold, and every report has something to show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from importers.run import import_paths
from ledger.documents import KINDS
from ledger.reports.alerts import alerts
from ledger.reports.context import Context
from ledger.reports.customers import customers
from ledger.reports.entries import entry_by_voucher
from ledger.reports.entry_list import list_entries
from ledger.reports.inventory import inventory
from ledger.reports.order_profit import order_profit
from ledger.reports.orders import list_orders, order_detail
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.profit_by import DIMENSIONS, profit_by
from ledger.reports.stages import stages
from ledger.reports.statements import NAMES, statement
from ledger.reports.tabular import table_of
from tests.company import Company
from tests.sample_company import FOLDER, STRAY, documents, files

PERIODS = ("2026", "2026-03", "2026-04", "2026-05", "2026-06")
PAGE = 200

REPORTS: dict[str, Callable[[Context], dict[str, Any]]] = {
    "alerts": alerts,
    "customers": customers,
    "entries": list_entries,
    "inventory": inventory,
    "orders": list_orders,
    "stages": stages,
    "ledger of the bank": lambda ctx: statement(ctx, "general-ledger", EVERYTHING, account="bank", limit=PAGE),
    # Categories stand in people's files, and cash flow has no items so far.
    **{f"profit by {by}": lambda ctx, by=by: profit_by(ctx, by) for by in DIMENSIONS if by != "category"},
    **{name: lambda ctx, name=name: statement(ctx, name, EVERYTHING) for name in NAMES if name != "cash-flow"},
}


def test_the_files_are_what_the_script_writes() -> None:
    """`python -m tests.sample_company` rewrites them, byte for byte the same."""
    assert {path.name: path.read_bytes().decode() for path in FOLDER.glob("*.ndjson")} == files()


def test_every_kind_of_document_occurs() -> None:
    kinds = Counter(body["kind"] for body in documents())
    assert KINDS.keys() - kinds.keys() == set(), "tests/sample_company.py is to show these too"
    assert 120 <= kinds["order"] <= 160


@pytest.fixture
def sample(company: Company) -> Iterator[Company]:
    """Lend the books of the sample, imported as `make run` does it."""
    report = import_paths(company.ledger, sorted(FOLDER.glob("*.ndjson")))
    assert report.refused == []
    assert report.new == len(documents())
    yield company


def by_day(bodies: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Group documents by day as they follow each other; the import has an order of its own within one."""
    names = ("kind", "source", "number")
    days = groupby(bodies, key=lambda body: body["date"])
    return [(day, sorted("/".join(body[name] for name in names) for body in group)) for day, group in days]


def test_it_is_recorded_in_the_order_of_the_files_and_the_books_hold(sample: Company) -> None:
    assert sample.problems() == []
    recorded = [
        json.loads(line)["document"]
        for path in sorted(sample.books.glob("journal/*/*.documents.ndjson"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert by_day(recorded) == by_day(documents())
    again = import_paths(sample.ledger, [FOLDER])
    assert (again.new, again.replayed, again.refused) == (0, len(recorded), [])


def test_orders_and_unallocated_are_the_income_statement(sample: Company) -> None:
    with sample.ledger.read() as ctx:
        for period in map(parse_period, PERIODS):
            income = {line["id"]: line["amount"] for line in statement(ctx, "income", period)["lines"]}
            for by in DIMENSIONS:
                answer = profit_by(ctx, by, period)
                parts = [*answer["items"], answer["unallocated"]]
                assert answer["next"] is None
                for name, line in (("revenue", "revenue"), ("contribution", "contribution"), ("net", "net-income")):
                    assert sum(Decimal(part[name]) for part in parts) == Decimal(answer["total"][name]) == Decimal(income[line])


def test_every_report_has_something_to_show(sample: Company) -> None:
    with sample.ledger.read() as ctx:
        for name, report in REPORTS.items():
            answer = report(ctx)
            assert len(answer.get("items") or answer["lines"]) >= 3, name
            assert len(table_of(answer).rows) >= 3, name
        income = {line["id"]: Decimal(line["amount"]) for line in statement(ctx, "income", EVERYTHING)["lines"]}
        assert {name for name, amount in income.items() if not amount} <= {"price-variance"}, "no document brings that so far"
        entry = list_entries(ctx, account="goods_in_transit")["items"][0]
        assert entry_by_voucher(ctx, entry["voucher"]) == entry


def test_what_the_sample_is_made_to_show(sample: Company) -> None:
    """Losses, estimates, stock sold before it came, freight that matches late or never, open balances of every sort."""
    with sample.ledger.read() as ctx:
        page = list_orders(ctx, sort="contribution", limit=PAGE)
        assert page["next"] is None
        orders = {order["order"]: order for order in page["items"]}
        assert len([order for order in orders.values() if Decimal(order["contribution"]) < 0]) >= 3
        states = Counter(order["state"] for order in orders.values())
        assert states["estimated"] >= 10
        assert states["final"] >= 100

        found = alerts(ctx)["items"]
        assert [one["sku"] for one in found if one["what"] == "owed"] == ["龙井礼盒"]
        waiting = " ".join(one["detail"] for one in found if one["what"] == "freight-unmatched")
        assert STRAY[3] in waiting
        assert "PO-118" in waiting
        assert STRAY[4] not in waiting

        narrations = {entry["narration"] for name in orders for entry in order_profit(ctx, name)["entries"]}
        assert {text for text in narrations if text.startswith("Cover of")} == {"Cover of TEA-BHYZ-100 sold before it came"}
        assert "Freight billed earlier finds its target" in narrations

        details = [order_detail(ctx, name) for name in orders]
        for balance in ("receivable", "contract_liability", "vat_pending", "customer_deposit", "refund_liability"):
            assert any(Decimal(one["balances"][balance]) > 0 for one in details), balance
        sheet = {line["id"]: Decimal(line["amount"]) for line in statement(ctx, "balance-sheet", EVERYTHING)["lines"]}
        for line in ("gift-card", "stated-cost", "accrued-freight", "goods-in-transit", "clearing", "bank"):
            assert sheet[line] > 0, line
        assert not sheet["marketplace-tax"], "it was collected, and never ours"
