"""What `orderledger import` shows of a table: what became of it, control totals, remarks, in two languages; all of it as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Task

from api.cli import run
from api.commands.imports import _RateColumn
from tests.integration.test_importers_pointers import HEADER, MAPPING

ROWS = "1,D-1,10.005,,2.50\n2,D-1,20,,see 1\n3,D-2,5,,see 9\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lend a folder with empty books, a table and its mapping."""
    monkeypatch.delenv("ORDERLEDGER_BOOKS", raising=False)
    monkeypatch.delenv("ORDERLEDGER_STORE", raising=False)
    assert run(["init", str(tmp_path / "books")]) == 0
    (tmp_path / "goods.csv").write_text(HEADER + ROWS, encoding="utf-8")
    (tmp_path / "goods.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def command(folder: Path, *arguments: str) -> int:
    """Import the table; return the exit code."""
    return run(["import", str(folder / "goods.csv"), "--books", str(folder / "books"), *arguments])


def test_shows_control_totals(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, documents by kind, sums of the file beside those of the documents; remarks go to stderr and are no failure."""
    capsys.readouterr()
    assert command(folder) == 0
    out, err = capsys.readouterr()
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if line.startswith("│")]
    assert [str(folder / "goods.csv"), "3", "0", "2 purchase", "3", "0", "0"] in cells
    assert ["", "", "", "1 freight_bill", "", "", ""] in cells
    assert ["purchase.lines.amount", "Value", "CNY", "35.005", "35.01"] in cells
    assert ["freight_bill.lines.amount", "Freight", "CNY", "2.50", "2.50"] in cells
    for label in ("files 文件", "control totals 控制合计", "in the file 文件合计", "in the documents 单据合计"):
        assert label in out
    assert "3 new, 0 already there, 0 refused in" in out and "新增 3，已有 0，拒绝 0" in out
    assert (
        err == f'orderledger: remark 提示: {folder}/goods.csv:4: column "Freight" points to Id 9: no row of the same document ("see 9")\n'
    )


def test_refusals_end_with_one(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are named, the rest is counted."""
    monkeypatch.setattr("api.commands.imports.TOLD_MAX", 1)
    (folder / "goods.csv").write_text(HEADER + ROWS.replace("10.005", "ten").replace("5,,see", "five,,see"), encoding="utf-8")
    capsys.readouterr()
    assert command(folder) == 1
    out, err = capsys.readouterr()
    assert "0 new, 0 already there, 3 refused" in out
    assert "and 2 more 其余从略; --json names more" in err


def test_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads the same."""
    capsys.readouterr()
    assert command(folder, "--json") == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (report["new"], report["skipped"], report["refused_total"], report["documents"]) == (3, 0, 0, 3)
    file = report["files"][0]
    assert (file["rows"], file["documents"], file["remarks_total"]) == (3, {"purchase": 2, "freight_bill": 1}, 1)
    assert file["totals"][-1] == {
        "field": "freight_bill.lines.amount",
        "columns": "Freight",
        "currency": "CNY",
        "exact": "2.50",
        "booked": "2.50",
    }


def test_tells_what_a_stopped_import_had_done(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those documents are counted as already there, and said to be."""
    monkeypatch.setattr("ledger.limits.IMPORT_BATCH", 1)
    monkeypatch.setattr("importers.resume.Resume.finish", lambda _: None)
    assert command(folder) == 0
    capsys.readouterr()
    assert command(folder) == 0
    out, _ = capsys.readouterr()
    assert "0 new, 3 already there, 0 refused" in out
    assert "3 were posted before this import was stopped  其中 3 张在中断前已入账" in out


@pytest.mark.parametrize(("finished", "text"), [(None, ""), (12345.6, "12,346/s")])
def test_rate(finished: float | None, text: str) -> None:
    """How many a second, once that is known."""
    task = Task(0, "", 10, 0, _get_time=lambda: 0.0, finished_speed=finished)  # type: ignore[arg-type] # rich's TaskID is an int
    assert str(_RateColumn().render(task)) == text
