"""The cn chart: numbered Chinese accounts, under both standards, through every door and out of it again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from python_calamine import CalamineWorkbook

from api.app import create_app
from ledger.chart import Chart
from ledger.creation import create_books
from ledger.documents import read
from ledger.errors import BooksProblem
from ledger.rebuild import rebuild
from ledger.reports.entry_list import list_entries
from ledger.service import Ledger
from tests.api_client import ApiClient
from tests.books_in_memory import chart
from tests.company import Company
from tests.docs import EXAMPLES

STANDARDS = ("cas", "small")
BANK = "Assets:1002-银行存款"
RENT = {"cas": "Expenses:6602-管理费用", "small": "Expenses:5602-管理费用"}
FREIGHT = {"cas": "Expenses:6401-主营业务成本:640104-运输费", "small": "Expenses:5601-销售费用:560101-运输费"}


@pytest.fixture(params=STANDARDS)
def chinese(request: pytest.FixtureRequest, tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company on the cn chart whose books hold every example; they must hold at the end too."""
    made = Company(tmp_path / "books", store_url, chart="cn", standard=request.param)
    for path in sorted(EXAMPLES.glob("*.json")):
        made.ledger.post([read(json.loads(path.read_text(encoding="utf-8")), "CNY")])
    yield made
    assert made.problems() == []
    made.ledger.close()


def standard_of(company: Company) -> str:
    """Return the standard that the books were made for."""
    return company.ledger.chart.options["standard"]


def roles(found: Chart) -> set[str | None]:
    """Return all roles of a chart."""
    return {info.role for info in found.accounts.values()} - {None}


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_role_has_a_numbered_account(standard: str) -> None:
    """All of the ifrs chart's, numbered, with a name in both languages; freight out stands where the standard wants it."""
    found = chart(name=standard)
    assert roles(chart()) | {"cash", "current_year_profit"} == roles(found)
    for info in found.accounts.values():
        assert all(part[:4].isdigit() for part in info.name.split(":")[1:]), info.name
        assert info.label.isascii() and info.label != info.label_zh and not info.label_zh.isascii(), info.name
    assert found.account("freight_out") == FREIGHT[standard]


def test_the_standard_is_written_down(chinese: Company) -> None:
    """In main.beancount, and the accounts are that standard's; the example order's freight went there."""
    standard = standard_of(chinese)
    assert chinese.ledger.chart.account("freight_out") == FREIGHT[standard]
    with chinese.ledger.read() as context:
        assert list_entries(context, account=FREIGHT[standard])["items"]


def test_standards_belong_to_the_cn_chart(tmp_path: Path) -> None:
    """Another one is refused before anything is written."""
    for chosen in ({"standard": "small"}, {"chart": "cn", "standard": "gaap"}, {"chart": "de"}):
        with pytest.raises(BooksProblem):
            create_books(tmp_path / "books", **chosen)
        assert not (tmp_path / "books").exists()


def test_stock_beancount_reads_them(chinese: Company) -> None:
    """What Fava loads: no error, and the accounts of the chart, of a SKU and of a channel are open."""
    chinese.ledger.publish()
    entries, errors, _ = loader.load_file(str(chinese.books / "main.beancount"))
    assert not errors
    opened = {entry.account for entry in entries if isinstance(entry, data.Open)}
    assert {BANK, "Assets:1405-库存商品:TEA-01", "Assets:1012-其他货币资金:Tmall", FREIGHT[standard_of(chinese)]} <= opened


def test_full_names_in_documents_and_by_hand(chinese: Company) -> None:
    """An `entry` document and manual.beancount name accounts in full; a stock account is refused by both."""
    rent = RENT[standard_of(chinese)]
    postings = [{"account": rent, "amount": "5.00"}, {"account": BANK, "amount": "-5.00"}]
    assert chinese.post("entry", "E", "2026-03-31", postings=postings).entries[0]["postings"][0]["account"] == rent
    manual = chinese.books / "manual.beancount"
    text = f'\n2026-03-15 * "房租"\n  {rent}  7.00 CNY\n  {BANK}\n'
    manual.write_text(manual.read_text(encoding="utf-8") + text, encoding="utf-8")
    with chinese.ledger.read() as context:
        found = list_entries(context, account=rent)["items"]
    assert [item["narration"] for item in found] == ["Rent of March", "Entry E", "房租"]


def test_rebuilt_from_the_text(chinese: Company) -> None:
    """Chinese accounts come back from the books as they were."""
    chinese.ledger.publish()
    chinese.ledger.close()
    rebuild(chinese.books, chinese.store_url)
    chinese.ledger = Ledger.open(chinese.books, chinese.store_url)
    assert chinese.profit("SO-1001")["landed_cost"] == "3.00"


def test_over_the_api(chinese: Company) -> None:
    """Statements, the general ledger by account, CSV and XLSX carry the names whole."""
    client = ApiClient(create_app(chinese.ledger), chinese.ledger.tokens.create("test", ["admin"]))
    rent = RENT[standard_of(chinese)]
    ledger = client.get("/statements/general-ledger", account=rent).json
    assert (ledger["account"]["account"], ledger["account"]["label_zh"], ledger["closing"]) == (rent, "管理费用", "900.00")
    assert client.get("/entries", account=BANK).json["items"]
    assert client.get("/statements/general-ledger", account="Assets:1405-库存商品:TEA-01").json["lines"]
    table = client.get("/statements/trial-balance", format="csv").data.decode()
    assert rent in {row["account"] for row in csv.DictReader(io.StringIO(table))}
    sheet: Any = client.get("/statements/trial-balance", format="xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert any(rent in row for row in rows)
    body = {"kind": "entry", "source": "api", "number": "E-2", "date": "2026-03-31"}
    stock = [{"account": "Assets:1405-库存商品:TEA-01", "amount": "1.00"}, {"account": BANK, "amount": "-1.00"}]
    refused = client.post("/documents", body | {"postings": stock})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/postings/0/account")
    form = client.get("/statements/income", layout=standard_of(chinese), period="2026-03").json
    assert (form["layout"], form["lines"][0]["line"], form["lines"][0]["label_zh"]) == (standard_of(chinese), 1, "一、营业收入")
    assert client.get("/statements/income", layout="gaap").status_code == 422
