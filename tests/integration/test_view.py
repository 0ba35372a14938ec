"""Fava's view: its balances are the full books', whatever happens in whatever order, and however it is interrupted."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from beancount.core import data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.books_archive import book_files
from ledger.adoption import adopt_all
from ledger.books import files
from ledger.books.layout import MAIN, VIEW_INDEX, VIEW_MAIN, VIEW_STATE, view_day_path
from ledger.books.people import read_people
from ledger.creation import COSTINGS
from ledger.documents import read
from ledger.errors import LedgerError
from ledger.integrity import check, stock_beancount
from ledger.periods import close, reopen
from ledger.rebuild import rebuild
from ledger.service import Ledger
from ledger.view import keeper, plan
from ledger.view.keeper import ViewKeeper
from tests.company import Company
from tests.histories import Action, Shop, actions, openings
from tests.integration.test_currency import price, trade
from tests.view_books import Text, assert_same, boundary_of, detail_days, one_stock, view_files


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=actions,
    before=openings | st.just([]),
    costing=st.sampled_from(COSTINGS),
    days=st.integers(1, 6),
    published=st.integers(0, 2**20),
)
def test_any_history_has_the_balances_of_the_full_books(
    history: list[Action], before: list[Action], costing: str, days: int, published: int
) -> None:
    """Documents up to ten days out of order, oversold stock, late costs, returns, corrections, openings; published now and then."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder) / "books", f"sqlite:///{folder}/store.db", costing=costing)
        detail_days(company.books, str(days))
        shop = Shop()
        for number, body in enumerate(shop.documents(before + history)):
            shop.bodies.append(body)
            try:
                company.ledger.post([read(body, "CNY")])
            except LedgerError:
                continue
            if published >> number % 20 & 1:
                company.ledger.publish()
        company.ledger.publish()
        if (company.books / VIEW_INDEX).exists():
            assert_same(company)
        else:
            assert len(Text.load(company.books / "main.beancount").days) <= days
        assert company.problems() == []
        company.ledger.close()


@pytest.fixture
def shop(company: Company) -> Company:
    """Sell on ten days, from one lot and another; the last two days are in full."""
    detail_days(company.books, "2")
    company.buy("PO-1", "2026-03-01", 100, "10.00")
    company.buy("PO-2", "2026-03-04", 50, "12.3456", sku="Y")
    for day in range(1, 11):
        company.sell(f"SO-{day}", f"2026-03-{day:02}", 3)
    company.sell("SO-Y", "2026-03-10", 7, sku="Y")
    company.ledger.publish()
    return company


def test_closed_days_are_sums_and_open_days_are_in_full(shop: Company) -> None:
    """One entry a closed day, one a SKU, each with where the rest is to be found; entries of open days as they were posted."""
    full, view = assert_same(shop)
    assert boundary_of(shop.books) == datetime.date(2026, 3, 9)
    closed = [entry for entry in view.entries if entry.date < datetime.date(2026, 3, 9)]
    days = [entry for entry in closed if "closed-days" in entry.tags]
    stock = [entry for entry in closed if "closed-stock" in entry.tags]
    assert len(closed) == len(days) + len(stock) == 8 + 2
    assert [entry.meta["period"] for entry in days] == [f"2026-03-{day:02}" for day in range(1, 9)]
    assert days[0].meta["entries"] == "/api/v1/entries?from=2026-03-01&to=2026-03-01"
    assert [entry.meta["sku"] for entry in stock] == ["X", "Y"]
    assert {entry.meta["hash"] for entry in view.entries if "hash" in entry.meta} == {
        entry.meta["hash"] for entry in full.entries if entry.date >= datetime.date(2026, 3, 9)
    }


def test_what_comes_late_for_a_closed_day_is_in_its_sum(shop: Company) -> None:
    """Goods received, sold and paid freight for on days that are closed in the view, while open days go on."""
    before = view_files(shop.books)
    shop.buy("PO-9", "2026-03-03", 10, "7.77")
    shop.sell("SO-LATE", "2026-03-05", 4)
    shop.charge("F-1", "2026-03-06", "31.00", ["PO-1", "PO-2"])
    shop.sell("SO-11", "2026-03-10", 40)
    assert_same(shop)
    after = view_files(shop.books)
    assert after["index.beancount"] != before["index.beancount"]
    assert after["days/2026-03-10.beancount"].startswith(before["days/2026-03-10.beancount"])


def test_an_entry_of_an_open_day_is_only_appended(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is summed up again; a new day moves the boundary once."""
    made: list[str] = []
    text = keeper.index_text
    monkeypatch.setattr(keeper, "index_text", lambda *parts: made.append(parts[2]) or text(*parts))
    for number in range(3):
        shop.sell(f"SO-A{number}", "2026-03-10", 1)
        shop.ledger.publish()
    assert made == []
    shop.sell("SO-B", "2026-03-12", 1)
    shop.ledger.publish()
    assert made == ["2026-03-10"]
    assert not (shop.books / view_day_path("2026-03-09")).exists()
    assert_same(shop)


def test_months_of_long_ago_have_one_sum(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the view does not grow with the years; at a month's end everything is as in the full books."""
    monkeypatch.setattr("ledger.view.days.DAY_SUMS_MAX", 20)
    shop.sell("SO-A", "2026-04-10", 2)
    shop.sell("SO-B", "2026-04-11", 2)
    shop.sell("SO-C", "2026-05-02", 2)
    shop.sell("SO-D", "2026-05-03", 2)
    shop.ledger.publish()
    full, view = Text.load(shop.books / "main.beancount"), Text.load(shop.books / "view/main.beancount")
    sums = [entry for entry in view.entries if "closed-days" in entry.tags]
    assert [(str(entry.date), entry.meta["period"]) for entry in sums] == [
        ("2026-03-10", "2026-03"), ("2026-04-10", "2026-04-10"), ("2026-04-11", "2026-04-11"),
    ]  # fmt: skip
    assert sums[0].meta["entries"] == "/api/v1/entries?from=2026-03-01&to=2026-03-10"
    for day in (datetime.date(2026, 3, 31), *(day for day in full.days if day.month > 3)):
        assert one_stock(view.values(day)) == one_stock(full.values(day))
    assert view.errors == []
    monkeypatch.undo()
    (shop.books / VIEW_STATE).unlink()
    assert_same(shop)


def test_hand_written_entries_stay_as_they_are(shop: Company) -> None:
    """Of closed days too: they are in no sum, and not lost; an adopted one moves from the text into the sum."""
    manual = shop.books / "manual.beancount"
    text = '2026-03-02 * "Landlord" "Rent"\n  Expenses:Operating  {} CNY\n  Assets:Bank  -{} CNY\n'
    manual.write_text(text.format("70.00", "70.00") + text.replace("2026-03-02", "2026-03-10").format("5.00", "5.00"))
    shop.ledger.publish()
    full, view = assert_same(shop)
    assert [e.narration for e in view.entries].count("Rent") == [e.narration for e in full.entries].count("Rent") == 2
    assert shop.problems() == []
    adopt_all(shop.ledger)
    _, view = assert_same(shop)
    assert [str(e.date) for e in view.entries if e.narration == "Rent"] == ["2026-03-10"]


def test_closed_periods_closing_vouchers_and_reopening(tmp_path: Path, store_url: str) -> None:
    """The assertions of closed months hold in the view; closing vouchers are in neither."""
    company = Company(tmp_path / "cn", store_url, chart="cn")
    main = company.books / "main.beancount"
    main.write_text(main.read_text() + '1970-01-01 custom "orderledger" "closing-vouchers" "monthly"\n')
    detail_days(company.books, "2")
    company.buy("PO-1", "2026-03-01", 100, "10.00")
    for day in ("2026-03-05", "2026-03-31", "2026-04-02", "2026-04-03"):
        company.sell(f"SO-{day}", day, 3)
    close(company.ledger, "2026-03")
    company.ledger.publish()
    view = Text.load(company.books / "view/main.beancount")
    assert view.errors == []
    assert company.problems() == []
    assert any("balance" in line for line in (company.books / "journal/closings.beancount").read_text().splitlines())
    company.sell("SO-LATE", "2026-03-20", 1)
    reopen(company.ledger, "2026-03", "an invoice was missing")
    company.sell("SO-LATER", "2026-03-20", 1)
    assert company.problems() == []
    close(company.ledger, "2026-03")
    assert company.problems() == []
    company.ledger.close()


def test_foreign_units_of_closed_days(company: Company) -> None:
    """Dollars that came in and went out, at several rates, revalued at a month's end: units, base and assertions as in the full books."""
    detail_days(company.books, "1")
    trade(company)
    price(company, "2026-01-31 price USD 7.20 CNY")
    close(company.ledger, "2026-01")
    company.post("payment", "P-A", "2026-02-03", order="SO-A", amount="33.33", account="bank", rate="7.153", currency="USD")
    company.post("payment", "P-A2", "2026-02-03", order="SO-A", amount="66.67", account="bank", rate="7.151", currency="USD")
    company.post(
        "refund", "RF", "2026-02-04", order="SO-B", amount="0.01", account="bank", against="allowance", rate="7.11", currency="USD"
    )
    company.sell("SO-9", "2026-02-10", 1)
    full, view = assert_same(company)
    held = full.values(full.days[-1])
    assert held["Assets:Bank", "USD"] and held["Assets:Bank", "USD"] == view.values(full.days[-1])["Assets:Bank", "USD"]
    assert len([entry for entry in view.entries if "closed-days" in entry.tags]) == len(full.days) - 1
    assert company.problems() == []


def test_the_view_comes_when_the_books_have_grown(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the option: in full up to a number of entries, then as many last days as have few enough, but always the last one."""
    monkeypatch.setattr(plan, "FULL_ENTRIES_MAX", 6)
    monkeypatch.setattr(plan, "DETAIL_ENTRIES_MAX", 3)
    company.buy("PO-1", "2026-03-01", 100, "10.00")
    for day in range(1, 6):
        company.sell(f"SO-{day}", f"2026-03-{day:02}", 1)
    company.ledger.publish()
    assert not (company.books / "view").exists()
    company.sell("SO-6", "2026-03-06", 1)
    assert_same(company)
    assert boundary_of(company.books) == datetime.date(2026, 3, 4)
    for number in range(5):
        company.sell(f"SO-7-{number}", "2026-03-07", 1)
    assert_same(company)
    assert boundary_of(company.books) == datetime.date(2026, 3, 7)


def test_the_option_changes_while_it_runs(shop: Company) -> None:
    """More days than before come back in full, fewer go into sums, "all" and more days than there are open the full books."""
    for days, first in (("5", 6), ("1", 10), ("9", 2), ("2", 9)):
        detail_days(shop.books, days)
        assert_same(shop)
        assert boundary_of(shop.books) == datetime.date(2026, 3, first)
    for days in ("all", "10"):
        detail_days(shop.books, days)
        shop.ledger.publish()
        assert not (shop.books / "view").exists()
        detail_days(shop.books, "2")
        shop.ledger.publish()
        assert (shop.books / VIEW_INDEX).exists()
    (shop.books / "view/notes.txt").write_text("mine")
    detail_days(shop.books, "all")
    shop.ledger.publish()
    assert list(view_files(shop.books)) == ["notes.txt"]


@pytest.mark.parametrize("value", ["0", "-1", "31 days", "٣", "4000", ""])
def test_an_option_that_cannot_be_is_named(shop: Company, value: str) -> None:
    """And the size decides until it is mended."""
    detail_days(shop.books, value)
    shop.ledger.publish()
    assert not (shop.books / "view").exists()
    assert [one for one in read_people(shop.books).problems if "fava-detail-days" in one]
    assert any("fava-detail-days" in problem for problem in check(shop.ledger))
    detail_days(shop.books, "2")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """End the process before the n-th step that changes a file: `left` counts down, -1 never."""
    left = [-1]

    def step(*_: Any) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    for owner, name in ((files.os, "pwrite"), (files.os, "fsync"), (files.os, "ftruncate"), (Path, "replace"), (Path, "unlink")):
        real = getattr(owner, name)

        def watched(*given: Any, _real: Any = real, **more: Any) -> Any:
            step()
            return _real(*given, **more)

        monkeypatch.setattr(owner, name, watched)
    yield left


def test_it_comes_to_the_same_after_a_kill_at_any_step(company: Company, killer: list[int]) -> None:
    """Cut off before every write, fsync, rename and removal: whoever goes on ends with the files of one that was never interrupted."""
    detail_days(company.books, "2")
    company.buy("PO-1", "2026-03-01", 500, "10.00")
    for day in range(1, 5):
        company.sell(f"SO-{day}", f"2026-03-{day:02}", 3)
    company.ledger.publish()
    view, publisher = company.ledger.publisher.view, company.ledger.publisher
    for round_, day in enumerate(("2026-03-04", "2026-03-05", "2026-03-02")):
        steps = 0
        while True:
            publisher.view = None
            company.sell(f"SO-{round_}-{steps}", day, 1)
            company.sell(f"SO-{round_}-{steps}b", "2026-03-05", 1, sku=f"X{steps}")
            seq = company.ledger.publish()
            publisher.view = view
            killer[0] = steps
            try:
                ViewKeeper(company.ledger.database, company.books, company.ledger.people).keep(seq)
                break
            except Killed:
                steps += 1
            finally:
                killer[0] = -1
            assert (company.books / VIEW_INDEX).exists()
            included = (company.books / VIEW_INDEX).read_text().splitlines()
            named = [line.split('"')[1] for line in included if line.startswith("include")]
            assert all((company.books / "view" / name).exists() for name in named)
        assert steps > 5
        ViewKeeper(company.ledger.database, company.books, company.ledger.people).keep(seq)
        kept = view_files(company.books)
        (company.books / VIEW_STATE).unlink()
        ViewKeeper(company.ledger.database, company.books, company.ledger.people).keep(seq)
        assert view_files(company.books) == kept
    assert_same(company)


def test_it_leaves_the_books_with_nobody(shop: Company) -> None:
    """It is made of them, so that no archive of the books needs it."""
    assert not [path for path in book_files(shop.books) if path.parts[0] == "view"]
    assert Path("journal/index.beancount") in book_files(shop.books)


def test_a_rebuild_makes_it_anew(shop: Company) -> None:
    """From the text alone, on a store that is new."""
    before = view_files(shop.books)
    shop.ledger.close()
    rebuild(shop.books, shop.store_url)
    assert not (shop.books / "view").exists()
    shop.ledger = Ledger.open(shop.books, shop.store_url)
    assert_same(shop)
    assert view_files(shop.books)["index.beancount"] == before["index.beancount"]


def test_check_names_a_view_that_was_changed(shop: Company) -> None:
    """A sum, an entry in full, a lost file: each is told, and removing the view mends it."""
    for path, old, new in (
        (VIEW_INDEX, "1970-01-01 open", "1970-01-02 open"),
        (VIEW_INDEX, "all entries in one", "all entries"),
        (view_day_path("2026-03-10"), "300.00 CNY", "300.01 CNY"),
    ):
        text = (shop.books / path).read_text()
        assert old in text
        (shop.books / path).write_text(text.replace(old, new))
        problems = check(shop.ledger)
        assert any(path in problem and "is made anew" in problem for problem in problems), problems
        (shop.books / path).write_text(text)
        assert check(shop.ledger) == []
    (shop.books / VIEW_STATE).write_text("{}")
    assert any("not whole" in problem for problem in check(shop.ledger))
    for path in sorted((shop.books / "view").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (shop.books / "view").rmdir()
    assert check(shop.ledger) == []


def test_check_names_sums_of_days_that_differ(shop: Company) -> None:
    """The kept sums behind the view are recomputed from the postings."""
    with shop.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE view_day SET debit = debit + 1 WHERE account = 'Assets:Receivable'")
    assert any(problem.startswith("view_day:") for problem in check(shop.ledger))
    with shop.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE view_day SET debit = debit - 1 WHERE account = 'Assets:Receivable'")


def test_entries_on_closed_days_do_not_keep_it_busy(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its index was written it rests, but for entries of open days; what came meanwhile is caught up in one piece."""
    now, worked = [1_000.0], [0.0]
    monkeypatch.setattr(keeper.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(keeper.time, "thread_time", lambda: worked[0])
    text = keeper.index_text

    def slow(*parts: Any) -> str:
        worked[0] += 0.5
        return text(*parts)

    monkeypatch.setattr(keeper, "index_text", slow)
    view = ViewKeeper(shop.ledger.database, shop.books, shop.ledger.people)
    shop.ledger.publisher.view = None

    def keep(order: str, date: str) -> bool:
        before = (shop.books / VIEW_STATE).read_text()
        shop.sell(order, date, 1)
        view.keep(shop.ledger.publish())
        return (shop.books / VIEW_STATE).read_text() != before

    assert [keep("SO-L1", "2026-03-02"), keep("SO-O1", "2026-03-10"), keep("SO-L2", "2026-03-02")] == [True, True, False]
    assert not keep("SO-O2", "2026-03-10"), "behind a late one"
    assert view.is_due(shop.ledger.publisher.published_seq())
    now[0] += 0.5 * keeper.REST
    assert keep("SO-O3", "2026-03-10")
    shop.ledger.publisher.view = view
    assert_same(shop)
    assert worked == [1.0]


def test_paths_of_the_main_file_lead_to_the_same_files(shop: Company) -> None:
    """Includes and document folders that people wrote, from the view's own folder."""
    (shop.books / "receipts").mkdir()
    (shop.books / "more.beancount").write_text('2026-03-02 note Assets:Bank "said by hand"\n')
    main = shop.books / "main.beancount"
    main.write_text(main.read_text() + 'option "documents" "receipts"\ninclude "more.beancount"\n; include "nothing.beancount"\n')
    shop.ledger.publish()
    _, view = assert_same(shop)
    assert view.errors == []
    text = (shop.books / "view/main.beancount").read_text()
    assert 'option "documents" "../receipts"' in text
    assert 'include "../more.beancount"' in text
    assert '\ninclude "index.beancount"' in text
    assert isinstance(view.entries[0], data.Transaction)


def test_books_are_published_while_the_view_cannot_follow(shop: Company, caplog: pytest.LogCaptureFixture) -> None:
    """People's main file is broken for a while: entries reach the books, the view says once why it waits, and catches up."""
    main = shop.books / "main.beancount"
    text = main.read_text()
    shop.sell("SO-11", "2026-03-10", 1)
    main.write_text(text.replace('"currency"', '"no currency"'))
    for _ in range(2):
        shop.ledger.publish()
    assert "SO-11" in (shop.books / "journal/2026/2026-03.beancount").read_text()
    assert "SO-11" not in (shop.books / view_day_path("2026-03-10")).read_text()
    assert len([record for record in caplog.records if "Fava's view waits" in record.getMessage()]) == 1
    main.write_text(text)
    assert_same(shop)


def test_beancount_reads_the_view_of_large_books(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people wrote wrongly is told, whichever text Beancount reads; what they assert of one SKU on a closed day is no fault."""
    manual = shop.books / "manual.beancount"
    with shop.ledger.database.reading() as connection:
        code = connection.exec_driver_sql("SELECT commodity FROM sku WHERE sku = 'X'").scalar_one()
    manual.write_text(f"2026-03-02 balance Assets:Inventory:{code}  97 {code}\n", encoding="utf-8")
    read_files: list[str] = []
    load = stock_beancount.loader.load_file
    monkeypatch.setattr(stock_beancount.loader, "load_file", lambda path: (read_files.append(path), load(path))[1])
    assert check(shop.ledger) == []
    monkeypatch.setattr(stock_beancount, "WHOLE_CHECK_ENTRIES_MAX", 1)
    assert check(shop.ledger) == []
    assert check(shop.ledger, whole=True) == []
    view, whole = str(shop.books / VIEW_MAIN), str(shop.books / MAIN)
    assert [read_files.count(whole), read_files.count(view)] == [2, 3 + 1], "each check compares the view, and one lets Beancount read it"
    manual.write_text("2026-03-02 balance Assets:Nowhere  1.00 CNY\n", encoding="utf-8")
    told = check(shop.ledger)
    assert any(problem.startswith("bean-check: manual.beancount:1:") and "Assets:Nowhere" in problem for problem in told)
    assert told == check(shop.ledger, whole=True)
    manual.write_text("", encoding="utf-8")
