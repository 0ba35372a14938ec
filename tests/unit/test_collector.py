"""The cycle collector is kept away from long work, and comes back whatever happens."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from ledger.collector import SERVING_OBJECTS, collect_seldom, collector_after_loading, collector_between_batches, without_collector


@pytest.mark.parametrize("away", [collector_after_loading, collector_between_batches, without_collector])
def test_it_is_away_and_comes_back(away: Callable[[], AbstractContextManager[object]]) -> None:
    """Also where the work fails."""
    with pytest.raises(ZeroDivisionError), away():
        assert not gc.isenabled()
        _ = 1 // 0
    assert gc.isenabled()
    gc.unfreeze()


def test_what_was_loaded_is_looked_at_no_more() -> None:
    """Modules and open books live as long as the command."""
    gc.unfreeze()
    with collector_after_loading():
        pass
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_what_serves_is_not_walked_again() -> None:
    """After it, a full collection has only what came later, and cycles are still found."""
    thresholds = gc.get_threshold()
    kept = [[number] for number in range(1_000)]
    try:
        collect_seldom()
        assert gc.get_freeze_count() > len(kept)
        assert gc.get_threshold()[0] == SERVING_OBJECTS
        assert not any(item is kept[0] for item in gc.get_objects())
        later: list[object] = []
        later.append(later)
        del later
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
