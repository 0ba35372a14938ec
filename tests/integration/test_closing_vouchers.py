"""Closing vouchers (结转损益): numbered and chained, in a file of their own, and in no report but the trial balance."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from api.books_archive import write_zip
from ledger.errors import BooksProblem
from ledger.integrity import check
from ledger.periods import close
from ledger.rebuild import rebuild
from ledger.reports.context import Context
from ledger.reports.entries import entry_by_voucher
from ledger.reports.entry_list import list_entries
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.profit_by import DIMENSIONS, profit_by
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company

PROFIT, RETAINED = "Equity:4103-本年利润", "Equity:4104-利润分配:410401-未分配利润"
RENT, BANK = "Expenses:6602-管理费用", "Assets:1002-银行存款"
SALES, COST = "Income:6001-主营业务收入", "Expenses:6401-主营业务成本"


@pytest.fixture
def chinese(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company on the cn chart; its books must hold at the end."""
    made = Company(tmp_path / "books", store_url, chart="cn")
    yield made
    assert made.problems() == []
    made.ledger.close()


def by_hand(company: Company, date: str, amount: str) -> None:
    """Write rent into manual.beancount."""
    manual = company.books / "manual.beancount"
    manual.write_text(manual.read_text(encoding="utf-8") + f'\n{date} * "房租"\n  {RENT}  {amount} CNY\n  {BANK}\n', encoding="utf-8")


def set_option(company: Company, key: str, value: str) -> None:
    """Change an option of the books."""
    main = company.books / "main.beancount"
    lines = [line for line in main.read_text(encoding="utf-8").splitlines() if f'"{key}"' not in line or line.startswith(";")]
    main.write_text("\n".join([*lines, f'1970-01-01 custom "orderledger" "{key}" "{value}"', ""]), encoding="utf-8")


def trade(company: Company) -> None:
    """Sell 4 of 10 in January, pay rent by hand in February, charge freight in March."""
    company.buy("P", "2026-01-02", 10, "10.00")
    company.sell("S", "2026-01-03", 4)
    by_hand(company, "2026-02-15", "7.00")
    company.charge("F", "2026-03-20", "10.00", ["P"])


def reports(context: Context) -> dict[str, Any]:
    """Return what every report says that closing must not change."""
    found: dict[str, Any] = {by: profit_by(context, by) for by in DIMENSIONS}
    for layout in ("native", "cas"):
        for name in ("income", "balance-sheet"):
            found[name, layout] = statement(context, name, parse_period("2026"), layout=layout)
    found["general-ledger"] = statement(context, "general-ledger", EVERYTHING)
    found["account"] = statement(context, "general-ledger", EVERYTHING, account=SALES)
    found["entries"] = list_entries(context, account=SALES)
    return found


def postings(entry: dict[str, Any]) -> dict[str, str]:
    """Return the amounts of an entry by account."""
    return {posting["account"]: posting["amount"] for posting in entry["postings"]}


def test_a_voucher_for_each_month_in_order(chinese: Company) -> None:
    """Closing March when nothing was closed before; the hand-written rent is in February's."""
    trade(chinese)
    closed = close(chinese.ledger, "2026-03")
    assert closed.vouchers == ("记-2026-01-3", "记-2026-02-1", "记-2026-03-2")
    with chinese.ledger.read() as context:
        january, february, march = (entry_by_voucher(context, voucher) for voucher in closed.vouchers)
    assert postings(january) == {SALES: "400.00", COST: "-40.00", PROFIT: "-360.00"}
    assert postings(february) == {RENT: "-7.00", PROFIT: "7.00"}
    assert postings(march) == {f"{COST}:640101-到岸成本": "-4.00", PROFIT: "4.00"}
    assert [entry["date"] for entry in (january, february, march)] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert all(entry["closing"] is True for entry in (january, february, march))
    chinese.ledger.publish()
    text = (chinese.books / "journal/2026/2026-02.closing.beancount").read_text(encoding="utf-8")
    assert 'voucher: "记-2026-02-1"' in text and f'hash: "{february["hash"]}"' in text
    index = (chinese.books / "journal/index.beancount").read_text(encoding="utf-8")
    assert ".closing" not in index.replace("closings.beancount", "") and "2026-02.beancount" not in index


def test_no_report_counts_them_but_the_trial_balance(chinese: Company) -> None:
    """All reports answer as before; the trial balance shows both."""
    trade(chinese)
    with chinese.ledger.read() as context:
        before = reports(context)
        trial = {line["id"]: line for line in statement(context, "trial-balance", parse_period("2026-03"))["lines"]}
    order = chinese.profit("S")
    close(chinese.ledger, "2026-02")
    close(chinese.ledger, "2026-03")
    assert chinese.profit("S") == order
    with chinese.ledger.read() as context:
        assert reports(context) == before
        after = {line["id"]: line for line in statement(context, "trial-balance", parse_period("2026-03"))["lines"]}
        assert statement(context, "trial-balance", parse_period("2025"))["lines"][-1].keys() == trial["total"].keys()
    assert {name: trial[name] | after[name] for name in trial} == {name: after[name] for name in trial}
    sales, landed, profit, total = (after[name] for name in (SALES, f"{COST}:640101-到岸成本", PROFIT, "total"))
    assert (sales["credit"], sales["closing_debit"], sales["after_closing"]) == ("400.00", "0.00", "0.00")
    assert (landed["debit"], landed["closing_credit"], landed["after_closing"]) == ("4.00", "4.00", "0.00")
    assert (profit["amount"], profit["closing_debit"], profit["after_closing"]) == ("0.00", "4.00", "-349.00")
    assert (total["closing_debit"], total["closing_credit"], total["after_closing"]) == ("4.00", "4.00", "0.00")
    assert sum(Decimal(line["after_closing"]) for name, line in after.items() if name != "total") == 0


def test_december_ends_the_year(chinese: Company) -> None:
    """The year's profit goes on to 未分配利润, and the next year starts at zero."""
    chinese.buy("P", "2023-01-02", 10, "10.00")
    chinese.sell("S", "2023-11-03", 4)
    closed = close(chinese.ledger, "2024-02")
    with chinese.ledger.read() as context:
        found = [entry_by_voucher(context, voucher) for voucher in closed.vouchers]
        trial = {line["id"]: line for line in statement(context, "trial-balance", EVERYTHING)["lines"]}
    assert [(entry["date"], entry["narration"]) for entry in found] == [
        ("2023-11-30", "结转损益 2023-11"),
        ("2023-12-31", "结转本年利润 2023"),
    ]
    assert postings(found[1]) == {PROFIT: "360.00", RETAINED: "-360.00"}
    assert (trial[PROFIT]["after_closing"], trial[RETAINED]["after_closing"]) == ("0.00", "-360.00")


def test_listed_and_marked(chinese: Company) -> None:
    """The list of entries has them with their postings, in the order of the chain."""
    trade(chinese)
    close(chinese.ledger, "2026-03")
    with chinese.ledger.read() as context:
        items = list_entries(context, period=parse_period("2026-01"))["items"]
        assert [bool(item.get("closing")) for item in items] == [False, False, True]
        assert all(item["postings"] for item in items)
    receipt = chinese.ledger.document("orderledger", "period_close", "2026-03")
    assert len(receipt["entries"]) == 3


def test_stock_beancount_reads_both(chinese: Company) -> None:
    """The closing files load with the rest (the assertions say what stood before closing): accounts of income and cost are at zero."""
    trade(chinese)
    close(chinese.ledger, "2026-03")
    chinese.ledger.publish()
    journal = chinese.books / "journal"
    index = (journal / "index.beancount").read_text(encoding="utf-8").replace('include "closings.beancount"\n', "")
    closings = [path.relative_to(journal).as_posix() for path in sorted(journal.glob("*/*.closing.beancount"))]
    people = "".join(f'include "../{name}.beancount"\n' for name in ("accounts", "prices", "manual"))
    after = journal / "after-closing.beancount"
    after.write_text(people + index + "".join(f'include "{name}"\n' for name in closings), encoding="utf-8")
    entries, errors, _ = loader.load_file(str(after))
    after.unlink()
    assert not errors and len(closings) == 3
    left: dict[str, Decimal] = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            if posting.cost is None:
                left[posting.account] = left.get(posting.account, Decimal()) + posting.units.number
    assert not any(amount for account, amount in left.items() if account.startswith(("Income:", "Expenses:")))
    assert left[PROFIT] == Decimal("-349.00")


def test_a_rebuild_writes_the_same_vouchers(chinese: Company) -> None:
    """The document carries the balances: a later hand edit changes no voucher; what was closed is gone then, and `check` says so."""
    trade(chinese)
    closed = close(chinese.ledger, "2026-03")
    with chinese.ledger.read() as context:
        before = [entry_by_voucher(context, voucher) for voucher in closed.vouchers]
    manual = chinese.books / "manual.beancount"
    text = manual.read_text(encoding="utf-8")
    chinese.ledger.publish()
    manual.write_text(text.replace("7.00", "8.00"), encoding="utf-8")
    chinese.ledger.close()
    rebuild(chinese.books, chinese.store_url)
    chinese.ledger = Ledger.open(chinese.books, chinese.store_url)
    with chinese.ledger.read() as context:
        assert [entry_by_voucher(context, voucher) for voucher in closed.vouchers] == before
    assert any(f"closing vouchers up to 2026-03 leave -7.00 on {RENT}" in problem for problem in check(chinese.ledger))
    manual.write_text(text, encoding="utf-8")


def test_changes_behind_our_back_are_named(chinese: Company) -> None:
    """In the file of closing vouchers, and in their table."""
    trade(chinese)
    close(chinese.ledger, "2026-03")
    chinese.ledger.publish()
    path = chinese.books / "journal/2026/2026-01.closing.beancount"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("400.00", "401.00"), encoding="utf-8")
    assert any("2026-01.closing.beancount" in problem and "记-2026-01-3" in problem for problem in check(chinese.ledger))
    path.write_text(text, encoding="utf-8")
    with chinese.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE closing_posting SET amount = amount + 1 WHERE line = 0")
    assert any("does not balance" in problem for problem in check(chinese.ledger))
    with chinese.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE closing_posting SET amount = amount - 1 WHERE line = 0")


def test_they_are_in_the_export(chinese: Company) -> None:
    """An audit pack has the closing files."""
    trade(chinese)
    close(chinese.ledger, "2026-03")
    chinese.ledger.publish()
    file = io.BytesIO()
    write_zip(chinese.books, file)
    assert "journal/2026/2026-01.closing.beancount" in zipfile.ZipFile(file).namelist()


def test_switched_on_late(chinese: Company) -> None:
    """What months closed before left open goes into the first voucher: nothing is posted into a closed month."""
    set_option(chinese, "closing-vouchers", "none")
    trade(chinese)
    assert close(chinese.ledger, "2026-02").vouchers == ()
    set_option(chinese, "closing-vouchers", "monthly")
    (voucher,) = close(chinese.ledger, "2026-03").vouchers
    with chinese.ledger.read() as context:
        found = postings(entry_by_voucher(context, voucher))
    assert (found[SALES], found[RENT], found[PROFIT]) == ("400.00", "-7.00", "-349.00")


def test_a_chart_without_their_accounts(chinese: Company) -> None:
    """The missing role is named, and nothing is closed; a word that the option does not know is refused when the books are opened."""
    accounts = chinese.books / "accounts.beancount"
    text = accounts.read_text(encoding="utf-8")
    accounts.write_text(text.replace('  role: "current_year_profit"\n', ""), encoding="utf-8")
    with pytest.raises(BooksProblem, match="current_year_profit"):
        close(chinese.ledger, "2026-03")
    accounts.write_text(text, encoding="utf-8")
    set_option(chinese, "closing-vouchers", "weekly")
    with pytest.raises(BooksProblem, match="'weekly'; it knows none, monthly"):
        close(chinese.ledger, "2026-03")
    set_option(chinese, "closing-vouchers", "monthly")


def test_a_month_without_income_has_none(chinese: Company) -> None:
    """Nothing to close, no voucher, no number spent."""
    chinese.buy("P", "2026-03-02", 10, "10.00")
    assert close(chinese.ledger, "2026-03").vouchers == ()
