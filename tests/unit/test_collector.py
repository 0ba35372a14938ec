"""The cycle collector is kept away from long work, and comes back whatever happens."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from ledger.collector import collector_after_loading, collector_between_batches, without_collector


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
