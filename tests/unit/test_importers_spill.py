"""Sorting in bounded memory: nothing is lost, nothing is left behind, whatever goes to the disk."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.errors import NoWorkingSpace
from importers.spill import Sorter

KEYS = st.lists(st.integers(0, 10_000), unique=True, max_size=60)


@given(keys=KEYS, kept_max=st.integers(1, 20), runs_max=st.integers(1, 4), block=st.integers(1, 5))
def test_gives_back_everything_in_order(keys: list[int], kept_max: int, runs_max: int, block: int) -> None:
    """However many runs there are, and however often it is asked."""
    with patch("importers.spill.RUNS_MAX", runs_max), patch("importers.spill.SPILL_BLOCK", block):
        sorter: Sorter[tuple[int, str]] = Sorter(itemgetter(0), kept_max=kept_max)
        for key in keys:
            sorter.add((key, f"record {key}"))
        wanted = [(key, f"record {key}") for key in sorted(keys)]
        assert list(sorter.sorted()) == wanted
        assert list(sorter.sorted()) == wanted
        assert sorter.spilled is (len(keys) >= kept_max)


class _Held:
    """A record that can be watched."""

    def __init__(self, number: int) -> None:
        self.number = number


def test_nothing_is_kept_in_memory_once_some_is_on_the_disk() -> None:
    """The last records too are read from there, so that what comes after the sorting has the room."""
    sorter: Sorter[_Held] = Sorter(attrgetter("number"), kept_max=2)
    last = _Held(3)
    for held in (_Held(2), _Held(1), last):
        sorter.add(held)
    watched = weakref.ref(last)
    del last, held
    ordered = sorter.sorted()
    assert watched() is None
    assert [held.number for held in ordered] == [1, 2, 3]


@pytest.mark.parametrize("count", [1, 4, 9])
def test_heavy_records_fill_memory_sooner(count: int) -> None:
    """What is kept is bounded by what records weigh, not by how many they are."""
    sorter: Sorter[_Held] = Sorter(attrgetter("number"), kept_max=10, weight=lambda _: 5)
    watched = []
    for number in range(count, 0, -1):
        held = _Held(number)
        watched.append(weakref.ref(held))
        sorter.add(held)
    del held
    assert sum(1 for held_then in watched if held_then() is not None) == count % 2
    assert [record.number for record in sorter.sorted()] == list(range(1, count + 1))


def test_the_file_has_no_name(tmp_path: Path) -> None:
    """A killed import leaves nothing behind: there is nothing to find even while it runs."""
    sorter: Sorter[int] = Sorter(int, kept_max=2, folder=tmp_path)
    for number in (3, 1, 2):
        sorter.add(number)
    assert sorter.spilled and list(tmp_path.iterdir()) == []
    assert list(sorter.sorted()) == [1, 2, 3]


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No room to work stops the import with a sentence."""

    def full(**_options: Any) -> Callable[..., None]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    sorter: Sorter[int] = Sorter(int, kept_max=1)
    with pytest.raises(NoWorkingSpace, match="room for a temporary file: No space left"):
        sorter.add(1)
