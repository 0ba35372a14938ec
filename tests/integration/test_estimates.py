"""暂估: an estimate without an invoice is reversed in red on the first day of the next month and set again; nothing moves by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.periods import close
from ledger.rebuild import rebuild
from ledger.reports.entry_list import list_entries
from ledger.reports.period import EVERYTHING, parse_period
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company

STOCK, GRIR = "Assets:1405-库存商品:TEA-01", "Liabilities:2202-应付账款:220203-暂估"
OPTION = '1970-01-01 custom "orderledger" "estimate-reversal" "month-start"\n'


@pytest.fixture
def chinese(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company whose books renew estimates; they must hold at the end."""
    made = Company(tmp_path / "books", store_url, chart="cn")
    with (made.books / "main.beancount").open("a", encoding="utf-8") as file:
        file.write(OPTION)
    yield made
    assert made.problems() == []
    made.ledger.close()


def receive(company: Company, number: str, date: str, quantity: str = "100") -> None:
    """Receive tea at an estimated 10.00."""
    company.post("receipt", number, date, supplier="茶厂", lines=[{"sku": "TEA-01", "quantity": quantity, "unit_price": "10.00"}])


def invoice(company: Company, number: str, date: str, receipt: str, quantity: str = "100") -> None:
    """Bill it at 10.20."""
    lines = [{"sku": "TEA-01", "quantity": quantity, "unit_price": "10.20"}]
    company.post("supplier_invoice", number, date, supplier="茶厂", receipts=[receipt], lines=lines)


def renewed(company: Company, period: str) -> list[tuple[str, dict[str, str]]]:
    """Return narration and amounts of the vouchers about estimates in a period."""
    with company.ledger.read() as context:
        items: list[dict[str, Any]] = list_entries(context, period=parse_period(period), account=GRIR)["items"]
    return [(item["narration"], {p["account"]: p["amount"] for p in item["postings"]}) for item in items if "暂估" in item["narration"]]


def test_red_and_blue_on_the_first_day(chinese: Company) -> None:
    """Both are numbered, named after the receipt and linked to it; the invoice clears what is left as before."""
    receive(chinese, "R-1", "2026-03-05")
    chinese.sell("S", "2026-03-06", 25, sku="TEA-01")
    closed = close(chinese.ledger, "2026-03")
    assert closed.estimates == ("记-2026-04-1", "记-2026-04-2") and closed.vouchers == ("记-2026-03-3",)
    assert renewed(chinese, "2026-04") == [
        ("红字冲回暂估 R-1", {STOCK: "-1000.00", GRIR: "1000.00"}),
        ("暂估 R-1", {STOCK: "1000.00", GRIR: "-1000.00"}),
    ]
    assert chinese.stock("TEA-01") == ("75", "750.00")
    chinese.ledger.publish()
    text = (chinese.books / "journal/2026/2026-04.beancount").read_text(encoding="utf-8")
    assert text.startswith('2026-04-01 * "茶厂" "红字冲回暂估 R-1" ^orderledger/period_close/2026-03 ^shop/receipt/R-1\n')
    assert text.count('reference: "R-1"') == 2
    invoice(chinese, "I-1", "2026-04-07", "R-1")
    assert chinese.stock("TEA-01") == ("75", "765.00") and chinese.profit("S")["price_variance"] == "5.00"


def test_only_what_is_open_and_received(chinese: Company) -> None:
    """An invoiced receipt, and one of the next month, stay as they are; a half-invoiced one has its rest renewed, each month again."""
    for number, date in (("R-1", "2026-03-05"), ("R-2", "2026-03-06"), ("R-3", "2026-04-02")):
        receive(chinese, number, date)
    invoice(chinese, "I-1", "2026-03-20", "R-1")
    invoice(chinese, "I-2", "2026-03-21", "R-2", quantity="40")
    close(chinese.ledger, "2026-03")
    assert renewed(chinese, "2026-04") == [
        ("红字冲回暂估 R-2", {STOCK: "-600.00", GRIR: "600.00"}),
        ("暂估 R-2", {STOCK: "600.00", GRIR: "-600.00"}),
    ]
    close(chinese.ledger, "2026-04")
    assert [narration for narration, _ in renewed(chinese, "2026-05")] == ["红字冲回暂估 R-2", "暂估 R-2", "红字冲回暂估 R-3", "暂估 R-3"]


def test_nothing_moves(chinese: Company) -> None:
    """The statements of the closed and of the next month answer as if the estimates had stayed."""
    receive(chinese, "R-1", "2026-03-05")
    with chinese.ledger.read() as context:
        before = [statement(context, name, EVERYTHING) for name in ("income", "balance-sheet")]
    close(chinese.ledger, "2026-03")
    with chinese.ledger.read() as context:
        assert [statement(context, name, EVERYTHING) for name in ("income", "balance-sheet")] == before


def test_rebuilt_whatever_the_option_says_now(chinese: Company) -> None:
    """The closing names its receipts, so that a rebuild writes the same vouchers."""
    receive(chinese, "R-1", "2026-03-05")
    close(chinese.ledger, "2026-03")
    before = renewed(chinese, "2026-04")
    main = chinese.books / "main.beancount"
    main.write_text(main.read_text(encoding="utf-8").replace(OPTION, ""), encoding="utf-8")
    chinese.ledger.publish()
    chinese.ledger.close()
    rebuild(chinese.books, chinese.store_url)
    chinese.ledger = Ledger.open(chinese.books, chinese.store_url)
    assert renewed(chinese, "2026-04") == before
    close(chinese.ledger, "2026-04")
    assert renewed(chinese, "2026-05") == []
