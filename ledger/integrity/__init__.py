"""`check`: every promise that can be recomputed is recomputed from the bottom and compared; what differs is named, nothing is mended."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.books.lock import books_lock
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
from ledger.progress import Progress, silent
from ledger.service import Ledger

PROBLEMS_MAX = 100
"""Problems told at most: a broken file breaks every entry after it, and a hundred lines say so as well as a million."""


def check(ledger: Ledger, progress: Progress = silent, *, whole: bool = False) -> list[str]:
    """Return what does not hold, one sentence each; an empty list is the proof that everything does.

    Beyond WHOLE_CHECK_ENTRIES_MAX stock Beancount reads Fava's view instead of the whole text, unless `whole` says otherwise.
    """
    ledger.publish()
    problems: list[str] = []
    with books_lock(ledger.books, exclusive=False):
        for problem in _all(ledger, progress, whole=whole):
            problems.append(problem)
            if len(problems) >= PROBLEMS_MAX:
                problems.append(f"and more: only the first {PROBLEMS_MAX} are told")
                break
    return problems


def _all(ledger: Ledger, progress: Progress, *, whole: bool) -> Iterator[str]:
    with ledger.read() as context:
        yield from chain.problems(context, progress)
        yield from balances.problems(context, progress)
        yield from order_sums.problems(context, progress)
        yield from unmoved.problems(context)
        yield from customers.problems(context)
        yield from cash.problems(context)
        yield from stock.problems(context)
        yield from inbound.problems(context)
        yield from closed_periods.problems(context)
        yield from closing_vouchers.problems(context)
        yield from hand_written.problems(context)
        yield from files.problems(context, ledger.books, progress)
        yield from view.problems(context, ledger.books, progress)
        yield from ledger.people().problems
        yield from bean_check(context, ledger.books, progress, whole=reads_whole(context, ledger.books, whole=whole))
