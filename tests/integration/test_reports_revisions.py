"""The revision history of an order's profit: every posting that moved it is in one revision, and the last leaves the contribution."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import URL

from fava_ext.order_profit.words import words_of
from ledger.errors import InvalidQuery, NotFound
from ledger.reports.order_profit import order_profit
from ledger.reports.orders import list_orders
from ledger.reports.revision_reasons import WORDS, reason_of
from ledger.reports.revision_reasons import words_of as words_of_reason
from ledger.reports.revisions import list_revisions
from ledger.state.records import PROFIT_FIELDS
from tests.company import Company
from tests.report_books import ENGINES, ReportBooks, busy_shop, by_hand, facts_of, lent_books, no_money_as_float, pages_of, sums_of


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBooks]:
    """Lend the books of a busy shop."""
    with lent_books(request, tmp_path_factory) as made:
        busy_shop(made)
        yield made


def references(books: ReportBooks) -> list[str]:
    """Return every order as source/number."""
    with books.reading() as ctx:
        return [f"{item['source']}/{item['order']}" for item in list_orders(ctx, limit=500)["items"]]


def test_revisions_are_the_postings_and_end_at_the_contribution(books: ReportBooks) -> None:
    """Entry by entry, whatever the page's size; a hand-written entry stands last, marked, and counts."""
    names = references(books)
    number = names[3].partition("/")[2]
    hand = (by_hand("2026-05-05", ("Expenses:Packaging", 123, number, None), ("Assets:Bank", -123, None, None), line=7),)
    reasons: set[str] = set()
    with books.reading(hand) as ctx:
        facts = facts_of(ctx.connection, hand)
        for name in names:
            profit = order_profit(ctx, name, revisions=True)
            items = profit["revisions"]
            no_money_as_float(items)
            for size in (1, 3):
                fetch = partial(list_revisions, ctx, name, limit=size)
                assert [item for page in pages_of(fetch) for item in page["items"]] == items
            reached = Decimal(0)
            for item in items:
                reached += Decimal(item["contribution"])
                assert Decimal(item["contribution_after"]) == reached
                assert any(field in item for field in PROFIT_FIELDS) and item["what"]
                assert all(Decimal(item[field]) for field in PROFIT_FIELDS if field in item)
            assert reached == Decimal(profit["contribution"])
            sums = sums_of(fact for fact in facts if fact.values["order"] == profit["order"]).fields
            for field in PROFIT_FIELDS:
                assert sum(Decimal(item.get(field, "0")) for item in items) == Decimal(ctx.money(sums[field])) == Decimal(profit[field])
            seqs = [item["seq"] for item in items if item["seq"] is not None]
            assert seqs == sorted(seqs)
            reasons |= {item["reason"] for item in items}
        last = order_profit(ctx, names[3], revisions=True)["revisions"][-1]
        assert (last["unadopted"], last["line"], last["entry"], last["packaging"]) == (True, 7, None, "1.23")
    assert reasons >= {"shipment", "cover", "freight-in", "freight-out", "supplier_invoice", "by-hand"}


def test_a_late_cost_is_a_revision_of_its_day(company: Company) -> None:
    """Sold, covered, freight weeks later, one unit back: what, when, by how much, and what was left."""
    company.sell("SO-1", "2026-01-10", 2)
    company.buy("PO-1", "2026-01-12", 10, "40.00")
    company.charge("F-1", "2026-02-10", "10.00", ["PO-1"])
    company.post("return", "R-1", "2026-02-12", order="SO-1", lines=[{"sku": "X", "quantity": "1"}])
    with company.ledger.read() as ctx:
        found = order_profit(ctx, "SO-1", revisions=True)["revisions"]
        assert "revisions" not in order_profit(ctx, "SO-1")
    assert [(one["document"], one["date"], one["reason"], one["contribution"], one["contribution_after"]) for one in found] == [
        ("shop/shipment/SO-1", "2026-01-10", "shipment", "200.00", "200.00"),
        ("shop/purchase/PO-1", "2026-01-12", "cover", "-80.00", "120.00"),
        ("shop/freight_bill/F-1", "2026-02-10", "freight-in", "-2.00", "118.00"),
        ("shop/return/R-1", "2026-02-12", "return", "-59.00", "59.00"),
    ]
    assert (found[1]["product_cost"], found[2]["landed_cost"]) == ("80.00", "2.00")


def test_freight_that_finds_its_order_says_so(company: Company) -> None:
    """It moves there with the shipment, in an entry of its own."""
    line = {"amount": "7.00", "direction": "outbound", "tracking": ["T-1"]}
    company.post("freight_bill", "F-1", "2026-01-05", carrier="SF", lines=[line])
    company.buy("PO-1", "2026-01-05", 5, "40.00")
    company.post("order", "SO-1", "2026-01-06", customer="C", lines=[{"sku": "X", "quantity": "1", "unit_price": "90.00"}])
    company.post("shipment", "S-1", "2026-01-07", order="SO-1", tracking="T-1")
    with company.ledger.read() as ctx:
        found = list_revisions(ctx, "SO-1")["items"]
    assert [(one["reason"], one["contribution"]) for one in found] == [("shipment", "50.00"), ("freight-found", "-7.00")]


def test_more_revisions_than_a_page_lead_on(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profit shows the first ones and says where the list goes on."""
    company.buy("PO-1", "2026-01-05", 5, "40.00")
    company.sell("SO-1", "2026-01-10", 1)
    for number in range(4):
        company.charge(f"F-{number}", "2026-02-10", "10.00", ["PO-1"])
    monkeypatch.setattr("ledger.reports.revisions.revisions_of.__defaults__", (2, None))
    with company.ledger.read() as ctx:
        profit = order_profit(ctx, "SO-1", revisions=True)
        rest = list_revisions(ctx, "SO-1", after=profit["revisions_next"])["items"]
    assert len(profit["revisions"]) == 2 and len(rest) == 3
    assert rest[-1]["contribution_after"] == profit["contribution"] == "52.00"


def test_questions_without_sense_are_refused(store_url: URL) -> None:
    """An unknown order, a cursor of another list, a page without items."""
    with ReportBooks(store_url) as made:
        busy_shop(made, 40)
        name = references(made)[0]
        with made.reading() as ctx:
            with pytest.raises(NotFound):
                list_revisions(ctx, "nobody")
            for query in ({"limit": 0}, {"limit": 501}, {"after": "x"}):
                with pytest.raises(InvalidQuery):
                    list_revisions(ctx, name, **query)  # type: ignore[arg-type]


def test_every_reason_is_said_in_both_languages() -> None:
    """A kind without words of its own is said by its name."""
    for language in ("en", "zh"):
        for reason in WORDS:
            assert words_of(language).revision(reason, "?") != "?"
    assert words_of("zh").revision("gift_card_sale", "gift card sale") == words_of_reason("gift_card_sale") == "gift card sale"
    assert reason_of("entry", "Cover of something", ["other"]) == "entry"
