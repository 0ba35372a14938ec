"""The other side: the same orders in plain text, with stock Beancount, bean-query, and hledger where it is installed.

Every step has a bound in time; one that reaches it is reported as more than that. Where the text cannot even be loaded within it, no step
that has to load it is tried: each would be stopped too.
"""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.orders import Company
from tests.bench.plain_fava import measure_fava, without_answer
from tests.bench.plain_text import write_beancount, write_hledger
from tests.bench.processes import Ran, run
from tests.bench.results import Figure

SECONDS_MAX = 300.0
"""What one step may take."""

LOAD = "import sys; from beancount import loader; loader.load_file(sys.argv[1])"
UNCACHED = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
"""What is read after every change must be loaded anew."""

EARNED = "account ~ '^(Income|Expenses)'"
SUMS = f"SELECT account, sum(number) WHERE {EARNED} GROUP BY account"
QUERIES = {
    "all orders": f"SELECT any_meta('order') AS o, sum(number) WHERE {EARNED} GROUP BY o",
    "orders page": f"SELECT any_meta('order') AS o, sum(number) AS s WHERE {EARNED} GROUP BY o ORDER BY s LIMIT 50",
    "by sku": f"SELECT any_meta('sku') AS k, sum(number) WHERE {EARNED} GROUP BY k",
    "by channel": f"SELECT any_meta('channel') AS k, sum(number) WHERE {EARNED} GROUP BY k",
    "by customer": f"SELECT any_meta('customer') AS k, sum(number) WHERE {EARNED} GROUP BY k",
    "by month": f"SELECT year, month, sum(number) WHERE {EARNED} GROUP BY year, month",
}


@dataclass(slots=True)
class PlainSide:
    """The text in a folder, and what was measured on it."""

    company: Company
    folder: Path
    say: Callable[[str], None]
    figures: dict[str, Figure] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    """Sum of each income and expense account before anything was added."""

    @property
    def text(self) -> Path:
        """Return the one file of the ledger."""
        return self.folder / "plain.beancount"

    def measure(self) -> None:
        """Write the text and measure everything; some entries more stand in it afterwards."""
        self.folder.mkdir()
        write_beancount(self.company, self.text)
        loaded = run([sys.executable, "-c", LOAD, self.text], SECONDS_MAX, UNCACHED)
        self._keep("load", loaded)
        self.figures["load memory"] = Figure(loaded.peak_mb, "MB", timed_out=loaded.timed_out, what="load")
        if loaded.timed_out:
            self._give_up()
            return
        self._keep("check", run([_tool("bean-check"), "--no-cache", self.text], SECONDS_MAX), "bean-check")
        one = f"SELECT sum(number) WHERE any_meta('order') = '{self.company.sales[0].number}' AND {EARNED}"
        self._keep("one order", self._query(one, UNCACHED), "bean-query")
        # Questions to text that has not changed: Beancount may use its cache, which this one makes.
        self.sums = _read_sums(self._query(SUMS))
        for name, query in QUERIES.items():
            self._keep(name, self._query(query), "bean-query")
        self._measure_hledger()
        for name, figure in measure_fava(_tool("fava"), self.text, SECONDS_MAX).items():
            self.figures[name] = figure
            self.say(f"Fava, {name}: {figure}")

    def _give_up(self) -> None:
        """Report all that needs the text loaded as more than the bound."""
        self.figures["check"] = Figure(SECONDS_MAX, "s", timed_out=True, what="bean-check")
        for name in ("one order", *QUERIES):
            self.figures[name] = Figure(SECONDS_MAX, "s", timed_out=True, what="bean-query")
        self.figures |= without_answer(SECONDS_MAX)
        self.say("the text is not loaded in time: all that has to load it takes longer; hledger is not asked, which wants as much memory")

    def _keep(self, name: str, ran: Ran, what: str = "") -> None:
        self.figures[name] = Figure(ran.seconds, "s", timed_out=ran.timed_out, what=what)
        self.say(f"{name}: {self.figures[name]}")

    def _query(self, query: str, environment: dict[str, str] | None = None) -> Ran:
        return run([_tool("bean-query"), "-f", "csv", self.text, query], SECONDS_MAX, environment)

    def _measure_hledger(self) -> None:
        program = shutil.which("hledger")
        if program is None:
            return
        journal = self.folder / "plain.journal"
        write_hledger(self.company, journal)
        command: list[str | Path] = [program, "-f", journal, "balance", "Income", "Expenses", "--pivot", "order", "--depth", "1"]
        self._keep("all orders, hledger", run(command, SECONDS_MAX), "hledger")


def _read_sums(ran: Ran) -> dict[str, str]:
    rows = list(csv.reader(io.StringIO(ran.output)))[1:]
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2 and not ran.timed_out}


def _tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)
