"""From the `[[trace]]` tables of a mapping to the traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importers.condition_rules import read_conditions
from importers.rows import Column
from importers.scope import Scope
from importers.toml_table import TomlTable
from importers.traces import Trace


def read_traces(root: TomlTable, taken: Sequence[str], scope: Scope) -> tuple[Trace, ...]:
    """Take the traces of a mapping; `taken` are the names of its joins. Which columns are used is known only when all of it was read."""
    names = set(taken)
    traces = []
    for item in root.tables("trace"):
        trace = _trace(item, scope)
        if trace.name in names:
            raise item.fault(f"name {trace.name} is taken; another join or trace has it")
        names.add(trace.name)
        traces.append(trace)
    return tuple(traces)


def with_lent_columns(traces: Sequence[Trace], scope: Scope) -> tuple[Trace, ...]:
    """Return the traces with the columns that the mapping names as `name.column`."""
    return tuple(_with_columns(trace, scope) for trace in traces)


def _trace(table: TomlTable, scope: Scope) -> Trace:
    name = table.text("name")
    if not name or "." in name:
        raise table.fault('needs a name without a point, such as name = "sale": its columns are then "sale.Order"')
    looks, found = read_conditions(table, scope), read_conditions(table, scope, "to")
    if looks is None or found is None:
        raise table.fault("needs when = {...}, the rows that look for another one, and to = {...}, the rows that can be found")
    on, quantity = table.columns("on"), table.columns("quantity")
    if not on or len(quantity) != 1:
        raise table.fault('needs on = ["..."], the columns in which both rows are the same, and quantity = "..."')
    table.done()
    columns = tuple(scope.columns.use(column) for column in on)
    return Trace(name, looks, found, columns, scope.number_column(quantity[0], scope.numbers).column, scope.numbers)


def _with_columns(trace: Trace, scope: Scope) -> Trace:
    lent = [column for column in scope.columns.all if isinstance(column.name, str) and column.name.startswith(f"{trace.name}.")]
    sources = [_source(trace, column, scope) for column in lent]
    return replace(trace, columns=tuple(lent), sources=tuple(sources))


def _source(trace: Trace, column: Column, scope: Scope) -> Column:
    own = str(column.name).removeprefix(f"{trace.name}.")
    return scope.columns.use(int(own) if own.isdecimal() else own)
