"""People's files: the chart with its roles, options, categories of SKUs, and hand-written entries. The service never writes these.

A hand-written entry that cannot count (a currency without its price, a stock account, a cost) is a problem with file and line, never an
exception: reports go on without it and `check` names it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beancount.core import data
from beancount.parser import booking, parser

from ledger.books import detail_days
from ledger.books.hand_amounts import Weighed, weigh
from ledger.books.hand_entries import manual_entry, numbered
from ledger.books.layout import JOURNAL, MAIN
from ledger.chart import STOCK_ROLES, AccountInfo, Chart
from ledger.costing.methods import METHODS
from ledger.errors import BooksProblem
from ledger.journal.cash import ITEMS
from ledger.money import MICRO_DIGITS
from ledger.names import order_of_tag
from ledger.reports.context import ManualEntry, ManualPosting
from ledger.reports.operating_drivers import OPTION as DRIVER_OPTION
from ledger.reports.operating_drivers import fault_of

_FILES_MAX = 200
CATEGORY = "category"
"""The option that names a SKU's category: custom "orderledger" "category" "TEA-01" "tea"."""


@dataclass(frozen=True, slots=True)
class NotCounting:
    """Why a hand-written entry does not count: its place (`manual.beancount:12`), and its day, None where it cannot be told."""

    place: str
    why: str
    date: str | None


@dataclass(slots=True)
class People:
    """What people's files say. `refused` are the problems of hand-written entries; `stamps` tells whether a file changed."""

    chart: Chart
    manual: list[ManualEntry] = field(default_factory=list)
    categories: dict[str, str] = field(default_factory=dict)
    drivers: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)
    refused: list[NotCounting] = field(default_factory=list)

    def refuse(self, source: Any, why: str, date: datetime.date | None) -> None:
        """Note why a hand-written entry does not count."""
        self.problems.append(_place(source, why))
        place = _place(source, "").rstrip(": ")
        self.refused.append(NotCounting(place, why, date.isoformat() if date is not None else None))

    def changed(self) -> bool:
        """Tell whether a file that was read is another one now."""
        return any(_stamp(path) != stamp for path, stamp in self.stamps.items())


def read_people(books: Path) -> People:
    """Read main.beancount and what it includes outside `journal/`; BooksProblem where there is no usable chart."""
    main = books / MAIN
    if not main.is_file():
        raise BooksProblem(f"{books} holds no {MAIN}: make books with `orderledger init {books}`")
    stamps: dict[Path, tuple[int, int]] = {}
    entries: list[Any] = []
    problems: list[str] = []
    options: dict[str, Any] = {}
    queue = [main]
    while queue:
        path = queue.pop(0)
        if path in stamps or len(stamps) > _FILES_MAX:
            continue
        stamps[path] = _stamp(path)
        parsed, errors, found_options = parser.parse_file(str(path))
        options = options or found_options
        entries.extend(parsed)
        problems.extend(_place(error.source, error.message) for error in errors)
        queue.extend(_included(books, path, found_options["include"]))
    chart = chart_of(entries, problems)
    people = People(chart, problems=problems, stamps=stamps)
    people.categories = _categories(entries)
    people.drivers = _drivers(entries, chart, problems)
    stated = chart.options.get(detail_days.OPTION)
    if stated is not None and (fault := detail_days.fault_of(stated)) is not None:
        problems.append(f"{MAIN}: {fault}")
    _read_manual(people, books, entries, options)
    return people


def _stamp(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return (0, -1)
    return (state.st_mtime_ns, state.st_size)


def _included(books: Path, path: Path, patterns: list[str]) -> list[Path]:
    journal = (books / JOURNAL).resolve()
    found: list[Path] = []
    for pattern in patterns:
        named = [Path(pattern)] if Path(pattern).is_absolute() else sorted(path.parent.glob(pattern))
        found.extend(name for name in named if not name.resolve().is_relative_to(journal))
    return found


def _categories(entries: list[Any]) -> dict[str, str]:
    """Return the category of each SKU that people gave one (the service's own commodity directives cannot be repeated)."""
    options = [e.values for e in entries if isinstance(e, data.Custom) and e.type == "orderledger" and len(e.values) == 3]
    return {str(sku.value): str(category.value) for key, sku, category in options if key.value == CATEGORY}


def _drivers(entries: list[Any], chart: Chart, problems: list[str]) -> dict[str, str]:
    """Return the driver that people state for each account or pool of operating costs; one that cannot be is a problem."""
    found: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, data.Custom) and entry.type == "orderledger" and len(entry.values) == 3:
            option, account, driver = (str(value.value) for value in entry.values)
            if option == DRIVER_OPTION and (fault := fault_of(chart, account, driver)) is None:
                found[account] = driver
            elif option == DRIVER_OPTION:
                problems.append(_place(entry.meta, str(fault)))
    return found


def _cash_of(entry: Any, problems: list[str]) -> tuple[bool, str]:
    """Return whether people say that an account is cash, and the cash-flow item that they state for it."""
    cash, item = entry.meta.get("cash", False), entry.meta.get("cash-flow", "")
    if cash not in (True, False) or (cash and not entry.account.startswith("Assets:")):
        problems.append(_place(entry.meta, "cash: TRUE is for an account of Assets"))
        cash = False
    if item and item not in ITEMS:
        problems.append(_place(entry.meta, f"cash-flow is one of {', '.join(ITEMS)}, not {item}"))
        item = ""
    return cash, item


def chart_of(entries: list[Any], problems: list[str]) -> Chart:
    accounts: dict[str, AccountInfo] = {}
    options: dict[str, str] = {}
    dated: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        if isinstance(entry, data.Open):
            role = entry.meta.get("role")
            label = entry.meta.get("name") or entry.account.partition(":")[2].replace(":", " ")
            cash, cash_flow = _cash_of(entry, problems)
            accounts[entry.account] = AccountInfo(
                entry.account, role if isinstance(role, str) else None, str(label), str(entry.meta.get("name-zh") or ""), cash, cash_flow
            )
        elif isinstance(entry, data.Custom) and entry.type == "orderledger":
            words = [str(value.value) for value in entry.values]
            if len(words) == 2:
                options[words[0]] = words[1]
                dated.setdefault(words[0], []).append((entry.date.isoformat(), words[1]))
            elif len(words) != 3 or words[0] not in (CATEGORY, DRIVER_OPTION):
                usual, category = 'custom "orderledger" "key" "value"', 'custom "orderledger" "category" "SKU" "tea"'
                problems.append(_place(entry.meta, f"an option reads: {usual}, or {category}"))
    currency = options.get("currency")
    if currency is None:
        raise BooksProblem('main.beancount names no currency: 1970-01-01 custom "orderledger" "currency" "CNY"')
    for changes in dated.values():
        changes.sort(key=lambda change: change[0])
    for key, method in options.items():
        if key.partition(":")[0] == "costing" and method not in METHODS:
            raise BooksProblem(f"the option {key} is {method!r}; known methods are {', '.join(METHODS)}")
    return Chart(accounts, currency, options, dated, _prices(entries, currency, problems))


def _prices(entries: list[Any], currency: str, problems: list[str]) -> dict[tuple[str, str], int]:
    """Return the exchange rates of people's `price` directives by (currency, day), millionths; the last one of a day counts."""
    prices: dict[tuple[str, str], int] = {}
    for entry in entries:
        if not isinstance(entry, data.Price) or entry.amount.currency != currency or entry.amount.number is None:
            continue
        scaled = entry.amount.number.scaleb(MICRO_DIGITS)
        if scaled <= 0 or scaled != scaled.to_integral_value():
            problems.append(_place(entry.meta, "an exchange rate is above zero and has at most 6 decimals, so this price does not count"))
        else:
            prices[entry.currency, entry.date.isoformat()] = int(scaled)
    return prices


def _read_manual(people: People, books: Path, entries: list[Any], options: dict[str, Any]) -> None:
    transactions = [e for e in entries if isinstance(e, data.Transaction)]
    for entry in entries:
        if isinstance(entry, data.Pad):
            people.refuse(entry.meta, "hand-written files may not use pad", entry.date)
    if not transactions:
        return
    book: Any = booking.book  # beancount leaves it untyped
    booked, errors = book(sorted(transactions, key=data.entry_sortkey), options)[:2]
    for error in errors:
        people.refuse(error.source, error.message, getattr(error.entry, "date", None))
    found = []
    for transaction in booked:
        counted = _postings(people, transaction)
        if counted is None:
            continue
        if sum(p.amount for p in counted):
            people.refuse(transaction.meta, "the entry does not balance to exactly zero, so it does not count", transaction.date)
            continue
        found.append(manual_entry(books, transaction, counted, people.chart.currency))
    people.manual = numbered(found)


def _postings(people: People, entry: Any) -> tuple[ManualPosting, ...] | None:
    """Return the postings in the books' currency, or None where one of them cannot count; each that cannot is noted."""
    chart, found, refused = people.chart, [], False
    for posting, weighed in zip(entry.postings, weigh(entry.postings, chart.currency), strict=True):
        why = _why_not(chart, posting.account) or (weighed if isinstance(weighed, str) else None)
        if why is not None:
            people.refuse(posting.meta or entry.meta, why + ", so the entry does not count  因此该分录不计入", entry.date)
            refused = True
        if isinstance(weighed, Weighed):
            found.append(_counted(entry, posting, weighed))
    return None if refused else tuple(found)


def _why_not(chart: Chart, account: str) -> str | None:
    if chart.role_of(account) in STOCK_ROLES:
        return f"{account} is moved by documents of stock only"
    if account not in chart.accounts and chart.role_of(account) is None:
        return f"{account} is not open"
    return None


def _counted(entry: Any, posting: Any, weighed: Weighed) -> ManualPosting:
    meta = {**entry.meta, **(posting.meta or {})}
    order = meta.get("order") or next(filter(None, map(order_of_tag, sorted(entry.tags or ()))), None)
    named = (_text(order), _text(meta.get("sku")), _text(meta.get("party")))
    return ManualPosting(posting.account, weighed.amount, *named, weighed.currency, weighed.units)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _place(source: Any, message: str) -> str:
    return f"{Path(str(source.get('filename', '?'))).name}:{source.get('lineno', '?')}: {message}"
