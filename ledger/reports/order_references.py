"""Which order a reference means: its number where that is unique, else `source/number` (money rules, section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from ledger.errors import AmbiguousReference, NotFound
from ledger.reports.context import Context
from ledger.reports.pages import chunks, query_text
from ledger.store.tables import document, orders

CANDIDATES_NAMED_MAX = 10
"""Candidates that an ambiguous reference names; more would not help anyone to choose."""

Candidate = tuple[str, str, int]
"""(source, number, id) of an order."""


def find_order(ctx: Context, reference: str) -> Row[Any]:
    """Return the row of the one order that `reference` means; NotFound or AmbiguousReference where there is not one."""
    text = query_text(reference, "order")
    found = _meant(text, _numbered(ctx, _possible_numbers([text])))
    if not found:
        raise NotFound(f"no order {text!r} is in the books")
    if len(found) > 1:
        names = ", ".join(f"{source}/{number}" for source, number, _ in found[:CANDIDATES_NAMED_MAX])
        raise AmbiguousReference(f"order {text!r} could be {names}")
    return ctx.connection.execute(select(orders).where(orders.c.id == found[0][2])).one()


def order_ids(ctx: Context, references: Iterable[str]) -> dict[str, int]:
    """Return the order id of each reference that means exactly one order; the others are left out."""
    texts = list(dict.fromkeys(references))
    candidates = _numbered(ctx, _possible_numbers(texts))
    by_number: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_number.setdefault(candidate[1], []).append(candidate)
    result = {}
    for text in texts:
        near = [c for number in _possible_numbers([text]) for c in by_number.get(number, ())]
        found = _meant(text, near)
        if len(found) == 1:
            result[text] = found[0][2]
    return result


def shared_numbers(ctx: Context, numbers: Iterable[str]) -> set[str]:
    """Return those numbers that more than one order has."""
    seen: set[str] = set()
    shared: set[str] = set()
    for _, number, _ in _numbered(ctx, list(dict.fromkeys(numbers))):
        (shared if number in seen else seen).add(number)
    return shared


def _possible_numbers(texts: Sequence[str]) -> list[str]:
    numbers = dict.fromkeys(texts)
    for text in texts:
        if "/" in text:
            numbers[text.partition("/")[2]] = None
    return list(numbers)


def _numbered(ctx: Context, numbers: Sequence[str]) -> list[Candidate]:
    columns = select(document.c.source, document.c.number, document.c.seq).where(document.c.kind == "order", document.c.version == 1)
    found: list[Candidate] = []
    for part in chunks(numbers):
        rows = ctx.connection.execute(columns.where(document.c.number.in_(part)).order_by(document.c.seq))
        found.extend((row.source, row.number, row.seq) for row in rows)
    return found


def _meant(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Choose who is meant; where several fit, a full `source/number` wins, so that each order can be reached."""
    full = [c for c in candidates if f"{c[0]}/{c[1]}" == text]
    found = {c[2]: c for c in candidates if c[1] == text} | {c[2]: c for c in full}
    return full if len(found) > 1 and full else sorted(found.values(), key=lambda c: c[2])
