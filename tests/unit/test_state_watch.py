"""Whether what a working set has seen still holds after the commits that came in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ledger.state.reader import Moved
from ledger.state.records import Head, OrderLine, Shipment
from ledger.state.watch import Commit, Watch, holds
from ledger.state.working import State

SEQ = 9
"""The last document in the store when the working sets are opened."""


class Stored:
    """A store with a head and one order of one line."""

    def posted(self, seq: int) -> list[Moved]:
        """Return no postings."""
        del seq
        return []

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the head, and the line by its key or its order."""
        del condition
        if record is Head:
            return [Head(id=1, seq=SEQ, entry=0, next_id=0, outbox=0, hash="0" * 64, closed_through="")]
        found = [line(1)] if record is OrderLine else []
        return [row for row in found if (row.order_id if columns == ("order_id",) else (row.order_id, row.line)) in keys]


def line(order: int) -> OrderLine:
    """Return an order line of one unit."""
    return OrderLine(order, 0, "CUP", "goods", 1_000_000, 0, 0, 0, None, None)


def shipment(number: int, tracking: str) -> Shipment:
    """Return a shipment of order 1."""
    return Shipment(number, 1, f"S-{number}", "2026-03-01", "main", None, tracking, None, 0)


def committed(*changes: Any, before: int = SEQ) -> Commit:
    """Return what a watch notes of a working set that adds rows, or changes the stored line where it is told "line"."""
    state, watch = State(Stored()), Watch()
    state.opened_at = before
    state.head.seq = before + 1
    for change in changes:
        if change == "line":
            state[OrderLine].edit(state[OrderLine].require((1, 0))).shipped = 1
        else:
            state[type(change)].add(change)
    with watch.watching() as commits:
        watch.tell(state)
    return commits[0]


def prepared() -> State:
    """Return a working set that has asked for the line of order 1 and for a tracking number that nobody has."""
    state = State(Stored())
    assert state[OrderLine].where("order", 1) and not state[Shipment].where("tracking", "T-1")
    state[Shipment].add(shipment(SEQ + 1, "T-9"))
    return state


@pytest.mark.parametrize(
    ("commit", "expected"),
    [
        (committed(), True),
        (committed(line(2)), True),
        (committed(shipment(SEQ + 1, "T-2")), True),
        (committed("line"), False),
        (committed(OrderLine(1, 1, "LID", "goods", 1, 0, 0, 0, None, None)), False),
        (committed(shipment(7, "T-1")), False),
    ],
    ids=["nothing", "another order", "the number of an own row", "a row", "a new row of a group", "a first row of a group"],
)
def test_holds_unless_something_seen_changed(commit: Commit, expected: bool) -> None:
    """A row or a group that was asked for; not the numbers that both give out."""
    assert holds(prepared(), [commit], SEQ + 1) is expected


def test_only_what_is_known_holds() -> None:
    """A commit of before is in the snapshot; one of another process is a gap in the numbers."""
    state = prepared()
    assert holds(state, [], SEQ)
    assert not holds(state, [], SEQ + 1)
    assert holds(state, [committed("line", before=SEQ - 1)], SEQ)
    assert not holds(state, [committed(before=SEQ + 1)], SEQ + 2)
    assert holds(state, [committed(), committed(before=SEQ + 1)], SEQ + 2)


def test_nothing_is_noted_for_nobody() -> None:
    """Outside the block the list does not grow, nor by a unit of work that posted nothing."""
    state, watch = State(Stored()), Watch()
    with watch.watching() as commits:
        watch.tell(state)
    state.head.seq += 1
    watch.tell(state)
    assert commits == []
