"""The command line as a person or a script meets it: what it prints, where, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from tests.api_client import order

BUY: dict[str, Any] = {
    "kind": "purchase", "source": "shop", "number": "PO-1", "date": "2026-02-01", "supplier": "茶厂",
    "lines": [{"sku": "TEA-01", "quantity": "10", "unit_price": "31.20"}],
}  # fmt: skip
SHIP: dict[str, Any] = {"kind": "shipment", "source": "shop", "number": "S-1", "date": "2026-03-02", "order": "SO-1"}


class Shell:
    """Runs commands in this process and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.capsys = capsys
        self.folder = folder
        self.books = str(folder / "books")
        self.err = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run one command, expect its exit code, return its output; `err` keeps the rest."""
        found = run(list(arguments))
        out, self.err = self.capsys.readouterr()
        assert found == code, (arguments, out, self.err)
        assert "Traceback" not in out + self.err
        return out

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run one command with --json and return what it says."""
        return json.loads(self(*arguments, "--json", code=code))

    def write(self, name: str, *documents: dict[str, Any]) -> str:
        """Write an NDJSON file."""
        path = self.folder / name
        path.write_text("".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), encoding="utf-8")
        return str(path)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Lend a shell beside empty books."""
    monkeypatch.delenv("ORDERLEDGER_BOOKS", raising=False)
    monkeypatch.delenv("ORDERLEDGER_STORE", raising=False)
    shell = Shell(capsys, tmp_path)
    shell("init", shell.books)
    return shell


@pytest.fixture
def sold(shell: Shell) -> Shell:
    """Lend a shell beside books with one sale."""
    shell("import", shell.write("sale.ndjson", BUY, order(), SHIP), "--books", shell.books)
    return shell


def test_init(shell: Shell) -> None:
    """Empty books once; twice is refused, and so is what does not exist yet, in a sentence."""
    assert (Path(shell.books) / "main.beancount").is_file()
    shell("init", shell.books, code=1)
    assert "holds books already" in shell.err
    shell("init", str(shell.folder / "other"), "--currency", "yuan", code=1)
    assert shell.err.count("\n") == 1 and "yuan" in shell.err
    assert not (shell.folder / "other" / "main.beancount").exists()
    for wrong in (("--chart", "mine"), ("--standard", "small"), ("--chart", "cn", "--standard", "gaap")):
        shell("init", str(shell.folder / "other"), *wrong, code=2)
    shell("init", str(shell.folder / "other"), "--chart", "cn", "--standard", "small")
    assert 'custom "orderledger" "standard" "small"' in (shell.folder / "other" / "main.beancount").read_text(encoding="utf-8")


def test_books_are_named_anywhere(sold: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before or after the subcommand, or by the environment; the later one counts, the environment least."""
    expected = sold("profit", "SO-1", "--books", sold.books)
    assert sold("--books", sold.books, "profit", "SO-1") == expected
    assert sold("--books", str(tmp_path / "none"), "profit", "--books", sold.books, "SO-1") == expected
    monkeypatch.setenv("ORDERLEDGER_BOOKS", sold.books)
    assert sold("profit", "SO-1") == expected
    monkeypatch.setenv("ORDERLEDGER_BOOKS", str(tmp_path / "none"))
    assert sold("profit", "SO-1", "--books", sold.books) == expected
    assert sold("--books", sold.books, "profit", "SO-1") == expected


def test_wrong_usage(shell: Shell) -> None:
    """Exit code 2 and one line, for whatever is misspelt or missing."""
    for arguments in (
        ("profit", "X"), ("nothing",), ("profit", "--colour"), ("serve", "--port", "much"), ("token", "create", "x"), ("import",),
        ("--books", shell.books, "profit", "X", "--by", "sku"), ("--books", shell.books, "profit", "--revisions"),
        ("--books", shell.books, "profit", "X", "--cohort"),
        ("--books", shell.books, "profit", "X", "--operating"),
        ("--books", shell.books, "token", "create", "x", "--scope", "everything"), ("statement", "income", "--format", "pdf"),
    ):  # fmt: skip
        shell(*arguments, code=2)
        assert shell.err.count("\n") == 1 and shell.err.startswith("orderledger"), shell.err
    for arguments in (("--help",), ("profit", "--help"), ("token", "--help"), ("--version",)):
        assert shell(*arguments)


def test_refusals(sold: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and what was refused, one line each."""
    for arguments in (
        ("profit", "nobody"), ("profit", "--by", "colour"), ("profit", "--by", "sku", "--period", "x"), ("statement", "nothing"),
        ("statement", "income", "--period", "2026-13"), ("token", "revoke", "nobody"), ("import", __file__),
    ):  # fmt: skip
        sold("--books", sold.books, *arguments, code=1)
        assert sold.err.count("\n") == 1 and sold.err.startswith("orderledger: "), sold.err
    sold("--books", str(sold.folder / "none"), "check", code=1)
    monkeypatch.setenv("ORDERLEDGER_STORE", "postgresql://nobody:x@127.0.0.1:1/none")
    sold("--books", sold.books, "check", code=1)
    assert sold.err.startswith("orderledger: the store does not answer")


def test_import(shell: Shell) -> None:
    """Counts what was new, replayed and refused; refused documents are named and make the exit code 1."""
    path = shell.write("sale.ndjson", BUY, order(), SHIP)
    assert "3 new, 0 already there, 0 refused" in shell("import", path, "--books", shell.books)
    again = shell.json("import", path, "--books", shell.books)
    assert (again["new"], again["replayed"], again["refused"]) == (0, 3, [])
    bad = shell.write("bad.ndjson", order("SO-2"), {**SHIP, "number": "S-9", "order": "nobody"})
    assert "1 new" in shell("import", bad, "--books", shell.books, code=1)
    assert "bad.ndjson:2" in shell.err and "shop/shipment/S-9" in shell.err
    assert (Path(shell.books) / ".orderledger/published_seq").read_text().strip() == "4"


def test_profit(sold: Shell) -> None:
    """Of an order, by a dimension, by month where nothing is said; JSON is the API's."""
    text = sold("profit", "SO-1", "--books", sold.books)
    assert "shop/SO-1" in text and "37.60" in text and "0.3760" in text
    found = sold.json("profit", "SO-1", "--books", sold.books)
    assert found["contribution"] == "37.60" and found["entries"]
    text = sold("profit", "SO-1", "--revisions", "--books", sold.books)
    assert "goods shipped" in text and "shop/shipment/S-1" in text
    assert sold.json("profit", "SO-1", "--revisions", "--books", sold.books)["revisions"][-1]["contribution_after"] == "37.60"
    table = sold("profit", "--by", "sku", "--books", sold.books)
    assert "TEA-01" in table and "unallocated" in table and "total" in table
    assert "2026-03" in sold("profit", "--books", sold.books)
    operating = sold("profit", "--operating", "--by", "channel", "--books", sold.books)
    assert "operating profit" in operating and "operating:" not in operating, "nothing was spent"
    cohort = sold("profit", "--cohort", "--by", "sku", "--period", "2026-03", "--books", sold.books)
    assert "orders of the period by sku" in cohort and "37.60" in cohort
    assert sold.json("profit", "--by", "customer", "--period", "2026-02", "--books", sold.books)["items"] == []


def test_statement(sold: Shell) -> None:
    """As text in two languages, CSV and JSON."""
    text = sold("statement", "income", "--books", sold.books)
    assert "Net income" in text and "净利润" in text and "37.60" in text
    rows = list(csv.DictReader(io.StringIO(sold("statement", "income", "--format", "csv", "--books", sold.books))))
    assert next(row["amount"] for row in rows if row["id"] == "net-income") == "37.60"
    assert "期末现金余额" in sold("statement", "cash-flow", "--period", "2026-03", "--books", sold.books)
    found = sold.json("statement", "trial-balance", "--period", "2026", "--books", sold.books)
    assert found["lines"][-1]["debit"] == found["lines"][-1]["credit"]
    assert sold("statement", "income", "--format", "json", "--books", sold.books).startswith("{")
    form = sold("statement", "balance-sheet", "--layout", "small", "--format", "csv", "--books", sold.books)
    assert "未分配利润" in form and "行次" in sold("statement", "income", "--layout", "cas", "--books", sold.books)
    assert "receivable" in sold("statement", "general-ledger", "--account", "receivable", "--books", sold.books).lower()


def test_check_and_rebuild(sold: Shell) -> None:
    """All agrees; a change behind our back is named on stderr with exit code 1; a lost store comes back from the books."""
    assert sold("check", "--books", sold.books).startswith("ok")
    assert sold.json("check", "--books", sold.books) == {"ok": True, "seq": 3, "problems": []}
    store = Path(sold.books) / ".orderledger/store.db"
    for path in store.parent.glob("store.db*"):
        path.unlink()
    sold("profit", "SO-1", "--books", sold.books, code=1)
    assert "rebuild" in sold.err
    assert sold.json("rebuild", "--books", sold.books)["documents"] == 3
    assert "37.60" in sold("profit", "SO-1", "--books", sold.books)
    month = Path(sold.books) / "journal/2026/2026-03.beancount"
    month.write_text(month.read_text(encoding="utf-8").replace("62.40", "62.30"), encoding="utf-8")
    found = sold.json("check", "--books", sold.books, code=1)
    assert not found["ok"] and "2026-03.beancount" in str(found["problems"]) and "2026-03.beancount" in sold.err


def test_close(sold: Shell) -> None:
    """A month is locked: an entry by hand into it is refused with the code of closed periods, and check still finds all in order."""
    assert "2026-03" in sold("close", "2026-03", "--books", sold.books)
    postings = [{"account": "Expenses:Operating", "amount": "1.00"}, {"account": "bank", "amount": "-1.00"}]
    late = {"kind": "entry", "source": "acct", "number": "E-1", "date": "2026-03-31", "postings": postings}
    found = sold.json("import", sold.write("late.ndjson", late), "--books", sold.books, code=1)
    assert [refusal["code"] for refusal in found["refused"]] == ["closed"]
    for period in ("2026-13", "2026-03", "2999-01"):
        sold("close", period, "--books", sold.books, code=1)
    sold("close", "--books", sold.books, code=2)
    assert sold.json("check", "--books", sold.books)["ok"]


def test_reopen(sold: Shell) -> None:
    """A reason is needed; the months are open again, and the file of closings tells it."""
    sold("close", "2026-03", "--books", sold.books)
    sold("reopen", "2026-03", "--books", sold.books, code=2)
    sold("reopen", "2026-03", "--reason", " ", "--books", sold.books, code=1)
    assert "/reason" in sold.err
    assert "已反结账" in sold("reopen", "2026-03", "--reason", "late invoice", "--books", sold.books)
    sold("reopen", "2026-03", "--reason", "again", "--books", sold.books, code=1)
    assert ": late invoice" in (Path(sold.books) / "journal/closings.beancount").read_text(encoding="utf-8")
    sold("close", "2026-04", "--books", sold.books)
    found = sold.json("reopen", "2026-03", "--reason", "again", "--books", sold.books)
    assert found == {"document": "orderledger/period_reopen/2026-03/2", "period": "2026-03", "closed_through": "2026-02"}
    assert sold.json("check", "--books", sold.books)["ok"]


def test_adopt(sold: Shell) -> None:
    """By line or all, dry or not; refused ones on stderr with file and line and exit code 1; texts are in two languages."""
    manual = Path(sold.books) / "manual.beancount"
    before = manual.read_text(encoding="utf-8")
    rent = '2026-03-15 * "rent" ^inv\n  Expenses:Operating  7.00 CNY ; note\n  Assets:Bank\n'
    manual.write_text(before + rent + rent.replace("2026-03", "2026-04") + rent.replace("7.00", "7.001"), encoding="utf-8")
    line = before.count("\n") + 1
    for wrong in ((), ("--all", "--line", "3"), ("--line", "x"), ("--line", "manual.beancount:")):
        sold("adopt", *wrong, "--books", sold.books, code=2)
    told = sold("adopt", "--all", "--dry-run", "--books", sold.books, code=1)
    assert "would adopt  将编号入账  2026-03-15" in told and "仅存入备注: comments" in told
    assert f"manual.beancount:{line + 7}: 7.001 is finer" in sold.err
    assert f"adopted  已编号入账  2026-03-15  manual.beancount:{line}  rent  记-2026-03-2" in sold(
        "adopt", "--line", str(line), "--books", sold.books
    )
    sold("adopt", "--line", "1", "--books", sold.books, code=1)
    assert "manual.beancount:1: no hand-written entry" in sold.err
    sold("close", "2026-04", "--adopt", "--books", sold.books, code=1)
    assert "7.001 is finer" in sold.err and "手工分录无法入账" in sold.err, "a month is not closed over what does not count"
    bad = sold.json("adopt", "--all", "--books", sold.books, code=1)
    assert [one["date"] for one in bad["adopted"]] == ["2026-04-15"]
    assert [one["place"] for one in bad["refused"]] == [f"manual.beancount:{line + i}" for i in (4, 5)]
    manual.write_text(before + rent.replace("2026-03", "2026-04"), encoding="utf-8")
    found = sold.json("close", "2026-04", "--adopt", "--books", sold.books)
    assert [one["date"] for one in found["adopted"]] == ["2026-04-15"]
    manual.write_text(before, encoding="utf-8")
    assert sold.json("check", "--books", sold.books)["ok"]
    manual.write_text(before + rent.replace("2026-03", "2026-05").replace("7.00 CNY", "7.00 USD"), encoding="utf-8")
    sold("close", "2026-05", "--adopt", "--books", sold.books, code=1)
    assert f"manual.beancount:{line + 1}: only amounts in CNY count here, others with their price in it: write `7.00 USD @ 7.20" in sold.err
    assert "手工分录无法入账" in sold.err and "此处只计入 CNY 金额" in sold.err
    manual.write_text(before + rent, encoding="utf-8")
    assert "已移除" in sold("adopt", "--line", f"manual.beancount:{line}", "--books", sold.books)
    assert manual.read_text(encoding="utf-8") == before


def test_export(sold: Shell) -> None:
    """Into a directory that is empty, or a zip file: the same text."""
    target, archive = sold.folder / "copy", sold.folder / "books.zip"
    sold("export", str(target), "--books", sold.books)
    assert sold.json("export", str(archive), "--books", sold.books)["seq"] == 3
    names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert names == sorted(zipfile.ZipFile(archive).namelist()) and "main.beancount" in names
    assert not [name for name in names if name.startswith(".")]
    sold("export", str(target), "--books", sold.books, code=1)
    assert "not empty" in sold.err


def test_tokens(shell: Shell) -> None:
    """The token stands alone on stdout; the list shows names and scopes, never the secret; revoked is gone."""
    out = shell("token", "create", "till", "--scope", "post", "--scope", "read", "--books", shell.books)
    assert out.count("\n") == 1 and len(out.strip()) > 40 and not shell.err
    listed = shell.json("token", "list", "--books", shell.books)
    assert [(one["name"], one["scopes"]) for one in listed] == [("till", ["post", "read"])]
    assert "till" in shell("--books", shell.books, "token", "list") and out.strip() not in str(listed)
    shell("token", "create", "till", "--scope", "read", "--books", shell.books, code=1)
    shell("token", "--books", shell.books, "revoke", "till")
    assert shell.json("token", "list", "--books", shell.books) == []


def test_names_are_not_markup(shell: Shell) -> None:
    """What looks like rich's markup in a document is printed as it is."""
    body = order("SO-1", customer="[bold]x[/bold]", channel="[red]")
    shell("import", shell.write("sale.ndjson", BUY, body, SHIP), "--books", shell.books)
    assert "[bold]x[/bold]" in shell("profit", "--by", "customer", "--books", shell.books)
    assert "[red]" in shell("profit", "--by", "channel", "--books", shell.books)


def test_a_defect_is_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback goes to a file that the line names."""
    monkeypatch.setattr("ledger.creation.create_books", lambda *_, **__: 1 / 0)
    shell("init", str(shell.folder / "x"), code=1)
    path = Path(shell.err.split()[-1])
    assert shell.err.count("\n") == 1 and "ZeroDivisionError" in path.read_text(encoding="utf-8")
    path.unlink()
