"""The pieces of Fava's view without a store: sums of days as text, blocks of the journal by day, the main file with other paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction

from ledger.books.detail_days import fault_of
from ledger.errors import BooksProblem
from ledger.view.blocks import new_blocks
from ledger.view.days import Moved, by_day_from, stretch_text, stretches
from ledger.view.main_text import view_main
from ledger.view.state import ViewState

MOVED: list[Moved] = [
    ("2026-02-27", "Assets:Bank", "", 11300, 0, 11300, 0),
    ("2026-02-27", "Income:Sales", "", 0, 11300, 0, 11300),
    ("2026-02-28", "Assets:Bank", "", 500, 500, 500, 500),
    ("2026-03-02", "Assets:Bank", "", 100, 0, 100, 0),
    ("2026-03-02", "Assets:Paypal", "USD", 10000, 9000, 70000, 64800),
    ("2026-03-02", "Income:Sales", "", 0, 5300, 0, 5300),
]


def test_days_and_months_as_entries() -> None:
    """An account has one posting; what nets to nothing has none; a month stands on its last day with entries."""
    days = stretches(MOVED, "2026-02-01")
    assert [(one.name, one.last) for one in days] == [(day, day) for day in ("2026-02-27", "2026-02-28", "2026-03-02")]
    assert stretch_text(days[1], "CNY") == ""
    month, day = stretches(MOVED, "2026-03-01")
    assert (month.name, month.last, day.name) == ("2026-02", "2026-02-28", "2026-03-02")
    assert stretch_text(month, "CNY") == (
        '2026-02-28 * "2026-02: all entries in one 分录汇总" #closed-days\n'
        '  period: "2026-02"\n'
        '  entries: "/api/v1/entries?from=2026-02-01&to=2026-02-28"\n'
        f"  {'Assets:Bank':38}         113.00 CNY\n"
        f"  {'Income:Sales':38}        -113.00 CNY\n\n"
    )


def test_units_of_another_currency_keep_units_and_value() -> None:
    """What came in and what went out each at its own value, so that Beancount's weights are the books' amounts."""
    text = stretch_text(stretches(MOVED, "2026-03-01")[1], "CNY")
    opened = "".join(f"1970-01-01 open {name}\n" for name in ("Assets:Bank", "Assets:Paypal", "Income:Sales"))
    entries, errors, _ = loader.load_string(opened + text)
    assert errors == []
    postings = [p for entry in entries if isinstance(entry, Transaction) for p in entry.postings if p.account == "Assets:Paypal"]
    assert [(str(p.units), str(p.price)) for p in postings] == [("100.00 USD", "7 CNY"), ("-90.00 USD", "7.2 CNY")]


@pytest.mark.parametrize("currency", ["CNY", "JPY"])
def test_units_alone_keep_their_value(currency: str) -> None:
    """Money that moves between two accounts abroad, in a currency with decimals and in one without."""
    moved: list[Moved] = [
        ("2026-03-02", "Assets:Bank", "USD", 33333, 0, 233307, 0),
        ("2026-03-02", "Assets:Paypal", "USD", 0, 33333, 0, 233307),
        ("2026-03-02", "Assets:Bank", "EUR", 3, 7, 25, 25),
    ]
    text = stretch_text(stretches(moved, "2026-03-01")[0], currency)
    entries, errors, _ = loader.load_string("".join(f"1970-01-01 open Assets:{name}\n" for name in ("Bank", "Paypal")) + text)
    assert errors == []
    units = [str(p.units) for entry in entries if isinstance(entry, Transaction) for p in entry.postings]
    assert units[:-1] == ["0.03 EUR", "-0.07 EUR", "333.33 USD", "-333.33 USD"]


def test_days_of_their_own_begin_with_a_month() -> None:
    """So that no month is half a sum and half days."""
    assert by_day_from("2026-03-15") == "2025-02-01"


def test_new_blocks_are_told_by_their_day(tmp_path: Path) -> None:
    """From an offset to an offset; entries before the boundary are only noticed."""
    path = tmp_path / "2026-03.beancount"
    blocks = [b'2026-03-%02d * "%d"\n  meta: "2026-03-01"\n\n' % (day, day) for day in (5, 9, 4, 9, 10)]
    path.write_bytes(b"".join(blocks))
    sizes = [sum(map(len, blocks[:count])) for count in range(6)]
    assert new_blocks(path, 0, sizes[5], "2026-03-09") == ({"2026-03-09": blocks[1] + blocks[3], "2026-03-10": blocks[4]}, True)
    assert new_blocks(path, sizes[3], sizes[4], "2026-03-09") == ({"2026-03-09": blocks[3]}, False)
    assert new_blocks(path, sizes[2], sizes[3], "2026-03-09") == ({}, True)
    with pytest.raises(BooksProblem, match="orderledger rebuild"):
        new_blocks(path, 0, sizes[5] + 1, "2026-03-09")


def test_the_main_file_reads_from_the_view(tmp_path: Path) -> None:
    """Only what Beancount takes for a path changes; an absolute one stays."""
    (tmp_path / "main.beancount").write_bytes(
        b'option "title" "include"\ninclude "./journal/index.beancount"\r\ninclude "a/b.beancount"\ninclude "/c.beancount"\n; include "d"\n'
    )
    assert view_main(tmp_path).partition(b"\n")[2] == (
        b'option "title" "include"\ninclude "index.beancount"\r\ninclude "../a/b.beancount"\ninclude "/c.beancount"\n; include "d"\n'
    )


@pytest.mark.parametrize("text", ["", "{}", '{"boundary": "2026-03-01", "version": 0}', '{"boundary": "2026-03-01", "more": 1}', "[]"])
def test_a_state_that_is_none_is_none(tmp_path: Path, text: str) -> None:
    """Of another version, of another program, or cut off."""
    (tmp_path / "view").mkdir()
    (tmp_path / "view/state.json").write_text(text)
    assert ViewState.load(tmp_path) is None


def test_a_state_goes_on_only_from_what_it_has_read(tmp_path: Path) -> None:
    """Not where the journal or a day's file is shorter than it was, nor for an earlier boundary."""
    (tmp_path / "view/days").mkdir(parents=True)
    (tmp_path / ".orderledger").mkdir()
    (tmp_path / "view/days/2026-03-09.beancount").write_bytes(b"12345")
    state = ViewState("2026-03-09", {"journal/2026/2026-03.beancount": 10}, {"2026-03-09": 5, "2026-03-10": 1})
    state.save(tmp_path)
    assert ViewState.load(tmp_path) == state
    sizes = {"journal/2026/2026-03.beancount": 11, "journal/2026/2026-04.beancount": 3}
    assert not state.goes_on(tmp_path, sizes, "2026-03-09")
    (tmp_path / "view/days/2026-03-10.beancount").write_bytes(b"1")
    assert state.goes_on(tmp_path, sizes, "2026-03-09")
    assert not state.goes_on(tmp_path, sizes, "2026-03-08")
    assert not state.goes_on(tmp_path, {"journal/2026/2026-03.beancount": 9}, "2026-03-09")
    assert state.unread(sizes) == sorted(sizes)


@pytest.mark.parametrize(
    ("value", "fine"), [("1", True), ("31", True), ("3660", True), ("all", True), ("0", False), ("3661", False), ("x", False)]
)
def test_what_the_option_can_be(value: str, fine: bool) -> None:
    """A number of days, or all."""
    assert (fault_of(value) is None) == fine
