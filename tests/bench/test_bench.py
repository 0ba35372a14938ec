"""The benchmark itself runs: the tables it writes are imported whole, both sides agree, every row gets a figure."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench.processes import ROOT

SECONDS_MAX = 900


@pytest.mark.slow
def test_few_orders() -> None:
    """With few orders it says little about speed, and all about whether it works."""
    command = [sys.executable, "-m", "tests.bench", "--orders", "100"]
    answer = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_MAX)
    assert answer.returncode == 0, answer.stderr
    assert "agree to the cent" in answer.stdout
