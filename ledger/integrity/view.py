"""Fava's view against the books: stock Beancount loads it without complaint, and its accounts come to what the store's sums come to.

Compared are all entries of ours (people's files are in both as they are): each account at the end of the last closed day, with the
units of every lot, and at the end of everything; the files themselves with what they would be if they were made anew.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import convert, data

from ledger.books.layout import CLOSINGS, INDEX, VIEW, VIEW_INDEX, VIEW_MAIN, VIEW_STATE, view_day_path
from ledger.money import MICRO_DIGITS, exponent
from ledger.progress import Progress
from ledger.reports.context import Context
from ledger.store.sql import mark
from ledger.view.blocks import new_blocks
from ledger.view.index_text import index_text
from ledger.view.state import ViewState
from ledger.view.stock import LotKey

_EXACT = Decimal("1e-12")
"""Stock has at most twelve decimals; a price per unit that Beancount makes of a total has up to 28."""

REMEDY = "remove the folder view/ and it is made anew"

Values = Mapping[str, Decimal]
"""Account -> value in the books' currency."""


def problems(context: Context, books: Path, progress: Progress) -> Iterator[str]:
    """Name what differs; nothing where there is no view, or text that is not published yet."""
    waiting = context.connection.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1").first()
    if waiting is not None or not any((books / name).exists() for name in (VIEW_INDEX, VIEW_STATE)):
        return
    state = ViewState.load(books)
    if state is None or not (books / VIEW_INDEX).exists():
        yield f"{VIEW}/ is not whole: {REMEDY}"
        return
    progress("view", 0, None)
    yield from _files(context, books, state)
    entries, errors, _ = loader.load_file(str(books / VIEW_MAIN))
    ours = [entry for entry in entries if isinstance(entry, data.Transaction) and _is_ours(books, entry.meta)]
    yield from (f"{_place(error.source)}: {error.message}" for error in errors if _is_ours(books, error.source))
    day_before = (datetime.date.fromisoformat(state.boundary) - datetime.timedelta(days=1)).isoformat()
    closed = [entry for entry in ours if entry.date.isoformat() <= day_before]
    yield from _accounts(context, _values(closed), _before(context, state.boundary), f"at the end of {day_before}")
    yield from _accounts(context, _values(ours), _at_the_end(context), "at the end")
    yield from _lots(context, closed, state.boundary)


def _files(context: Context, books: Path, state: ViewState) -> Iterator[str]:
    """Compare the index, and each day in full, with what the store and the journal make of them."""
    if (books / VIEW_INDEX).read_text(encoding="utf-8") != index_text(context.connection, context.chart, state.boundary, state.days):
        yield f"{VIEW_INDEX} is not what the closed days come to: {REMEDY}"
    days: dict[str, bytes] = {}
    for path in sorted(path for path in state.read.keys() - {INDEX, CLOSINGS} if not state.is_closed(path)):
        days |= new_blocks(books / path, 0, state.read[path], state.boundary)[0]
    for day in sorted(days.keys() | state.days.keys()):
        file = books / view_day_path(day)
        if not file.exists() or file.read_bytes() != days.get(day):
            yield f"{view_day_path(day)} has not the entries of that day: {REMEDY}"


def _is_ours(books: Path, source: Any) -> bool:
    return Path(str(source.get("filename", ""))).is_relative_to(books.absolute() / VIEW)


def _place(source: Any) -> str:
    return f"{VIEW}/{Path(str(source.get('filename', '?'))).name}:{source.get('lineno', '?')}"


def _values(entries: Iterable[Any]) -> Values:
    weight: Any = convert.get_weight  # beancount leaves it untyped
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings:
            found[posting.account] += weight(posting).number
    return {account: value.quantize(_EXACT) for account, value in found.items()}


def _at_the_end(context: Context) -> dict[str, int]:
    rows = context.connection.exec_driver_sql("SELECT account, SUM(debit - credit) FROM account_month GROUP BY account")
    return {account: int(amount) for account, amount in rows}


def _before(context: Context, boundary: str) -> dict[str, int]:
    """Return what each account stood at before a day: all that it has moved, without what it moved from that day on."""
    found = _at_the_end(context)
    since = (
        "SELECT p.account || '', SUM(p.amount) FROM entry e JOIN posting p ON p.entry_id = e.id "
        f"WHERE e.date >= {mark(context.connection)} GROUP BY p.account || ''"
    )
    for account, amount in context.connection.exec_driver_sql(since, (boundary,)):
        found[account] = found.get(account, 0) - int(amount)
    return found


def _accounts(context: Context, shown: Values, kept: Mapping[str, int], when: str) -> Iterator[str]:
    scale = Decimal(10) ** -exponent(context.chart.currency)
    for account in sorted(shown.keys() | kept.keys()):
        is_shown, is_kept = shown.get(account, Decimal(0)), kept.get(account, 0) * scale
        if is_shown != is_kept:
            yield f"{VIEW}/: {account} comes to {is_shown} {when}, the books to {is_kept}: {REMEDY}"


def _lots(context: Context, closed: Iterable[Any], boundary: str) -> Iterator[str]:
    """Compare the units of each lot at the boundary with those that the entries before it moved."""
    scale = Decimal(10) ** -MICRO_DIGITS
    rows = context.connection.exec_driver_sql(
        "SELECT s.commodity, l.date, l.label, l.unit_price, SUM(p.quantity) FROM posting p JOIN entry e ON e.id = p.entry_id "
        f"JOIN lot l ON l.id = p.lot_id JOIN sku s ON s.sku = l.sku WHERE e.date < {mark(context.connection)} "
        "GROUP BY s.commodity, l.date, l.label, l.unit_price",
        (boundary,),
    )
    kept: dict[tuple[str, LotKey], Decimal] = {(row[0], tuple(row[1:4])): int(row[4] or 0) * scale for row in rows}
    shown: dict[tuple[str, LotKey], Decimal] = {}
    for entry in closed:
        for posting in entry.postings:
            if posting.cost:
                lot = (posting.cost.date.isoformat(), posting.cost.label or "", int(posting.cost.number / scale))
                key = (posting.units.currency, lot)
                shown[key] = shown.get(key, Decimal(0)) + posting.units.number
    for commodity, lot in sorted(kept.keys() | shown.keys()):
        if kept.get((commodity, lot), 0) != shown.get((commodity, lot), 0):
            yield f"{VIEW}/: lot {lot[1]} of {commodity} is another one at the boundary than in the books: {REMEDY}"
