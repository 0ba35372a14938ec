"""What was committed while a document was prepared beside the queue: whether the preparation still holds.

A working set has asked for rows and groups of rows. It holds as long as no commit since has changed a row that it asked for, or one that
belongs into a group that it asked for. Numbers and sums that every commit moves are left out: they are given and added at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ledger.state.records import RECORDS, FreightMonth, Head, JournalMonth, VoucherCounter
from ledger.state.table import Touch
from ledger.state.working import State

_WATCHED = tuple(record for record in RECORDS if record not in (Head, VoucherCounter, JournalMonth, FreightMonth))


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of this process: the last document before it and the last one of it, and what it touched by table."""

    before: int
    after: int
    touched: dict[str, tuple[Touch, ...]]


def holds(prepared: State, commits: Iterable[Commit], head_seq: int) -> bool:
    """Tell whether what `prepared` has seen is what the store has, now that `head_seq` is its last document.

    `commits` are those of one process in order. A commit of another one is not among them: after it, nothing is said to hold.
    """
    known = prepared.opened_at
    for commit in commits:
        if commit.after <= known:
            continue
        if commit.before != known or any(prepared[record].has_loaded(commit.touched.get(record.table, ())) for record in _WATCHED):
            return False
        known = commit.after
    return known == head_seq


class Watch:
    """Notes what a process commits while somebody wants to know. Written by one thread, the writer."""

    def __init__(self) -> None:
        self._commits: list[Commit] | None = None

    @contextmanager
    def watching(self) -> Iterator[list[Commit]]:
        """Lend a list that grows by each commit until the end of the block; a working set opened inside it misses none."""
        commits: list[Commit] = []
        self._commits = commits
        try:
            yield commits
        finally:
            self._commits = None

    def tell(self, state: State) -> None:
        """Note what was just committed from a working set."""
        commits, head = self._commits, state.head
        if commits is None or head.seq == state.opened_at:
            return
        touched = {record.table: found for record in _WATCHED if (found := tuple(state[record].touched()))}
        commits.append(Commit(state.opened_at, head.seq, touched))
