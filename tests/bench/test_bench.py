"""The benchmark itself runs: the tables it writes are imported whole, both sides agree, every row gets a figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.orders import make_company
from tests.bench.plain_side import PlainSide
from tests.bench.processes import ROOT

SECONDS_MAX = 900


@pytest.mark.slow
def test_few_orders() -> None:
    """With few orders it says little about speed, and all about whether it works."""
    command = [sys.executable, "-m", "tests.bench", "--orders", "100"]
    answer = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_MAX)
    assert answer.returncode == 0, answer.stderr
    assert "agree to the cent" in answer.stdout


def test_a_text_that_is_not_loaded_in_time_is_asked_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer takes longer than the bound, for it needs the text loaded; that is what the table says of it."""
    monkeypatch.setattr("tests.bench.plain_side.SECONDS_MAX", 0.01)
    monkeypatch.setattr("shutil.which", lambda _: None)
    plain = PlainSide(make_company(100, 5), tmp_path / "plain", lambda _: None)
    plain.measure()
    asked = {"load", "load memory", "check", "one order", "all orders", "orders page", "by sku", "by channel", "by customer", "by month"}
    assert plain.figures.keys() == asked | {"first page", "statement", "page after entry", "post"}
    assert all(figure.timed_out for figure in plain.figures.values())
    assert str(plain.figures["by month"]) == ">0.0100 s (bean-query)"
