"""Lists of orders, one order's detail and profit, and lists of entries: from books in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL, event

from ledger.errors import AmbiguousReference, InvalidQuery, NotFound
from ledger.reports import order_profit as order_profit_module
from ledger.reports.context import Context
from ledger.reports.entries import entries_of_document, entry_by_voucher
from ledger.reports.entry_list import list_entries
from ledger.reports.order_profit import order_profit
from ledger.reports.order_sorts import SORTS
from ledger.reports.order_walks import RARE_MAX
from ledger.reports.orders import list_orders, order_detail
from ledger.reports.pages import encode_cursor
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.profit_view import profit_json
from tests.report_books import (
    ENGINES,
    ReportBooks,
    busy_shop,
    by_hand,
    document,
    facts_of,
    lent_books,
    no_money_as_float,
    pages_of,
    sums_of,
)

HAND = (
    by_hand("2026-04-10", ("Expenses:Packaging", 505, "KEY-1", None), ("Assets:Bank", -505, None, None), line=7),
    by_hand("2026-06-11", ("Income:Sales", -9_900_000, "KEY-2", "CUP-02"), ("Assets:Bank", 9_900_000, None, None), line=12),
)

WORKED_EXAMPLE = (
    document("purchase", "R-1", "2026-01-05", supplier="Mill", lines=[{"sku": "TEA-01", "quantity": "100", "unit_price": "10.20"}]),
    document(
        "order",
        "SO-1",
        "2026-01-06",
        customer="Lin",
        channel="tmall",
        prices_include_tax=True,
        lines=[{"sku": "TEA-01", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}],
    ),
    document("payment", "P-1", "2026-01-06", order="SO-1", amount="904.00", account="bank"),
    document(
        "shipment",
        "S-1",
        "2026-01-08",
        order="SO-1",
        carrier="SF",
        lines=[{"sku": "TEA-01", "quantity": "25"}],
        estimated_freight="18.00",
    ),
    document(
        "freight_bill",
        "F-1",
        "2026-02-03",
        carrier="Sea",
        lines=[{"amount": "100.00", "tax_rate": "0.09", "direction": "inbound", "purchases": ["R-1"]}],
    ),
    document("return", "RET-1", "2026-02-05", order="SO-1", lines=[{"sku": "TEA-01", "quantity": "2"}]),
)

BILL = document(
    "freight_bill",
    "F-2",
    "2026-02-10",
    carrier="SF",
    lines=[{"amount": "19.50", "direction": "outbound", "shipments": ["S-1"]}],
)


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made)
        lines = [{"sku": "TEA-01", "quantity": "2", "unit_price": "50", "tax_rate": "0.13"}]
        for number in ("KEY-1", "KEY-2"):
            made.post(
                document("order", number, "2026-04-01", customer="Customer 2", channel="tmall", lines=lines),
                document("payment", f"P-{number}", "2026-04-01", order=number, amount="60.00", account="bank"),
                document("shipment", f"S-{number}", "2026-04-02", order=number),
            )
        yield made


@pytest.fixture
def example(store_url: URL) -> Iterator[ReportBooks]:
    """Lend the worked example, before its outbound freight is billed."""
    with ReportBooks(store_url) as made:
        made.post(*WORKED_EXAMPLE)
        yield made


def all_orders(ctx: Context, **query: Any) -> list[dict[str, Any]]:
    return [item for page in pages_of(partial(list_orders, ctx, **query)) for item in page["items"]]


def test_the_worked_example(example: ReportBooks) -> None:
    with example.reading() as ctx:
        found = order_profit(ctx, "SO-1")
    no_money_as_float(found)
    assert found["state"] == "estimated"
    wanted = "freight of shipment S-1 estimated at 18.00 CNY on 2026-01-08, not yet billed"
    assert found["pending"] == [{"what": "accrued", "detail": wanted}]
    figures = ("revenue", "refunds", "product_cost", "landed_cost", "gross_profit", "freight", "contribution", "margin")
    assert [found[name] for name in figures] == [
        "460.00", "40.00", "234.60", "23.00", "202.40", "18.00", "184.40", "0.4009",
    ]  # fmt: skip
    example.post(BILL)
    with example.reading() as ctx:
        found = order_profit(ctx, "shop/SO-1")
    assert (found["state"], found["pending"], found["freight"], found["contribution"]) == ("final", [], "19.50", "182.90")


def test_entries_show_only_what_is_the_orders(example: ReportBooks) -> None:
    with example.reading() as ctx:
        entries = order_profit(ctx, "SO-1")["entries"]
        assert [entry["document"].split("/")[1] for entry in entries] == [
            "payment", "shipment", "freight_bill", "return",
        ]  # fmt: skip
        bill = entries[2]
        assert [(p["account"], p["amount"], p["order"]) for p in bill["postings"]] == [("Expenses:COGS:Landed", "25.00", "SO-1")]
        whole = entry_by_voucher(ctx, bill["voucher"])
        assert len(whole["postings"]) == 4
        assert entries_of_document(ctx, bill["seq"]) == [whole]
        issued = next(p for p in entries[1]["postings"] if "quantity" in p)
        assert (issued["quantity"], issued["lot"]) == (
            "-25",
            {"label": "R-1", "date": "2026-01-05", "unit_price": "10.20"},
        )


def test_hand_written_entries_count_and_are_marked(example: ReportBooks) -> None:
    hand = (
        by_hand("2026-02-06", ("Expenses:Packaging", 240, "shop/SO-1", None), ("Assets:Bank", -240, None, None), line=3),
        by_hand("2026-02-06", ("Expenses:Packaging", 999, "SO-2", None), ("Assets:Bank", -999, "SO-2", None), line=9),
    )
    with example.reading(hand) as ctx:
        found = order_profit(ctx, "SO-1")
    assert (found["packaging"], found["contribution"]) == ("2.40", "182.00")
    last = found["entries"][-1]
    assert (last["unadopted"], last["voucher"], last["line"]) == (True, None, 3)
    assert [p["account"] for p in last["postings"]] == ["Expenses:Packaging"]
    assert len(found["entries"]) == 5


def test_more_entries_than_fit_go_on_in_the_list(example: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    with example.reading() as ctx:
        everything = order_profit(ctx, "SO-1")["entries"]
        monkeypatch.setattr(order_profit_module, "ENTRIES_MAX", 3)
        found = order_profit(ctx, "SO-1")
        rest = list_entries(ctx, order="SO-1", after=found["entries_next"])
        assert found["entries"] + rest["items"] == everything and rest["next"] is None


def test_references(example: ReportBooks) -> None:
    other = {"sku": "TEA-01", "quantity": "1", "unit_price": "30"}
    example.post(
        document("order", "SO-1", "2026-03-01", source="web", customer="Wu", lines=[other]),
        document("order", "web/SO-1", "2026-03-01", source="till", customer="Wu", lines=[other]),
    )
    with example.reading() as ctx:
        with pytest.raises(AmbiguousReference, match="shop/SO-1, web/SO-1"):
            order_profit(ctx, "SO-1")
        for reference in ("shop/SO-1", "web/SO-1", "till/web/SO-1"):
            found = order_profit(ctx, reference)
            assert f"{found['source']}/{found['order']}" == reference
        for nonsense in ("SO-9", "nowhere/SO-1", "/", "SO-1/"):
            with pytest.raises(NotFound):
                order_profit(ctx, nonsense)
        for nonsense in ("", "a\x00b", "x" * 400):
            with pytest.raises(InvalidQuery):
                order_profit(ctx, nonsense)


def test_owed_stock_is_pending(store_url: URL) -> None:
    line = {"sku": "CUP", "quantity": "3", "unit_price": "10"}
    with ReportBooks(store_url) as books:
        books.post(
            document("order", "O-1", "2026-03-01", customer="Lin", lines=[line]),
            document("shipment", "S-1", "2026-03-02", order="O-1"),
        )
        with books.reading() as ctx:
            assert order_profit(ctx, "O-1")["pending"] == [{"what": "owed", "detail": "3 CUP owed since 2026-03-02"}]
            assert [item["order"] for item in list_orders(ctx, state="estimated")["items"]] == ["O-1"]
            assert list_orders(ctx, state="final")["items"] == []


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
@pytest.mark.parametrize("down", ["", "-"])
def test_every_sort_pages_through_every_order(books: ReportBooks, hand: Any, down: str) -> None:
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for name in SORTS:
            whole = all_orders(ctx, sort=down + name, limit=500)
            assert all_orders(ctx, sort=down + name, limit=1) == whole
            assert all_orders(ctx, sort=down + name, limit=7) == whole
            values = [item[name] for item in whole if item[name] is not None]
            assert [item[name] for item in whole[: len(values)]] == values, "orders without a value come last"
            keys = values if name == "date" else [float(value) for value in values]
            assert keys == sorted(keys, reverse=bool(down))
        for item in whole:
            wanted = profit_json(ctx, sums_of(f for f in facts if f.values["order"] == item["order"]))
            assert {field: item[field] for field in wanted} == wanted
        assert len({item["order"] for item in whole}) == len(whole) > 20


def test_filters(books: ReportBooks) -> None:
    with books.reading() as ctx:
        whole = all_orders(ctx)
        queries: list[tuple[dict[str, Any], Any]] = [
            ({"customer": "Customer 2"}, lambda one: one["customer"] == "Customer 2"),
            ({"channel": "tmall"}, lambda one: one["channel"] == "tmall"),
            ({"state": "final"}, lambda one: one["state"] == "final"),
            ({"state": "estimated"}, lambda one: one["state"] == "estimated"),
            ({"period": parse_period(None, "2026-04-01", None)}, lambda one: one["date"] >= "2026-04-01"),
            ({"period": parse_period("2026-04")}, lambda one: one["date"][:7] == "2026-04"),
            (
                {"customer": "Customer 0", "channel": "tmall", "state": "final"},
                lambda one: (one["customer"], one["channel"], one["state"]) == ("Customer 0", "tmall", "final"),
            ),
            ({"customer": "nobody"}, lambda one: one is None),
        ]
        for query, fits in queries:
            wanted = {one["order"] for one in whole if fits(one)}
            for sort in ("-date", "margin", "-contribution"):
                found = all_orders(ctx, **query, sort=sort, limit=3)
                assert {one["order"] for one in found} == wanted and len(found) == len(wanted), (query, sort)


def test_filters_that_many_orders_pass_give_the_same(books: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    with books.reading(HAND) as ctx:
        query = {"channel": "tmall", "state": "final", "period": parse_period("2026"), "sort": "-margin", "limit": 2}
        few = all_orders(ctx, **query)
        monkeypatch.setattr("ledger.reports.order_walks.RARE_MAX", 0)
        assert all_orders(ctx, **query) == few and few
    assert RARE_MAX > 0


@pytest.mark.parametrize("sort", ["margin", "-margin", "date", "-contribution"])
def test_a_bounded_walk_goes_on_where_it_was_given_up(books: ReportBooks, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    """With a bound of one order a page most pages are empty, and together they are the list."""
    query: dict[str, Any] = {"channel": "tmall", "state": "final", "period": parse_period("2026"), "sort": sort, "limit": 2}
    with books.reading(HAND) as ctx:
        whole = all_orders(ctx, **query)
        monkeypatch.setattr("ledger.reports.order_walks.RARE_MAX", 0)
        monkeypatch.setattr("ledger.reports.order_walks.WALK_PER_ORDER", 0)
        found, pages, after = [], 0, None
        while pages == 0 or after is not None:
            page = list_orders(ctx, **query, after=after)
            found, pages, after = found + page["items"], pages + 1, page["next"]
        assert found == whole and pages > len(whole) > 2


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "customer"},
        {"sort": "--date"},
        {"state": "open"},
        {"limit": 0},
        {"after": "x"},
        {"after": encode_cursor(5, 5)},
        {"after": encode_cursor("tomorrow", 5)},
        {"sort": "margin", "after": encode_cursor("2026-01-01", 5)},
        {"sort": "margin", "after": encode_cursor(2**70, 5)},
        {"customer": "a\x00"},
    ],
)
def test_lists_without_sense_are_refused(example: ReportBooks, query: dict[str, Any]) -> None:
    with example.reading() as ctx, pytest.raises(InvalidQuery):
        list_orders(ctx, **query)


def test_detail(example: ReportBooks) -> None:
    with example.reading() as ctx:
        found = order_detail(ctx, "SO-1")
    no_money_as_float(found)
    (line,) = found["lines"]
    assert {name: line[name] for name in ("quantity", "shipped", "returned", "amount", "tax", "recognised")} == {
        "quantity": "40", "shipped": "25", "returned": "2", "amount": "800.00", "tax": "104.00", "recognised": "500.00",
    }  # fmt: skip
    assert [stage["stage"] for stage in found["stages"]] == ["placed", "paid", "shipped", "returned"]
    assert found["stages"][2]["document"] == "shop/shipment/S-1"
    assert [one["document"] for one in found["documents"]] == [
        "shop/order/SO-1", "shop/payment/P-1", "shop/shipment/S-1", "shop/freight_bill/F-1", "shop/return/RET-1",
    ]  # fmt: skip
    assert found["balances"]["refund_liability"] == "45.20" and found["balances"]["contract_liability"] == "300.00"


@pytest.mark.parametrize("hand", [(), HAND], ids=["store", "with-hand"])
def test_entries_page_by_page(books: ReportBooks, hand: Any) -> None:
    queries: list[dict[str, Any]] = [
        {},
        {"account": "bank"},
        {"account": "Assets:Inventory:TEA-01"},
        {"order": "KEY-2"},
        {"account": "receivable", "order": "KEY-2"},
        {"period": parse_period("2026-04")},
        {"account": "Assets:Bank", "period": parse_period(None, "2026-04-05", "2026-07-01")},
        {"period": parse_period("1999")},
    ]
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for query in queries:
            page = list_entries(ctx, **query, limit=500)
            whole = page["items"]
            paged = [item for short in pages_of(partial(list_entries, ctx, **query, limit=3)) for item in short["items"]]
            assert paged == whole and page["next"] is None
            period = query.get("period", EVERYTHING)
            assert all(period.holds(entry["date"]) for entry in whole)
            if set(query) <= {"period"}:
                amounts = sorted(ctx.money(f.amount) for f in facts if period.holds(f.date))
                assert sorted(p["amount"] for entry in whole for p in entry["postings"]) == amounts
            if "order" in query:
                assert all(p["order"] == "KEY-2" for entry in whole for p in entry["postings"])


def test_entries_of_unknown_accounts_are_not_found(example: ReportBooks) -> None:
    with example.reading() as ctx:
        for account in ("Assets:Nowhere", "nothing", "clearing:"):
            with pytest.raises(NotFound):
                list_entries(ctx, account=account)
        with pytest.raises(NotFound):
            entry_by_voucher(ctx, "记-2026-01-999")
        assert list_entries(ctx, account="clearing:taobao")["items"] == []


def test_a_page_of_large_entries_is_cut_short(example: ReportBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.reports.entry_list.POSTINGS_OF_PAGE_MAX", 5)
    with example.reading() as ctx:
        seen = [page["items"] for page in pages_of(partial(list_entries, ctx))]
        assert all(len(items) == 1 or sum(len(e["postings"]) for e in items) <= 5 for items in seen)
        assert [e["voucher"] for items in seen for e in items] == [f"记-2026-01-{n}" for n in (1, 2, 3)] + [
            f"记-2026-02-{n}" for n in (1, 2)
        ]


def test_no_list_asks_once_for_each_row(books: ReportBooks) -> None:
    """The number of statements does not grow with the page."""
    with books.reading(HAND) as ctx:
        statements: list[str] = []
        event.listen(ctx.connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        counts = []
        for limit in (2, 30):
            statements.clear()
            list_orders(ctx, limit=limit, sort="-margin")
            list_entries(ctx, limit=limit)
            counts.append(len(statements))
        assert counts[1] <= counts[0] + 4
