"""凭证字: one word for all, or 收, 付 and 转, each numbered without gaps by period."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import BooksProblem
from ledger.integrity import check
from ledger.periods import close
from ledger.rebuild import rebuild
from ledger.reports.entries import entry_by_voucher
from ledger.service import Ledger
from tests.api_client import ApiClient
from tests.company import Company

CASH, BANK, OTHER_BANK = "Assets:1001-库存现金", "Assets:1002-银行存款", "Assets:1002-银行存款:100201-工行"
OPTION = '1970-01-01 custom "orderledger" "voucher-words" "收付转"\n'


@pytest.fixture
def chinese(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company with 收付转; its books must hold at the end."""
    made = Company(tmp_path / "books", store_url, chart="cn")
    with (made.books / "main.beancount").open("a", encoding="utf-8") as file:
        file.write(OPTION)
    with (made.books / "accounts.beancount").open("a", encoding="utf-8") as file:
        file.write(f"\n1970-01-01 open {OTHER_BANK}\n")
    yield made
    assert made.problems() == []
    made.ledger.close()


def entry(company: Company, number: str, debit: str, credit: str, date: str = "2026-03-05") -> str:
    """Post an entry by document; return its voucher."""
    postings = [{"account": debit, "amount": "5.00"}, {"account": credit, "amount": "-5.00"}]
    voucher: str = company.post("entry", number, date, postings=postings).entries[0]["voucher"]
    return voucher


def test_each_word_has_its_numbers(chinese: Company) -> None:
    """Sales collected, freight paid, cash taken from the bank, goods received: gapless by word and period."""
    words = [
        entry(chinese, "1", "bank", "receivable"),
        entry(chinese, "2", "payable:carrier", BANK),
        entry(chinese, "3", "operating", "payable:carrier"),
        entry(chinese, "4", CASH, BANK),
        entry(chinese, "5", OTHER_BANK, BANK),
        entry(chinese, "6", OTHER_BANK, "receivable"),
        entry(chinese, "7", "bank", "clearing:tmall"),
        entry(chinese, "8", "clearing:tmall", "receivable"),
        entry(chinese, "9", "bank", "receivable", "2026-04-01"),
    ]
    assert words == [
        "收-2026-03-1", "付-2026-03-1", "转-2026-03-1", "付-2026-03-2", "付-2026-03-3",
        "收-2026-03-2", "收-2026-03-3", "转-2026-03-2", "收-2026-04-1",
    ]  # fmt: skip
    index = chinese.books / "journal/index.beancount"
    chinese.ledger.publish()
    assert index.read_text(encoding="utf-8").count('include "2026/2026-03.beancount"') == 1


def test_found_by_number_and_rebuilt(chinese: Company) -> None:
    """`/entries/{voucher}` answers for each word, closing vouchers are 转, and a rebuild gives the same numbers."""
    from api.app import create_app

    bought = chinese.buy("P", "2026-03-02", 10, "10.00").entries[0]["voucher"]
    sold = chinese.sell("S", "2026-03-03", 4).entries[0]["voucher"]
    paid = chinese.post("payment", "Z", "2026-03-04", order="S", amount="400.00", account="bank").entries[0]["voucher"]
    closed = close(chinese.ledger, "2026-03").vouchers
    assert [bought, sold, paid, *closed] == ["转-2026-03-1", "转-2026-03-2", "收-2026-03-1", "转-2026-03-3"]
    client = ApiClient(create_app(chinese.ledger), chinese.ledger.tokens.create("test", ["admin"]))
    assert client.get(f"/entries/{paid}").json["postings"][0]["account"] == BANK
    assert client.get(f"/entries/{closed[0]}").json["closing"] is True
    chinese.ledger.publish()
    chinese.ledger.close()
    rebuild(chinese.books, chinese.store_url)
    chinese.ledger = Ledger.open(chinese.books, chinese.store_url)
    with chinese.ledger.read() as context:
        assert entry_by_voucher(context, paid)["document"] == "shop/payment/Z"


def test_a_gap_in_one_word_is_found(chinese: Company) -> None:
    """`check` counts each word by itself."""
    entry(chinese, "1", "bank", "receivable")
    second = entry(chinese, "2", "bank", "receivable")
    entry(chinese, "3", "operating", "bank")
    assert check(chinese.ledger) == []
    _rename(chinese, second, "收-2026-03-3")
    assert any("voucher numbers have a gap before 收-2026-03-3" in problem for problem in check(chinese.ledger))
    _rename(chinese, "收-2026-03-3", second)


def _rename(company: Company, old: str, new: str) -> None:
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE entry SET voucher = '{new}' WHERE voucher = '{old}'")


def test_other_words_are_refused(chinese: Company) -> None:
    """The option knows one value."""
    main = chinese.books / "main.beancount"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace(OPTION, OPTION.replace("收付转", "收付")), encoding="utf-8")
    with pytest.raises(BooksProblem, match="voucher-words"):
        _ = chinese.ledger.chart
    main.write_text(text, encoding="utf-8")
