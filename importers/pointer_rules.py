"""From the `[[pointer]]` tables of a mapping to the pointer columns."""

from __future__ import annotations

from importers.condition_rules import read_pattern
from importers.pointers import Pointer
from importers.scope import Scope
from importers.toml_table import TomlTable


def read_pointers(root: TomlTable, scope: Scope) -> tuple[Pointer, ...]:
    """Take the pointer columns of a mapping."""
    return tuple(_pointer(item, scope) for item in root.tables("pointer"))


def _pointer(table: TomlTable, scope: Scope) -> Pointer:
    column, to, pattern = table.columns("column"), table.columns("to"), read_pattern(table, "pattern")
    if len(column) != 1 or len(to) != 1 or pattern is None or pattern.groups != 1:
        raise table.fault("needs column, to, and a pattern with one group in parentheses: the text by which `to` knows the other row")
    table.done()
    return Pointer(scope.columns.use(column[0]), pattern, scope.columns.use(to[0]))
