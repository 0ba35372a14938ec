"""From a `when` of the mapping to the conditions that choose rows."""

from __future__ import annotations

import re
from collections.abc import Callable

from importers.conditions import Condition, GroupCondition, PatternCondition, TextCondition, all_of
from importers.rows import Cells
from importers.scope import Scope
from importers.toml_table import TomlTable

_REMEDY = 'must be { column = "...", is = ["..."] }, or is_not = ["..."], or empty = true or false, or pattern = "..."'


def read_conditions(table: TomlTable, scope: Scope, key: str = "when") -> Callable[[Cells], bool] | None:
    """Take the conditions of a table; return one test for all of them, None where there are none."""
    return all_of(list_conditions(table, scope, key))


def list_conditions(table: TomlTable, scope: Scope, key: str = "when") -> list[Condition]:
    """Take the conditions of a table one by one."""
    return [_condition(item, scope) for item in table.tables(key)]


def read_group_condition(table: TomlTable, scope: Scope) -> GroupCondition | None:
    """Take `some` and `none`: what rows of a whole group must meet; None where neither is given."""
    some, none = read_conditions(table, scope, "some"), read_conditions(table, scope, "none")
    return GroupCondition(some, none) if some or none else None


def read_pattern(table: TomlTable, key: str) -> re.Pattern[str] | None:
    """Take a regular expression."""
    text = table.text(key)
    try:
        return None if text is None else re.compile(text)
    except re.error as error:
        raise table.fault(f"{key} is not a regular expression: {error}") from None


def _condition(table: TomlTable, scope: Scope) -> Condition:
    names = table.columns("column")
    wanted, unwanted = table.texts("is"), table.texts("is_not")
    empty, pattern = table.value("empty"), read_pattern(table, "pattern")
    table.done()
    if len(names) != 1 or [wanted, unwanted, empty, pattern].count(None) != 3 or empty not in (None, True, False):
        raise table.fault(_REMEDY)
    column = scope.columns.use(names[0])
    if pattern is not None:
        return PatternCondition(column, pattern)
    if empty is not None:
        return TextCondition(column, frozenset([""]), bool(empty))
    return TextCondition(column, frozenset(wanted or unwanted or ()), unwanted is None)
