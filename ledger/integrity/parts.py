"""The parts of a check, in the order in which they tell what they find; each judges the same snapshot, in whichever process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.books.people import People
from ledger.integrity import (
    balances,
    cash,
    chain,
    closed_periods,
    closing_vouchers,
    customers,
    files,
    hand_written,
    inbound,
    order_sums,
    stock,
    unmoved,
    view,
)  # fmt: skip
from ledger.integrity.stock_beancount import bean_check, reads_whole
from ledger.progress import Progress
from ledger.reports.context import Context


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged: a snapshot of the store, the text beside it, and people's files as they were read when the snapshot was taken.

    `whole`: stock Beancount reads the whole text of large books too. `moving`: Fava's view is behind, for it has no time to follow.
    """

    context: Context
    books: Path
    people: People
    progress: Progress
    whole: bool
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part, and the processor seconds that it takes for a million orders: whoever is free takes the longest one that is left."""

    problems: Callable[[Judged], Iterator[str]]
    seconds: int


def _sums_of_customers(judged: Judged) -> Iterator[str]:
    yield from unmoved.problems(judged.context)
    judged.progress("customers", 0, None)
    yield from customers.problems(judged.context)


def _stock_and_periods(judged: Judged) -> Iterator[str]:
    yield from stock.problems(judged.context)
    yield from inbound.problems(judged.context)
    yield from closed_periods.problems(judged.context)
    yield from closing_vouchers.problems(judged.context)
    yield from hand_written.problems(judged.context)


def _view_and_beancount(judged: Judged) -> Iterator[str]:
    context, books, progress = judged.context, judged.books, judged.progress
    if not judged.moving:
        yield from view.problems(context, books, progress)
    yield from judged.people.problems
    yield from bean_check(context, books, progress, whole=reads_whole(context, books, whole=judged.whole))


PARTS = (
    Part(lambda judged: chain.documents(judged.context, judged.progress), 6),
    Part(lambda judged: chain.entries(judged.context, judged.progress), 8),
    Part(lambda judged: balances.problems(judged.context, judged.progress), 49),
    Part(lambda judged: order_sums.problems(judged.context, judged.progress), 46),
    Part(_sums_of_customers, 18),
    Part(lambda judged: cash.problems(judged.context), 8),
    Part(_stock_and_periods, 3),
    Part(lambda judged: files.problems(judged.context, judged.books, judged.progress), 25),
    Part(_view_and_beancount, 5),
)
