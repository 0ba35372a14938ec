"""From the `[[join]]` tables of a mapping to the joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importers.joins import Join
from importers.rows import Column
from importers.scope import Notation, Scope
from importers.table import TableFormat, read_table_format
from importers.toml_table import TomlTable


def read_joins(root: TomlTable, base: TableFormat, scope: Scope) -> tuple[Join, ...]:
    """Take the joins of a mapping; which of their columns are used is known only when all of it was read."""
    return tuple(_join(item, base, scope) for item in root.tables("join"))


def with_columns(joins: Sequence[Join], scope: Scope) -> tuple[Join, ...]:
    """Return the joins with the columns that the mapping names as `name.column`."""
    return tuple(_with_columns(join, scope) for join in joins)


def _join(table: TomlTable, base: TableFormat, scope: Scope) -> Join:
    name, file = table.text("name"), table.text("file")
    if not name or "." in name:
        raise table.fault('needs a name without a point, such as name = "header": its columns are then "header.Total"')
    has_part = table.has("sheet") or table.has("table")
    form = read_table_format(table, replace(base, sheet=None, table=None))
    if file is None and not has_part:
        raise table.fault('needs file = "...", the file beside the table (or sheet = "..." of its spreadsheet, table = "..." of its dump)')
    if file is not None and ("/" in file or "\\" in file):
        raise table.fault("file must be a name without a folder: it stands beside the table")
    on = table.columns("on")
    keys = table.columns("keys") or on
    if not on or len(keys) != len(on):
        raise table.fault('needs on = ["..."], the columns that both have (keys = ["..."] where the joined file names them otherwise)')
    optional = table.flag("optional")
    table.done()
    return Join(name, file, form, tuple(scope.columns.use(column) for column in on), tuple(keys), optional=optional)


def _with_columns(join: Join, scope: Scope) -> Join:
    used = [column for column in scope.columns.all if isinstance(column.name, str) and column.name.startswith(f"{join.name}.")]
    columns = tuple(Column(_own_name(join, str(column.name)), column.slot) for column in used)
    return replace(join, columns=columns, notations=tuple(scope.notations.get(column.name, Notation()) for column in used))


def _own_name(join: Join, name: str) -> str | int:
    own = name.removeprefix(f"{join.name}.")
    return int(own) if not join.table.header and own.isdecimal() else own
