"""Conditions (`when`) that choose rows: by the text of one column, all of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importers.rows import Cells, Column


@dataclass(frozen=True, slots=True)
class Condition:
    """One column's text is one of some texts, or none of them; "" stands for an empty cell."""

    column: Column
    texts: frozenset[str]
    wanted: bool

    def holds(self, cells: Cells) -> bool:
        """Say whether a row meets the condition."""
        return (cells[self.column.slot] in self.texts) is self.wanted


def all_of(conditions: Sequence[Condition]) -> Callable[[Cells], bool] | None:
    """Return one test for all `conditions`, None where there are none."""
    if not conditions:
        return None
    if len(conditions) == 1:
        return conditions[0].holds
    return lambda cells: all(condition.holds(cells) for condition in conditions)
