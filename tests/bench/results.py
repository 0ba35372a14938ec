"""What was measured: rows of one table, printed beside each other and kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.load import Load, percentile

SECONDS = {"s": 1.0, "ms": 0.001}
MANY = 100
"""Of fewer, a p99 says nothing."""
COLUMNS = ("work", "orders", "ours", "plain Beancount + Fava", "hledger", "limit", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: seconds, milliseconds, MB (less is better) or a rate (`.../s`: more is better)."""

    value: float
    unit: str
    p99_ms: float | None = None
    timed_out: bool = False
    what: str = ""
    """What was done, where it is not the same as on the other side."""

    @property
    def is_rate(self) -> bool:
        """Tell whether more is better."""
        return self.unit.endswith("/s")

    @property
    def base(self) -> float:
        """Return the value in seconds where it is a time."""
        return self.value * SECONDS.get(self.unit, 1.0)

    @property
    def inverse(self) -> Figure:
        """Return a rate as the seconds of one."""
        return Figure(1 / self.value, "s", timed_out=self.timed_out, what=self.what)

    def __str__(self) -> str:
        places = 0 if self.value >= 100 else 1 if self.value >= 10 else 2 if self.value >= 0.1 else 4
        bound = ("<" if self.is_rate else ">") if self.timed_out else ""
        p99 = f", p99 {self.p99_ms:,.1f} ms" if self.p99_ms is not None else ""
        what = f" ({self.what})" if self.what else ""
        return f"{bound}{self.value:,.{places}f} {self.unit}{p99}{what}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `plain` is None where plain text has no such thing."""

    work: str
    orders: int
    ours: Figure
    plain: Figure | None = None
    hledger: Figure | None = None
    limit: Figure | None = None
    """What a bare loop that does only the unavoidable reaches."""

    @property
    def ratio(self) -> float | None:
        """Return how many times better ours is; below 1 it is worse."""
        if self.plain is None or not self.ours.base or not self.plain.base:
            return None
        return self.ours.base / self.plain.base if self.ours.is_rate else self.plain.base / self.ours.base

    @property
    def ratio_text(self) -> str:
        """Return the ratio as it is printed."""
        if self.ratio is None or self.plain is None:
            return "-"
        places = 0 if self.ratio >= 20 else 1 if self.ratio >= 2 else 2
        return f"{'>' if self.plain.timed_out else ''}{self.ratio:,.{places}f}x"

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the line as it is printed."""
        orders = f"{self.orders:,}" if self.orders else "-"
        others = (str(figure) if figure else "-" for figure in (self.plain, self.hledger, self.limit))
        return self.work, orders, str(self.ours), *others, self.ratio_text


@dataclass(slots=True)
class Results:
    """All rows, and what stands beside them in the JSON file."""

    orders: int
    console: Console
    rows: list[Row] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def add(
        self,
        work: str,
        ours: Figure,
        plain: Figure | None = None,
        *,
        orders: int | None = None,
        hledger: Figure | None = None,
        limit: Figure | None = None,
    ) -> None:
        """Add a row, and say so: a run takes minutes."""
        row = Row(work, self.orders if orders is None else orders, ours, plain, hledger, limit)
        self.rows.append(row)
        self.say(f"{work}: {ours}" + (f"   plain: {plain} ({row.ratio_text})" if plain else ""))

    def say(self, text: str) -> None:
        """Show how far the run is."""
        self.console.print(f"  {text}", style="dim", highlight=False, soft_wrap=True)

    def print(self, *remarks: str) -> None:
        """Print the table, and what it cannot hold."""
        table = Table(title=f"orderledger beside plain Beancount + Fava, {self.orders:,} orders", title_justify="left")
        for name in COLUMNS:
            table.add_column(name, justify="right" if name in ("orders", "ratio") else "left")
        for row in self.rows:
            table.add_row(*row.cells)
        self.console.print(table)
        for remark in remarks:
            self.console.print(remark, highlight=False)

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        rows = [asdict(row) | {"ratio": row.ratio} for row in self.rows]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"orders": self.orders, **self.details, "rows": rows}, indent=1, ensure_ascii=False) + "\n")


def of_load(load: Load, unit: str = "ms", what: str = "") -> Figure:
    """Return the median latency of a run, or (unit `.../s`) its rate."""
    value = load.per_second if unit.endswith("/s") else load.percentile(0.5)
    p99 = load.percentile(0.99) if load.requests >= MANY else None
    return Figure(value, unit, p99_ms=p99, what=what)


def median_load(loads: Sequence[Load], unit: str) -> Figure:
    """Return the median rate and the median p99 of several runs."""
    return Figure(median(load.per_second for load in loads), unit, p99_ms=median(load.percentile(0.99) for load in loads))


def of_times(seconds: Sequence[float], unit: str = "ms", what: str = "") -> Figure:
    """Return the median of times in seconds, and their p99 where they are many."""
    p99 = percentile(seconds, 0.99) * 1000 if len(seconds) >= MANY else None
    return Figure(median(seconds) / SECONDS[unit], unit, p99_ms=p99, what=what)
