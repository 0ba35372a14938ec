"""The working set: rows that are removed and come back, once in their group, in their place, and undone step by step."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from collections.abc import Sequence
from typing import Any

from ledger.state.reader import Moved
from ledger.state.records import Billed, Head, OrderLine, Shipment
from ledger.state.working import State

ORDER = 1


class Stored:
    """A store with one order of two lines, which remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[type[Any], list[Any]]] = []

    def posted(self, seq: int) -> list[Moved]:
        """Return no postings."""
        del seq
        return []

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the lines, by key or by order."""
        del condition
        self.asked.append((record, list(keys)))
        if record is Head:
            return [Head(id=1, seq=9, entry=0, next_id=0, outbox=0, hash="0" * 64, closed_through="")]
        rows = [line(0, "POT"), line(1, "LID")] if record is OrderLine else []
        return [row for row in rows if (ORDER if columns == ("order_id",) else (row.order_id, row.line)) in keys]


class Parcels(Stored):
    """A store with one shipment."""

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return it by its number in the store or by its tracking number."""
        if record is not Shipment:
            return super().load(record, columns, condition, keys)
        wanted = 7 if columns == ("id",) else "OLD"
        return [Shipment(7, ORDER, "S", "2026-03-01", "main", "F", "OLD", None, 0)] if wanted in keys else []


def line(number: int, sku: str) -> OrderLine:
    """Return an order line of one unit."""
    return OrderLine(ORDER, number, sku, "goods", 1_000_000, 0, 0, 0, None, None)


def skus(state: State) -> list[str]:
    """Return the lines' SKUs as their group gives them."""
    return [one.sku for one in state[OrderLine].where("order", ORDER)]


def opened() -> State:
    """Open a working set after 9 documents."""
    return State(Stored())


def test_a_row_comes_back_once_and_goes_with_its_document() -> None:
    """Removed, there again under another SKU, refused: the group is as it was, in its order, and nothing is left to write."""
    state = opened()
    assert skus(state) == ["POT", "LID"]
    mark = state.mark()
    state[OrderLine].remove(state[OrderLine].require((ORDER, 0)))
    state[OrderLine].add(line(0, "CUP"))
    assert skus(state) == ["CUP", "LID"]
    assert state[OrderLine].gone() == [(ORDER, 0)]
    state.rollback(mark)
    assert skus(state) == ["POT", "LID"]
    assert (state[OrderLine].gone(), state[OrderLine].changes()) == ([], ([], []))


def test_a_stored_row_stays_removed_when_a_later_removal_is_undone() -> None:
    """Replaced by one document, removed by the next, which is refused: the stored row is deleted and the new one written."""
    state = opened()
    skus(state)
    state[OrderLine].remove(state[OrderLine].require((ORDER, 0)))
    state[OrderLine].add(line(0, "CUP"))
    mark = state.mark()
    state[OrderLine].remove(state[OrderLine].require((ORDER, 0)))
    assert skus(state) == ["LID"]
    state.rollback(mark)
    assert skus(state) == ["CUP", "LID"]
    assert state[OrderLine].gone() == [(ORDER, 0)]
    assert [row.sku for row in state[OrderLine].changes()[0]] == ["CUP"]


def test_a_removed_row_is_not_loaded_again_by_its_group() -> None:
    """A line that was reached by its key is gone when the order's lines are asked for."""
    state = opened()
    state[OrderLine].remove(state[OrderLine].require((ORDER, 0)))
    assert skus(state) == ["LID"]


def test_a_group_that_begins_now_is_not_asked_for() -> None:
    """Nobody can have billed a shipment that is recorded now: its charges are those that this working set adds."""
    reader = Stored()
    state = State(reader)
    state[Billed].begin_group("target", ("shipment", "7"))
    assert state[Billed].where("target", ("shipment", "7")) == []
    state[Billed].where("target", ("shipment", "8"))
    assert reader.asked == [(Head, [1]), (Billed, [("shipment", "8")])]


def test_only_what_differs_is_written() -> None:
    """A change that is undone leaves nothing to write; one after it is told by its column, however often the row was announced."""
    state = opened()
    lines = state[OrderLine]
    mark = state.mark()
    lines.edit(lines.require((ORDER, 0))).shipped = 2
    state.rollback(mark)
    assert list(lines.changed_values()) == []
    pot = lines.edit(lines.require((ORDER, 0)))
    pot.tax = 3
    state.mark()
    lines.edit(pot).shipped = 1
    lines.edit(lines.require((ORDER, 1)))
    names = [field.name for field in dataclasses.fields(OrderLine)]
    changed = [([names[i] for i in positions], values) for positions, values in lines.changed_values()]
    assert changed == [(["tax", "shipped"], dataclasses.astuple(pot))]


def test_a_working_set_goes_as_soon_as_it_is_left() -> None:
    """After `let_go` nothing of it refers to itself: an import does not wait for Python's cycle collector to free each batch."""
    state = opened()
    state.mark()
    state[OrderLine].edit(state[OrderLine].require((ORDER, 0))).shipped = 1
    state[OrderLine].add(line(2, "CUP"))
    state.let_go()
    assert [row.sku for row in state[OrderLine].changes()[0]] == ["CUP"], "what is new is still known"
    left = weakref.ref(state[OrderLine])
    gc.disable()
    try:
        del state
        assert left() is None
    finally:
        gc.enable()


def test_a_row_removed_and_added_again_is_listed_once_and_undone() -> None:
    """Added, removed and added again before its group is loaded; undone, nothing of it is left."""
    state = opened()
    mark = state.mark()
    lines = state[OrderLine]
    lines.add(line(2, "CUP"))
    lines.remove(lines.require((ORDER, 2)))
    lines.add(line(2, "JUG"))
    assert skus(state) == ["POT", "LID", "JUG"]
    state.rollback(mark)
    assert skus(state) == ["POT", "LID"]


def test_a_row_that_changes_its_group_is_in_one() -> None:
    """A corrected tracking number: found by the new one, not by the old one, and the other way round once that is undone."""
    state = State(Parcels())
    parcels = state[Shipment]
    mark = state.mark()
    parcels.regroup(parcels.require(7), tracking="NEW")
    assert [[row.id for row in parcels.where("tracking", name)] for name in ("OLD", "NEW")] == [[], [7]]
    state.rollback(mark)
    assert [[row.id for row in parcels.where("tracking", name)] for name in ("OLD", "NEW")] == [[7], []]


def test_rows_go_over_to_the_next_working_set() -> None:
    """What the store does not have yet is known: changed, new and removed rows, by key and by group; nothing known is asked for."""
    reader = Stored()
    first = State(reader)
    lines = first[OrderLine]
    lines.edit(lines.require((ORDER, 0))).shipped = 5
    lines.remove(lines.require((ORDER, 1)))
    lines.add(line(2, "CUP"))
    first.let_go()
    asked = len(reader.asked)
    following = State(reader, first)
    assert [(row.sku, row.shipped) for row in following[OrderLine].where("order", ORDER)] == [("POT", 5), ("CUP", 0)]
    assert following[OrderLine].get((ORDER, 1)) is None
    assert following[OrderLine].changes() == ([], []), "they are the other one's to write"
    assert [record for record, _ in reader.asked[asked:]] == [OrderLine], "only the group, which the first one had not loaded"
    following[OrderLine].edit(following[OrderLine].require((ORDER, 2))).shipped = 1
    assert [row.sku for row in following[OrderLine].changes()[1]] == ["CUP"], "by then it is a row of the store"
