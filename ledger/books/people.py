"""People's files: the chart with its roles, options, categories of SKUs, and hand-written entries. The service never writes these.

A hand-written entry that cannot count (foreign currency, a stock account, a cost) is a problem with file and line, never an exception:
reports go on without it and `check` names it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core import data
from beancount.parser import booking, parser

from ledger.books.layout import JOURNAL, MAIN
from ledger.chart import STOCK_ROLES, AccountInfo, Chart
from ledger.errors import BooksProblem
from ledger.money import MICRO_DIGITS, exponent
from ledger.names import untag
from ledger.reports.context import ManualEntry, ManualPosting

_FILES_MAX = 200
CATEGORY = "category"
"""The option that names a SKU's category: custom "orderledger" "category" "TEA-01" "tea"."""


@dataclass(slots=True)
class People:
    """What people's files say. `stamps` tells whether any of them changed."""

    chart: Chart
    manual: list[ManualEntry] = field(default_factory=list)
    categories: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)

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
    _read_manual(people, entries, options)
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


def chart_of(entries: list[Any], problems: list[str]) -> Chart:
    accounts: dict[str, AccountInfo] = {}
    options: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, data.Open):
            role = entry.meta.get("role")
            label = entry.meta.get("name") or entry.account.partition(":")[2].replace(":", " ")
            accounts[entry.account] = AccountInfo(
                entry.account, role if isinstance(role, str) else None, str(label), str(entry.meta.get("name-zh") or "")
            )
        elif isinstance(entry, data.Custom) and entry.type == "orderledger":
            words = [str(value.value) for value in entry.values]
            if len(words) == 2:
                options[words[0]] = words[1]
            elif len(words) != 3 or words[0] != CATEGORY:
                usual, category = 'custom "orderledger" "key" "value"', 'custom "orderledger" "category" "SKU" "tea"'
                problems.append(_place(entry.meta, f"an option reads: {usual}, or {category}"))
    currency = options.get("currency")
    if currency is None:
        raise BooksProblem('main.beancount names no currency: 1970-01-01 custom "orderledger" "currency" "CNY"')
    return Chart(accounts, currency, options, _prices(entries, currency, problems))


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


def _read_manual(people: People, entries: list[Any], options: dict[str, Any]) -> None:
    transactions = [e for e in entries if isinstance(e, data.Transaction)]
    for entry in entries:
        if isinstance(entry, data.Pad):
            people.problems.append(_place(entry.meta, "hand-written files may not use pad"))
    if not transactions:
        return
    book: Any = booking.book  # beancount leaves it untyped
    booked, errors = book(sorted(transactions, key=data.entry_sortkey), options)[:2]
    people.problems.extend(_place(error.source, error.message) for error in errors)
    digits = exponent(people.chart.currency)
    for transaction in booked:
        postings = [_posting(people, transaction, posting, digits) for posting in transaction.postings]
        if None in postings:
            continue
        counted = tuple(p for p in postings if p is not None)
        if sum(p.amount for p in counted):
            people.problems.append(_place(transaction.meta, "the entry does not balance to exactly zero, so it does not count"))
            continue
        date, line = transaction.date.isoformat(), int(transaction.meta["lineno"])
        people.manual.append(ManualEntry(date, transaction.payee or "", transaction.narration or "", counted, line))


def _posting(people: People, entry: Any, posting: Any, digits: int) -> ManualPosting | None:
    chart = people.chart
    why = None
    if posting.units is None or posting.units.currency != chart.currency or posting.cost is not None:
        why = f"only amounts in {chart.currency} count"
    elif chart.role_of(posting.account) in STOCK_ROLES:
        why = f"{posting.account} is moved by documents of stock only"
    elif posting.account not in chart.accounts and chart.role_of(posting.account) is None:
        why = f"{posting.account} is not open"
    else:
        scaled = posting.units.number.scaleb(digits)
        if scaled != scaled.to_integral_value():
            why = f"{posting.units.number} is finer than {chart.currency} is"
    if why is not None:
        people.problems.append(_place(posting.meta or entry.meta, why + ", so the entry does not count"))
        return None
    meta = {**entry.meta, **(posting.meta or {})}
    order = meta.get("order") or next((untag(t[6:]) for t in sorted(entry.tags or ()) if t.startswith("order-")), None)
    return ManualPosting(posting.account, _minor(posting.units.number, digits), _text(order), _text(meta.get("sku")))


def _minor(number: Decimal, digits: int) -> int:
    return int(number.scaleb(digits))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _place(source: Any, message: str) -> str:
    return f"{Path(str(source.get('filename', '?'))).name}:{source.get('lineno', '?')}: {message}"
