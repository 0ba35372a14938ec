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
from ledger.journal.entry import Entry
from ledger.journal.text import declare_commodity, open_account
from ledger.state.records import Account, Sku
from ledger.state.working import State

CHARTS = {"ifrs": "ifrs/accounts", "cas": "cn/accounts", "small": "cn/accounts-small"}
"""The shipped charts by name: the two of `cn` by their standard."""


@cache
def accounts(name: str = "ifrs") -> str:
    """Return the text of a shipped chart's accounts."""
    return (resources.files("books") / "charts" / f"{CHARTS[name]}.beancount").read_text(encoding="utf-8")


@cache
def chart(currency: str = "CNY", costing: str = "fifo", name: str = "ifrs", options: tuple[tuple[str, str], ...] = ()) -> Chart:
    """Return a shipped chart; `options` are those of the books, "2026-07-01 recognition" one from a date on."""
    text = ""
    for key, value in {"currency": currency, "costing": costing, **dict(options)}.items():
        date, _, option = key.rpartition(" ")
        text += f'{date or "1970-01-01"} custom "orderledger" "{option}" "{value}"\n'
    parsed, _, _ = parser.parse_string(text + accounts(name))
    return chart_of(parsed, [])


class MemoryLedger:
    """Posts bodies and keeps everything in memory."""

    def __init__(
        self, currency: str = "CNY", costing: str = "fifo", name: str = "ifrs", policies: Mapping[str, str] | None = None, **options: str
    ) -> None:
        written = tuple((key.replace("_", "-"), value) for key, value in options.items()) + tuple((policies or {}).items())
        self.engine = Engine(chart(currency, costing, name, written), State(), lambda: "2026-11-23T00:00:00Z")
        self.currency = currency
        self.name = name

    def post(self, body: dict[str, Any]) -> Posted:
        """Post one document."""
        return self.engine.post(read(body, self.currency))

    def entries(self) -> list[Entry]:
        """Return the entries that reports count: all but closing vouchers."""
        return [entry for entry in self.engine.entries if not entry.closing]

    def text(self) -> str:
        """Return the books as one text, as main.beancount includes them."""
        state = self.engine.state
        skus = state[Sku].changes()[0]
        made = state[Account].changes()[0]
        opened = "".join(declare_commodity(s.commodity, s.sku) for s in skus)
        opened += "".join(open_account(a.name, a.raw, a.role) for a in made)
        return accounts(self.name) + opened + "".join(with_hash(entry) for entry in self.entries())

    def balances(self) -> dict[str, int]:
        """Return the balance of each account from the postings, minor units."""
        found: dict[str, int] = defaultdict(int)
        for entry in self.entries():
            for posting in entry.postings:
                found[posting.account] += posting.amount
        return found


def bean_check(text: str) -> tuple[list[Any], list[str]]:
    """Load a text with stock Beancount; return its entries and what it complains of."""
    entries, errors, _ = loader.load_string(text)
    return entries, [f"{error.source.get('lineno')}: {error.message}" for error in errors]


PRICE_DIGITS = 12
"""Beancount turns a total price into a price of one unit, cut after 28 digits: weights are equal to far beyond a cent."""


def bean_values(entries: Iterable[Any]) -> dict[str, Any]:
    """Return the balance of each account as Beancount has it: the weights of its postings."""
    found: dict[str, Any] = defaultdict(int)
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                cost = posting.cost
                weight = cost or posting.price
                found[posting.account] += posting.units.number * weight.number if weight is not None else posting.units.number
    return {account: round(number, PRICE_DIGITS) for account, number in found.items()}
