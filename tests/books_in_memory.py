"""A ledger without a disk: the engine over an in-memory working set, and its books as one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.parser import parser

from ledger.books.people import chart_of
from ledger.chart import Chart
from ledger.documents import read
from ledger.engine import Engine, Posted, with_hash
from ledger.journal.text import declare_commodity, open_account
from ledger.state.records import Account, Sku
from ledger.state.working import State

ACCOUNTS = (resources.files("books") / "charts" / "ifrs" / "accounts.beancount").read_text(encoding="utf-8")


@cache
def chart(currency: str = "CNY", costing: str = "fifo", policies: tuple[tuple[str, str], ...] = ()) -> Chart:
    """Return the shipped chart with options; a policy's name may carry the date it is in force from: "2026-07-01 recognition"."""
    options = ""
    for name, value in (("currency", currency), ("costing", costing), *policies):
        date, _, option = name.rpartition(" ")
        options += f'{date or "1970-01-01"} custom "orderledger" "{option}" "{value}"\n'
    parsed, _, _ = parser.parse_string(options + ACCOUNTS)
    return chart_of(parsed, [])


class MemoryLedger:
    """Posts bodies and keeps everything in memory."""

    def __init__(self, currency: str = "CNY", costing: str = "fifo", policies: Mapping[str, str] | None = None) -> None:
        self.engine = Engine(chart(currency, costing, tuple((policies or {}).items())), State(), lambda: "2026-11-23T00:00:00Z")
        self.currency = currency

    def post(self, body: dict[str, Any]) -> Posted:
        """Post one document."""
        return self.engine.post(read(body, self.currency))

    def text(self) -> str:
        """Return the books as one text."""
        state = self.engine.state
        skus = state[Sku].changes()[0]
        accounts = state[Account].changes()[0]
        opened = "".join(declare_commodity(s.commodity, s.sku) for s in skus)
        opened += "".join(open_account(a.name, a.raw, a.role) for a in accounts)
        return ACCOUNTS + opened + "".join(with_hash(entry) for entry in self.engine.entries)

    def balances(self) -> dict[str, int]:
        """Return the balance of each account from the postings, minor units."""
        found: dict[str, int] = defaultdict(int)
        for entry in self.engine.entries:
            for posting in entry.postings:
                found[posting.account] += posting.amount
        return found


def bean_check(text: str) -> tuple[list[Any], list[str]]:
    """Load a text with stock Beancount; return its entries and what it complains of."""
    entries, errors, _ = loader.load_string(text)
    return entries, [f"{error.source.get('lineno')}: {error.message}" for error in errors]


def bean_values(entries: Iterable[Any]) -> dict[str, Any]:
    """Return the balance of each account as Beancount has it: money, and units at cost."""
    found: dict[str, Any] = defaultdict(int)
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                cost = posting.cost
                found[posting.account] += posting.units.number * cost.number if cost is not None else posting.units.number
    return found
