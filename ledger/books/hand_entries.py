"""A hand-written transaction as reports and `adopt` know it: its digests, what an `entry` document keeps of it and what not."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.documents.fields import Attributes
from ledger.limits import ATTRIBUTES_MAX
from ledger.names import order_of_tag
from ledger.reports.context import ManualEntry, ManualPosting

_IN_POSTINGS = frozenset(["order", "sku", "party"])
"""Metadata that the postings of an `entry` document have fields for."""

_OF_PARSER = frozenset(["filename", "lineno"])
_DIGEST_LENGTH = 16
_ATTRIBUTES = Attributes()


def manual_entry(books: Path, transaction: Any, postings: tuple[ManualPosting, ...], currency: str) -> ManualEntry:
    """Return a booked transaction of books in `currency` with its digests; `numbered` tells equal ones apart."""
    attributes, beyond = _kept(transaction, {posting.order for posting in postings}, currency)
    date, payee, narration = transaction.date.isoformat(), transaction.payee or "", transaction.narration or ""
    content = [date, payee, narration, [posting.content for posting in postings]]
    return ManualEntry(
        date=date,
        payee=payee,
        narration=narration,
        postings=postings,
        line=int(transaction.meta["lineno"]),
        file=_relative(books, transaction.meta["filename"]),
        number=f"{date}-{_digest([content, attributes, beyond])}",
        content=f"{date}-{_digest(content)}",
        attributes=attributes,
        beyond=beyond,
    )


def numbered(entries: Iterable[ManualEntry]) -> list[ManualEntry]:
    """Count the entries that are equal: the second one of a number is `NUMBER/2`. Their order is that of day and line."""
    numbers: Counter[str] = Counter()
    contents: Counter[str] = Counter()
    return [dataclasses.replace(one, number=_counted(numbers, one.number), content=_counted(contents, one.content)) for one in entries]


def _counted(seen: Counter[str], name: str) -> str:
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}/{seen[name]}"


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _relative(books: Path, filename: str) -> str:
    path = Path(filename).absolute()
    root = next((root for root in (books.absolute(), books.resolve()) if path.is_relative_to(root)), None)
    return path.as_posix() if root is None else path.relative_to(root).as_posix()


def _kept(transaction: Any, orders: set[str | None], currency: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return (attributes of the document, what it has no field for) of metadata, tags, links and flags."""
    attributes: dict[str, str] = {}
    beyond: list[str] = []
    for name, value in _besides(transaction, orders):
        if name in attributes or len(attributes) == ATTRIBUTES_MAX or not _fits(name, value):
            beyond.append(f"{name}: {value}")
        else:
            attributes[name] = value
    for posting in transaction.postings:
        beyond += [f"{posting.account} {name}: {value}" for name, value in _of_posting(posting, currency)]
    return tuple(sorted(attributes.items())), tuple(beyond)


def _besides(transaction: Any, orders: set[str | None]) -> Iterator[tuple[str, str]]:
    """Yield what the first line and its metadata say besides date, payee, narration and order."""
    if transaction.flag != "*":
        yield "flag", transaction.flag
    tags = [tag for tag in sorted(transaction.tags or ()) if not _names_order(tag, orders)]
    if tags:
        yield "tags", " ".join(tags)
    if transaction.links:
        yield "links", " ".join(sorted(transaction.links))
    yield from ((name, str(value)) for name, value in _metadata(transaction.meta))


def _names_order(tag: str, orders: set[str | None]) -> bool:
    order = order_of_tag(tag)
    return order is not None and order in orders


def _of_posting(posting: Any, currency: str) -> Iterator[tuple[str, str]]:
    if posting.flag:
        yield "flag", posting.flag
    if posting.price is not None and posting.units.currency == currency:
        yield "price", str(posting.price)
    yield from ((name, str(value)) for name, value in _metadata(posting.meta))


def _metadata(meta: dict[str, Any] | None) -> list[tuple[str, Any]]:
    ours = _OF_PARSER | _IN_POSTINGS
    return [(name, value) for name, value in (meta or {}).items() if name not in ours and not name.startswith("__")]


def _fits(name: str, value: str) -> bool:
    try:
        _ATTRIBUTES.read({name: value}, 0)
    except ValueError:
        return False
    return True
