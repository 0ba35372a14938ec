"""Stock Fava on the plain text: its pages, its own way of adding entries, its memory."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median

from tests.bench.fava_pages import LIVE_MONTH, PAGE, repeated, show, timed, until_shown
from tests.bench.plain_text import CURRENCY, TITLE
from tests.bench.processes import Server, free_port, serving
from tests.bench.results import Figure, of_times

PREFIX = f"/{TITLE}"

ENTRY = """
2026-02-01 * "Customer 00001" "One more"
  order: "MORE{number}"
  Assets:Receivable  113.00 {currency}
  Income:Sales  -100.00 {currency}
  Liabilities:VAT  -13.00 {currency}
"""


def measure_fava(program: Path, text: Path, seconds_max: float) -> dict[str, Figure]:
    """Start Fava and measure it; where something takes too long, that and the rest are reported so."""
    figures = without_answer(seconds_max)
    port = free_port()
    command: list[str | Path] = [program, "--host", "127.0.0.1", "--port", str(port), text]
    try:
        with serving(command, port, f"{PREFIX}/{PAGE}/", seconds_max=seconds_max) as server:
            show(server, PREFIX)
            figures["first page"] = Figure(time.perf_counter() - server.started, "s")
            figures["statement"] = of_times(repeated(lambda i: _statement(server, i)), what="Fava")
            figures["page after entry"] = of_times(repeated(lambda i: _page_after_entry(server, text, i)), "s")
            seconds = median(repeated(lambda i: timed(lambda: _add_entry(server, i))))
            figures["post"] = Figure(1 / seconds, "posts/s", what="add_entries")
            figures["memory"] = Figure(max(server.peaks_mb().values(), default=0.0), "MB")
    except TimeoutError:
        pass  # what was reached is in the figures
    return figures


def without_answer(seconds_max: float) -> dict[str, Figure]:
    """Return what is to be said of a Fava that does not come up in time."""
    too_long = Figure(seconds_max, "s", timed_out=True)
    post = Figure(1 / seconds_max, "posts/s", timed_out=True, what="add_entries")
    return dict.fromkeys(("first page", "statement", "page after entry"), too_long) | {"post": post}


def _statement(server: Server, number: int) -> float:
    return timed(lambda: server.get(f"{PREFIX}/api/{PAGE}?time=2025-{number % 12 + 1:02d}"))


def _page_after_entry(server: Server, text: Path, number: int) -> float:
    before = show(server, PREFIX, LIVE_MONTH)
    with text.open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(number=number, currency=CURRENCY))
    return until_shown(server, PREFIX, LIVE_MONTH, before, time.perf_counter())


def _add_entry(server: Server, number: int) -> None:
    postings = [("Assets:Receivable", "113.00"), ("Income:Sales", "-100.00"), ("Liabilities:VAT", "-13.00")]
    entry = {
        "t": "Transaction",
        "date": "2026-02-01",
        "flag": "*",
        "payee": "Customer 00001",
        "narration": "Added",
        "tags": [],
        "links": [],
        "meta": {"order": f"ADDED{number}"},
        "postings": [{"account": account, "amount": f"{amount} {CURRENCY}"} for account, amount in postings],
    }
    status, body = server.request("PUT", f"{PREFIX}/api/add_entries", json.dumps({"entries": [entry]}).encode())
    if status != 200:
        raise RuntimeError(f"Fava's add_entries: {status} {body[:500]!r}")
