"""Files of any size: with little kept in memory the import is the same as with all of it, and memory does not grow with the file."""

from __future__ import annotations

import gc
import random
import tracemalloc
from pathlib import Path

import pytest

from importers.discovery import Mappings, list_sources
from importers.reading import read_sources
from importers.report import ImportReport
from importers.run import import_paths
from ledger.progress import silent
from tests.integration.test_importers_ledger import FakeLedger
from tests.integration.test_importers_tables import GOOD, HEADER, MAPPING


def shuffled(orders: int, *, seed: int = 7) -> str:
    """Return rows of many orders in no order, some with faults of every sort."""
    rows = []
    for i in range(orders):
        day = f"2026-01-{1 + i * 7 % 28:02d}"
        rows += [f"SO-{i},{day},C{i},SKU{i % 5},1,{i}.105,0" for _ in range(1 + i % 3)]
    rows += ["SO-3,2026-01-09,C3,TEA,1,1,0,0", "SO-4,2026-01-09", "SO", "SO-5,2026-01-09,other,TEA,1,1,0", ",2026-01-09,C,TEA,1,1,0"]
    random.Random(seed).shuffle(rows)
    return HEADER + "".join(f"{row}\n" for row in rows)


def imported(folder: Path) -> tuple[list[tuple[str, str, str]], str]:
    """Import the table of a folder; return what was posted in its order, and the report without its time."""
    ledger = FakeLedger(folder / "books")
    report = import_paths(ledger, [folder / "sales.csv"])
    report.seconds = 0
    return list(ledger.posted), str(report.to_json())


@pytest.mark.parametrize("group", ['[group]\nby = ["Order"]', '[group]\nby = ["Order", "Customer"]', ""])
def test_what_goes_to_the_disk_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    """Groups whose rows are far apart, misplaced rows, refusals, control totals, order of posting: nothing differs."""
    mapping = MAPPING.replace('[group]\nby = ["Order"]', group)
    if not group:
        mapping = mapping.replace('number = { column = "Order" }', 'number = { template = "{Order}-{SKU}-{Amount}" }')
    (tmp_path / "sales.csv").write_text(shuffled(60), encoding="utf-8")
    (tmp_path / "sales.toml").write_text(mapping, encoding="utf-8")
    in_memory = imported(tmp_path)
    for name, bound in {"groups.ROWS_KEPT": 7, "reading.DOCUMENTS_KEPT": 5, "spill.SPILL_BLOCK": 2, "spill.RUNS_MAX": 3}.items():
        monkeypatch.setattr(f"importers.{name}", bound)
    assert imported(tmp_path) == in_memory
    assert len(in_memory[0]) > 40


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further document takes some bytes that say where it lies, not the thousands that it takes in memory."""
    monkeypatch.setattr("importers.groups.ROWS_KEPT", 300)
    monkeypatch.setattr("importers.reading.DOCUMENTS_KEPT", 300)
    monkeypatch.setattr("importers.spill.SPILL_BLOCK", 10)

    def peak(orders: int) -> int:
        (tmp_path / "sales.csv").write_text(HEADER + "".join(f"SO-{i},2026-01-02,C,TEA,1,10,0\n" for i in range(orders)), encoding="utf-8")
        (tmp_path / "sales.toml").write_text(MAPPING, encoding="utf-8")
        gc.collect()
        tracemalloc.start()
        prepared = read_sources(list_sources([tmp_path / "sales.csv"], Mappings("USD")), "USD", ImportReport(), silent)
        assert sum(1 for _ in prepared.documents()) == 2 * orders
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(500)
    assert peak(3_000) - peak(1_000) < 4_000 * 200


def test_refusals_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapping with a fault refuses every row of a large file: all are counted, the first are named."""
    monkeypatch.setattr("importers.report.REFUSALS_KEPT", 3)
    (tmp_path / "sales.csv").write_text(HEADER + GOOD.replace("TEA,1", "TEA,none").replace("CUP,1", "CUP,0"), encoding="utf-8")
    (tmp_path / "sales.toml").write_text(MAPPING, encoding="utf-8")
    report = import_paths(FakeLedger(tmp_path), [tmp_path / "sales.csv"])
    assert (len(report.refused), report.refused_total, report.files[0].refused, report.new) == (3, 6, 6, 0)
