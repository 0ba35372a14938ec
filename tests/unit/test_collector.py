"""Python's cycle collector where much is alive for good."""

from __future__ import annotations

import gc

from ledger.collector import SERVING_OBJECTS, collect_seldom


def test_what_is_loaded_is_not_walked_again() -> None:
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
