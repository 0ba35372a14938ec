"""kill -9 in the middle of an import: the next one goes on fast, and everything is in the books once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ledger.creation import create_books
from ledger.integrity import check
from ledger.service import Ledger

ORDERS = 15_000
COMMAND = Path(sys.executable).with_name("orderledger")

MAPPING = """
[group]
by = ["Order"]

[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "Order" }
date = { column = "Date" }
customer = { constant = "C" }

[[document.lines]]
sku = { constant = "TEA-01" }
quantity = { column = "Qty" }
amount = { column = "Amount" }

[[document]]
kind = "payment"
number = { column = "Order" }
date = { column = "Date" }
order = { document = "order" }
amount = { column = "Amount" }
account = { constant = "bank" }
"""


def run(books: Path, table: Path) -> dict[str, Any]:
    """Import to the end and return the report."""
    command = [str(COMMAND), "import", str(table), "--books", str(books), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment())
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def environment() -> dict[str, str]:
    """Return the environment without a store of somebody else's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORDERLEDGER_")} | {"PYTHONUTF8": "1"}


def test_killed_and_repeated(tmp_path: Path) -> None:
    """Killed as soon as it remembers something, then once more, then left alone."""
    table, books = tmp_path / "sales.csv", tmp_path / "books"
    rows = "".join(f"SO-{i},2026-{1 + i % 12:02d}-15,1,{i % 90 + 10}.00\n" for i in range(ORDERS))
    table.write_text("Order,Date,Qty,Amount\n" + rows, encoding="utf-8")
    table.with_suffix(".toml").write_text(MAPPING, encoding="utf-8")
    create_books(books)
    done = 0
    for _ in range(2):
        done = kill_when_it_has_done_more(books, table, done)
    assert done < 2 * ORDERS, "it was through before it was killed"
    report = run(books, table)
    assert (report["documents"], report["new"] + report["replayed"], report["refused"]) == (2 * ORDERS, 2 * ORDERS, [])
    assert report["skipped"] >= done
    assert list((books / ".orderledger" / "imports").iterdir()) == []
    ledger = Ledger.open(books)
    assert (ledger.health()["seq"], ledger.health()["published_seq"]) == (2 * ORDERS, 2 * ORDERS)
    assert check(ledger) == []
    ledger.close()
    again = run(books, table)
    assert (again["new"], again["replayed"], again["skipped"]) == (0, 2 * ORDERS, 0)


def kill_when_it_has_done_more(books: Path, table: Path, done: int) -> int:
    """Import, kill it once more than `done` documents are remembered, and return how many are."""
    command = [str(COMMAND), "import", str(table), "--books", str(books)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment())
    until = time.monotonic() + 120
    while (now := remembered(books)) <= done:
        assert process.poll() is None, "it was through before it was killed"
        assert time.monotonic() < until
        time.sleep(0.01)
    process.kill()
    process.wait()
    return now


def remembered(books: Path) -> int:
    """Return how many documents a stopped import knows to be done."""
    found = list((books / ".orderledger" / "imports").glob("*.json"))
    return int(json.loads(found[0].read_text(encoding="utf-8"))["done"]) if found else 0
