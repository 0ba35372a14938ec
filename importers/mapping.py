"""Mappings: the TOML file that says which columns of a table make which documents. Its writers read docs/IMPORT.md."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from importers.bounds import MAPPING_BYTES_MAX
from importers.condition_rules import list_conditions
from importers.conditions import all_of
from importers.errors import BadMapping
from importers.join_rules import read_joins, with_columns
from importers.joins import Join
from importers.number_format import NumberFormat
from importers.number_rules import read_number_format
from importers.plan_rules import Constants, read_document
from importers.plans import DocumentPlan
from importers.pointer_rules import read_pointers
from importers.pointers import Pointer
from importers.rows import Cells, Column
from importers.scope import Counted, Notation, Scope
from importers.table import TableFormat, read_table_format
from importers.toml_table import TomlTable
from importers.trace_rules import read_traces, with_lent_columns
from importers.traces import Trace
from ledger.money import exponent


@dataclass(frozen=True, slots=True)
class Match:
    """Which files a mapping fits: columns that the header must have, a pattern that the file's name must fit."""

    header: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, checked and ready to run on any file with its columns."""

    path: Path
    match: Match
    table: TableFormat
    joins: tuple[Join, ...]
    traces: tuple[Trace, ...]
    pointers: tuple[Pointer, ...]
    keep: Callable[[Cells], bool] | None
    """What the table's own columns must meet, before anything is joined."""
    keep_joined: Callable[[Cells], bool] | None
    group_by: tuple[Column, ...]
    group_apart: tuple[Column, ...]
    """Columns that part the rows of a group further; they may be empty."""
    documents: tuple[DocumentPlan, ...]
    columns: tuple[Column, ...]
    """All used columns by their slot, those that other rows lend too."""
    notations: tuple[Notation, ...]
    totals: tuple[Counted, ...]

    @property
    def lent_columns(self) -> frozenset[Column]:
        """Return the columns that joined files and traced rows lend; their names here have the join's or trace's name before a point."""
        slots = {column.slot for join in self.joins for column in join.columns}
        slots |= {column.slot for trace in self.traces for column in trace.columns}
        return frozenset(column for column in self.columns if column.slot in slots)

    def joined_paths(self, path: Path) -> list[Path]:
        """Return the files that are read together with `path`, one for each join."""
        return [join.find(path, self.match.name) for join in self.joins]


def load_mapping(path: Path, base_currency: str) -> Mapping:
    """Read and check a mapping for books in `base_currency`; BadMapping names the first fault and its place."""
    root = TomlTable(_parsed(path), str(path))
    match = _match(root.table("match"))
    file = root.table("file")
    numbers = read_number_format(file, NumberFormat())
    scope = Scope(digits=exponent(base_currency), numbers=numbers)
    scope.day = file.text("date") or scope.day
    table = read_table_format(file)
    joins = read_joins(root, table, scope)
    conditions = list_conditions(file, scope)
    file.done()
    group = root.table("group")
    group_by = tuple(scope.columns.use(name) for name in group.columns("by"))
    group_apart = tuple(scope.columns.use(name) for name in group.columns("apart"))
    if group_apart and not group_by:
        raise group.fault("apart parts the rows of a group further; say by what they are grouped first")
    group.done()
    traces = read_traces(root, [join.name for join in joins], scope)
    pointers = read_pointers(root, scope)
    constants = Constants(root.table("constants"))
    documents = root.tables("document")
    if not documents:
        raise root.fault("has no [[document]]: say which documents the rows make")
    plans = tuple(read_document(item, constants, scope) for item in documents)
    constants.done()
    root.done()
    joins = with_columns(joins, scope)
    traces = with_lent_columns(traces, scope)
    notations = tuple(scope.notations.get(column.name, Notation()) for column in scope.columns.all)
    lent = {column.slot for join in joins for column in join.columns}
    if {condition.column for condition in conditions} & {column for trace in traces for column in trace.columns}:
        raise root.fault("[file] when cannot look at what a trace finds: that is known only of the rows that it keeps")
    made = Mapping(
        path=path,
        match=match,
        table=table,
        joins=joins,
        traces=traces,
        pointers=pointers,
        keep=all_of([condition for condition in conditions if condition.column.slot not in lent]),
        keep_joined=all_of([condition for condition in conditions if condition.column.slot in lent]),
        group_by=group_by,
        group_apart=group_apart,
        documents=plans,
        columns=scope.columns.all,
        notations=notations,
        totals=tuple(scope.totals),
    )
    own = set(made.columns) - made.lent_columns
    if not table.header and any(isinstance(column.name, str) for column in own):
        raise root.fault("without a header, columns are named by their numbers from 1")
    return made


def _parsed(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > MAPPING_BYTES_MAX:
            raise BadMapping(f"{path}: is larger than a mapping can be ({MAPPING_BYTES_MAX} bytes)")
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadMapping(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadMapping(f"{path}: is not UTF-8; mappings are") from None
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"{path}: is not TOML: {error}") from None


def _match(table: TomlTable) -> Match:
    header = tuple(str(name) for name in table.columns("header"))
    name = table.text("name")
    table.done()
    return Match(header, name)
