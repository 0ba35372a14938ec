"""From a field's table in the mapping to its expression; the document's own declaration says what the field holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from importers.condition_rules import read_conditions
from importers.dates import DateFormat, pattern_fault
from importers.expressions import (
    Constant,
    DateCell,
    Expression,
    FlagCell,
    Given,
    MadeDocument,
    ReferenceCell,
    Template,
    TextCell,
    Value,
)
from importers.number_rules import read_number
from importers.rows import Column
from importers.scope import Scope
from importers.toml_table import TomlTable
from ledger.documents.fields import Amount, Choice, Day, Decimals, Flag, Instant, References, Spec, Text

_PLACE = re.compile(r"\{([^{}]+)\}")


def read_field(table: TomlTable, spec: Spec, name: str, scope: Scope, *, per_row: bool) -> Expression:
    """Return the expression of the field `name` (such as `order.lines.amount`), taken from each row where `per_row`."""
    keep = read_conditions(table, scope)
    expression = _constant(table, spec, scope) or _document(table, spec, scope)
    default = _checked(table, "default", spec, scope) if expression is None or keep else None
    if expression is None:
        if isinstance(spec, (Amount, Decimals)):
            expression = read_number(table, spec, name, scope, default=default, per_row=per_row)
        else:
            first = not per_row and not isinstance(spec, References) and table.flag("first")
            expression = _cell(table, spec, scope, default=default, first=first)
    table.done()
    return Given(expression, keep, default=default) if keep else expression


def _constant(table: TomlTable, spec: Spec, scope: Scope) -> Expression | None:
    return Constant(_checked(table, "constant", spec, scope)) if table.has("constant") else None


def _document(table: TomlTable, spec: Spec, scope: Scope) -> Expression | None:
    kind = table.text("document")
    if kind is None:
        return None
    if not isinstance(spec, (Text, References)):
        raise table.fault("document can only stand where a reference is wanted")
    if kind not in scope.made:
        raise table.fault(f"no {kind} stands above in the mapping; above are {', '.join(scope.made) or 'none'}")
    return MadeDocument(kind, listed=isinstance(spec, References))


def _checked(table: TomlTable, key: str, spec: Spec, scope: Scope) -> Value:
    value = table.value(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = value.isoformat()
    if not isinstance(value, (str, bool, list)):
        raise table.fault(f"{key} must be a text in quotes, a whole number, true or false")
    try:
        spec.read(value, scope.digits)
    except ValueError as error:
        raise table.fault(f"{key} {error}") from None
    return value


def _name(table: TomlTable) -> str | int:
    names = table.columns("column")
    if len(names) != 1:
        raise table.fault('needs { column = "..." } or { constant = "..." }')
    return names[0]


def _cell(table: TomlTable, spec: Spec, scope: Scope, *, default: Value, first: bool) -> Expression:
    template = table.text("template")
    if template is not None:
        if not isinstance(spec, Text):
            raise table.fault("template can only make a text")
        return Template(_pieces(table, template, scope), default=default, first=first)
    name = _name(table)
    if isinstance(spec, (Day, Instant)):
        form = _day(table, scope) if isinstance(spec, Day) else _moment(table)
        return DateCell(scope.date_column(name, form.pattern), form, default=default, first=first)
    column = scope.columns.use(name)
    if isinstance(spec, Flag):
        words = dict.fromkeys(table.texts("false") or ["false", "FALSE"], False)
        words |= dict.fromkeys(table.texts("true") or ["true", "TRUE"], True)
        return FlagCell(column, words, default=default, first=first)
    if isinstance(spec, References):
        return ReferenceCell(column, table.text("split"), default=default)
    if isinstance(spec, (Text, Choice)):
        return TextCell(column, table.translation("map"), default=default, first=first)
    raise table.fault("this field cannot be taken from a table; give one line per row instead")


def _pieces(table: TomlTable, template: str, scope: Scope) -> Sequence[str | Column]:
    parts: list[str | Column] = list(_PLACE.split(template))
    if len(parts) == 1 or any(isinstance(text, str) and re.search("[{}]", text) for text in parts[::2]):
        raise table.fault('template must name columns in braces, such as "{Order}-{Line}"')
    for i in range(1, len(parts), 2):
        name = parts[i]
        assert isinstance(name, str)
        parts[i] = scope.columns.use(int(name) if name.isdecimal() else name)
    return parts


def _day(table: TomlTable, scope: Scope) -> DateFormat:
    pattern = table.text("format") or scope.day
    fault = pattern_fault(pattern, moment=False)
    if fault:
        raise table.fault(f"format {fault}")
    return scope.days.setdefault(pattern, DateFormat(pattern))


def _moment(table: TomlTable) -> DateFormat:
    pattern = table.text("format") or "%Y-%m-%dT%H:%M:%S%z"
    zone = table.text("zone")
    fault = pattern_fault(pattern, moment=True)
    if fault:
        raise table.fault(f"format {fault}")
    if (zone is None) == ("%z" not in pattern):
        raise table.fault('needs the offset, once: zone = "+08:00", or %z in format')
    if zone is not None and not re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", zone):
        raise table.fault('zone must be an offset such as "+08:00"')
    return DateFormat(pattern, moment=True, zone=zone)
