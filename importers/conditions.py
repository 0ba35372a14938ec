"""Conditions (`when`) that choose rows: by the text of one column, all of them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from importers.rows import Cells, Column


class Condition(Protocol):
    """What a row must meet."""

    @property
    def column(self) -> Column:
        """Return the column whose text it looks at."""

    def holds(self, cells: Cells) -> bool:
        """Say whether a row meets the condition."""


@dataclass(frozen=True, slots=True)
class TextCondition:
    """One column's text is one of some texts, or none of them; "" stands for an empty cell."""

    column: Column
    texts: frozenset[str]
    wanted: bool

    def holds(self, cells: Cells) -> bool:
        return (cells[self.column.slot] in self.texts) is self.wanted


@dataclass(frozen=True, slots=True)
class PatternCondition:
    """One column's text fits a regular expression from its first character to its last."""

    column: Column
    pattern: re.Pattern[str]

    def holds(self, cells: Cells) -> bool:
        return self.pattern.fullmatch(cells[self.column.slot]) is not None


@dataclass(frozen=True, slots=True)
class GroupCondition:
    """What the rows of a group must meet together: at least one of them `some`, not one of them `none`."""

    some: Callable[[Cells], bool] | None
    none: Callable[[Cells], bool] | None

    def holds(self, rows: Sequence[Cells]) -> bool:
        """Say whether the rows of a group meet the condition."""
        if self.some and not any(map(self.some, rows)):
            return False
        return not (self.none and any(map(self.none, rows)))


def all_of(conditions: Sequence[Condition]) -> Callable[[Cells], bool] | None:
    """Return one test for all `conditions`, None where there are none."""
    if not conditions:
        return None
    if len(conditions) == 1:
        return conditions[0].holds
    return lambda cells: all(condition.holds(cells) for condition in conditions)
