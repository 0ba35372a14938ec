"""The sample company in books/sample: it goes in without a refusal, its books hold, and every report has something to show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import URL

from importers.run import import_paths
from ledger.documents import KINDS
from ledger.documents.payouts import LINE_TYPES
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
from tests.sample.partners import HOME, JD, ON_STATEMENT, SHENZHEN, SHOPIFY, STRAY, TMALL
from tests.sample.writing import cents, gross
from tests.sample_company import FOLDER, documents, files

MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
LAST_MONTH = MONTHS[-1]
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


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    """Return the sample's documents of some kinds."""
    return [body for body in documents() if body["kind"] in kinds]


def payout_lines(*types: str) -> list[dict[str, Any]]:
    """Return the lines of some types of all payouts."""
    return [line for body in of_kind("payout") for line in body["lines"] if line["type"] in types]


def amounts(ctx: Context, name: str) -> dict[str, int]:
    """Return a statement's amounts in cents by line."""
    return {line["id"]: cents(line["amount"]) for line in statement(ctx, name, EVERYTHING)["lines"]}


def postings(ctx: Context, account: str) -> list[dict[str, Any]]:
    """Return all postings of an account with its running balance."""
    page = statement(ctx, "general-ledger", EVERYTHING, account=account, limit=PAGE)
    lines: list[dict[str, Any]] = page["lines"]
    while page["next"] is not None:
        page = statement(ctx, "general-ledger", EVERYTHING, account=account, limit=PAGE, after=page["next"])
        lines += page["lines"]
    return lines


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Lend the books of the sample, imported as `make run` does it, once on each engine: nothing here changes them."""
    folder = tmp_path_factory.mktemp("sample")
    with ExitStack() as stack:
        store_url = URL.create("sqlite", database=str(folder / "store.db"))
        if request.param == "postgresql":
            store_url = stack.enter_context(request.getfixturevalue("postgres_server").new_database())
        company = Company(folder / "books", store_url)
        stack.callback(company.ledger.close)
        report = import_paths(company.ledger, sorted(FOLDER.glob("*.ndjson")))
        assert report.refused == []
        assert report.new == len(documents())
        yield company
        assert company.problems() == []


# The files


def test_the_files_are_what_the_script_writes() -> None:
    """`python -m tests.sample_company` rewrites them, byte for byte the same."""
    assert {path.name: path.read_bytes().decode() for path in FOLDER.glob("*.ndjson")} == files()


def test_every_kind_of_document_occurs() -> None:
    """All but an opening: the company is new."""
    kinds = Counter(body["kind"] for body in documents())
    assert KINDS.keys() - kinds.keys() - {"opening"} == set(), "tests/sample is to show these too"
    assert 120 <= kinds["order"] <= 170


def test_every_month_and_platform_has_a_payout_and_every_line_of_one_occurs() -> None:
    assert {line["type"] for line in payout_lines(*LINE_TYPES)} == set(LINE_TYPES)
    expected = sorted((channel.name, month) for channel in (TMALL, JD, SHOPIFY) for month in MONTHS)
    assert sorted((body["channel"], body["date"][:7]) for body in of_kind("payout")) == expected


# The books


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
        for period in map(parse_period, ("2026", *MONTHS)):
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
        assert [name for name, amount in amounts(ctx, "income").items() if not amount] == []
        entry = list_entries(ctx, account="goods_in_transit")["items"][0]
        assert entry_by_voucher(ctx, entry["voucher"]) == entry


# Its stories


def test_losses_estimates_and_open_balances_of_every_sort(sample: Company) -> None:
    """Stock sold before it came, freight that matches late or never."""
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
        sheet = amounts(ctx, "balance-sheet")
        for line in ("gift-card", "stated-cost", "accrued-freight", "goods-in-transit", "reserve"):
            assert sheet[line] > 0, line
        assert not sheet["marketplace-tax"], "it was collected, and never ours"


def test_platforms_hold_what_was_paid_since_their_last_payout(sample: Company) -> None:
    """Each clearing account is positive and small: orders of the last month, and of no other."""
    with sample.ledger.read() as ctx:
        for channel in (TMALL, JD, SHOPIFY):
            lines = postings(ctx, channel.account)
            came_in = sum(cents(line["debit"]) for line in lines if line["date"] >= LAST_MONTH)
            assert 0 < cents(lines[-1]["balance"]) < came_in // 2, channel.name
            held: Counter[str] = Counter()
            for line in lines:
                held[line["order"]] += cents(line["amount"])
            assert {order_detail(ctx, order)["date"][:7] for order, amount in held.items() if amount} == {LAST_MONTH}


def test_one_chargeback_is_won_and_one_lost(sample: Company) -> None:
    """Nothing is in dispute at the end; what was lost is a bad debt of its order, beside what was written off."""
    claimed = {line["order"]: -cents(line["amount"]) for line in payout_lines("chargeback")}
    [lost], [won] = payout_lines("chargeback_lost"), payout_lines("chargeback_won")
    written_off = sum(cents(body["amount"]) for body in of_kind("write_off"))
    with sample.ledger.read() as ctx:
        assert not amounts(ctx, "balance-sheet")["disputes"]
        assert cents(order_profit(ctx, lost["order"])["bad_debt"]) == claimed[lost["order"]]
        assert cents(order_profit(ctx, won["order"])["bad_debt"]) == 0
        assert amounts(ctx, "income")["bad-debt"] == claimed[lost["order"]] + written_off


def test_goods_received_and_not_invoiced(sample: Company) -> None:
    """GR/IR is the receipts without an invoice; one invoice came before its goods."""
    receipts, invoices = of_kind("receipt"), of_kind("supplier_invoice")
    invoiced = {name for body in invoices for name in (*body.get("receipts", ()), body.get("purchase_order"))}
    waiting = [body for body in receipts if not invoiced & {body["number"], body["purchase_order"]}]
    came = {body["purchase_order"]: body["date"] for body in receipts}
    assert [body["date"] < came[body["purchase_order"]] for body in invoices if "purchase_order" in body] == [True]
    with sample.ledger.read() as ctx:
        assert amounts(ctx, "balance-sheet")["grir"] == sum(gross(body["lines"]) for body in waiting) > 0


def test_price_differences_reach_orders_that_had_taken_the_goods(sample: Company) -> None:
    """What went back to the supplier leaves its freight as a difference of no order."""
    with sample.ledger.read() as ctx:
        lines = postings(ctx, "price_variance")
        by_kind = {line["document"].split("/")[1] for line in lines if line["order"] is not None}
        assert "supplier_invoice" in by_kind
        assert len({line["order"] for line in lines}) >= 5
        assert {line["document"].split("/")[1] for line in lines if line["order"] is None} == {"supplier_return"}


def test_suppliers_and_carriers_are_paid_when_due(sample: Company) -> None:
    """Payable at the end are the bills that no payment names, all of the last month; the bank was never overdrawn."""
    paid = {name for body in of_kind("supplier_payment") for name in body["documents"]}
    with sample.ledger.read() as ctx:
        sheet = amounts(ctx, "balance-sheet")
        for line, kinds in (("payable-supplier", ("purchase", "supplier_invoice")), ("payable-carrier", ("freight_bill",))):
            unpaid = [body for body in of_kind(*kinds) if body["number"] not in paid]
            assert {body["date"][:7] for body in unpaid} == {LAST_MONTH}
            assert sheet[line] == sum(gross(body["lines"]) for body in unpaid)
        assert min(cents(line["balance"]) for line in postings(ctx, "bank")) > 0


def test_companies_that_pay_by_statement(sample: Company) -> None:
    """One payment settles several orders, named or the oldest first."""
    settlements = of_kind("settlement")
    assert {body["customer"] for body in settlements} == {*ON_STATEMENT}
    assert max(len(body.get("documents", ())) for body in settlements) >= 2
    with sample.ledger.read() as ctx:
        for name in (name for body in settlements for name in body.get("documents", ())):
            assert order_detail(ctx, name)["balances"]["receivable"] == "0.00"
        unnamed = {f"{body['source']}/settlement/{body['number']}" for body in settlements if "documents" not in body}
        assert len({line["order"] for line in postings(ctx, "receivable") if line["document"] in unnamed}) >= 2


def test_orders_called_off_owe_nothing(sample: Company) -> None:
    """A prepaid part and a whole order are paid back; the platform returned its fee too."""
    called_off = [body["order"] for body in of_kind("cancellation")]
    assert len(called_off) == 2
    with sample.ledger.read() as ctx:
        for name in called_off:
            assert set(order_detail(ctx, name)["balances"].values()) == {"0.00"}
        whole = order_profit(ctx, next(name for name in called_off if name.startswith(JD.prefix)))
        assert (whole["revenue"], whole["fees"], whole["contribution"]) == ("0.00", "0.00", "0.00")


def test_two_warehouses(sample: Company) -> None:
    """Goods move both ways, some parcels leave from the second one, and both hold stock at the end."""
    assert {(body["from"], body["to"]) for body in of_kind("transfer")} == {(HOME, SHENZHEN), (SHENZHEN, HOME)}
    assert len([body for body in of_kind("shipment") if body.get("warehouse") == SHENZHEN]) >= 3
    with sample.ledger.read() as ctx:
        assert {item["warehouse"] for item in inventory(ctx)["items"]} == {HOME, SHENZHEN}
