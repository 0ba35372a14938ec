"""From a field's table in the mapping to its expression; the document's own declaration says what the field holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from importers.amounts import REFUSE, ROUNDINGS, SHARE, Number, Term
from importers.dates import ISO_DAY, DateFormat, pattern_fault
from importers.expressions import (
    Constant,
    DateCell,
    Expression,
    FlagCell,
    MadeDocument,
    ReferenceCell,
    Template,
    TextCell,
    Value,
)
from importers.number_format import NumberFormat
from importers.rows import Column, Columns, NumberColumn
from importers.toml_table import TomlTable
from ledger.documents.fields import Amount, Choice, Day, Decimals, Flag, Instant, References, Spec, Text

_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(slots=True)
class Scope:
    """What the expressions of one mapping share."""

    digits: int
    numbers: NumberFormat
    day: str = ISO_DAY
    columns: Columns = field(default_factory=Columns)
    made: list[str] = field(default_factory=list)
    """Kinds of the documents that stand above in the mapping."""
    totals: list[tuple[str, str, bool]] = field(default_factory=list)
    """Control totals by slot of the tally: (field such as `order.lines.amount`, columns, money or not)."""
    number_columns: dict[tuple[Column, NumberFormat], NumberColumn] = field(default_factory=dict)
    days: dict[str, DateFormat] = field(default_factory=dict)

    def number_column(self, name: str | int, form: NumberFormat) -> NumberColumn:
        """Return the one reader of a column in a format."""
        column = self.columns.use(name)
        return self.number_columns.setdefault((column, form), NumberColumn(column, form))


def read_number_format(table: TomlTable, base: NumberFormat) -> NumberFormat:
    """Take a number format's keys from a table; what it does not say is as in `base`."""
    decimal = table.text("decimal")
    thousands = table.text("thousands")
    symbols = table.texts("symbols")
    form = NumberFormat(
        decimal=base.decimal if decimal is None else decimal,
        thousands=base.thousands if thousands is None else thousands,
        symbols=base.symbols if symbols is None else tuple(symbols),
        parentheses=table.flag("parentheses", default=base.parentheses),
        percent=table.flag("percent", default=base.percent),
    )
    if form.decimal not in (".", ",") or form.thousands == form.decimal:
        raise table.fault('decimal must be "." or ",", and thousands another mark')
    if form.thousands not in ("", ".", ",", " ", "'", "\u2019", "_"):
        raise table.fault("thousands must be a point, a comma, a space, an apostrophe or nothing")
    if not all(symbol.strip() and not re.search(r"[-+0-9().,%]", symbol) for symbol in form.symbols):
        raise table.fault('symbols must be currency signs or codes such as ["$", "EUR"]')
    return form


def read_field(table: TomlTable, spec: Spec, name: str, scope: Scope, *, per_row: bool) -> Expression:
    """Return the expression of the field `name` (such as `order.lines.amount`), taken from each row where `per_row`."""
    expression = _constant(table, spec, scope) or _document(table, spec, scope)
    if expression is None:
        default = _checked(table, "default", spec, scope)
        if isinstance(spec, (Amount, Decimals)):
            expression = _number(table, spec, name, scope, default=default, per_row=per_row)
        else:
            first = not per_row and not isinstance(spec, References) and table.flag("first")
            expression = _cell(table, spec, scope, default=default, first=first)
    table.done()
    return expression


def _constant(table: TomlTable, spec: Spec, scope: Scope) -> Expression | None:
    return Constant(_checked(table, "constant", spec, scope)) if table.has("constant") else None


def _document(table: TomlTable, spec: Spec, scope: Scope) -> Expression | None:
    kind = table.text("document")
    if kind is None:
        return None
    if not isinstance(spec, Text):
        raise table.fault("document can only stand where a reference is wanted")
    if kind not in scope.made:
        raise table.fault(f"no {kind} stands above in the mapping; above are {', '.join(scope.made) or 'none'}")
    return MadeDocument(kind)


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


def _column(table: TomlTable, scope: Scope) -> Column:
    names = table.columns("column")
    if len(names) != 1:
        raise table.fault('needs { column = "..." } or { constant = "..." }')
    return scope.columns.use(names[0])


def _cell(table: TomlTable, spec: Spec, scope: Scope, *, default: Value, first: bool) -> Expression:
    template = table.text("template")
    if template is not None:
        if not isinstance(spec, Text):
            raise table.fault("template can only make a text")
        return Template(_pieces(table, template, scope), default=default, first=first)
    column = _column(table, scope)
    if isinstance(spec, Day):
        return DateCell(column, _day(table, scope), default=default, first=first)
    if isinstance(spec, Instant):
        return DateCell(column, _moment(table), default=default, first=first)
    if isinstance(spec, Flag):
        words = dict.fromkeys(table.texts("false") or ["false"], False)
        words |= dict.fromkeys(table.texts("true") or ["true"], True)
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


def _number(table: TomlTable, spec: Amount | Decimals, name: str, scope: Scope, *, default: Value, per_row: bool) -> Expression:
    add = table.columns("column") + table.columns("add")
    subtract = table.columns("subtract")
    if not add + subtract:
        raise table.fault('needs { column = "..." }, { add = ["...", "..."] } or { constant = "..." }')
    money = isinstance(spec, Amount)
    rounding = table.text("round") or (SHARE if money else REFUSE)
    if rounding not in ROUNDINGS or (rounding == SHARE and not money):
        raise table.fault(f"round must be one of {', '.join(ROUNDINGS if money else ROUNDINGS[1:])}")
    negate = -1 if table.flag("negate") else 1
    summed = not per_row and table.flag("sum")
    first = not per_row and table.flag("first")
    if summed and first:
        raise table.fault("say sum or first, not both")
    form = read_number_format(table, scope.numbers)
    terms = [Term(scope.number_column(column, form), negate) for column in add]
    terms += [Term(scope.number_column(column, form), -negate) for column in subtract]
    total = None
    if money or name.endswith(".quantity"):
        total = len(scope.totals)
        signed = " + ".join(map(str, add)) + "".join(f" - {column}" for column in subtract)
        scope.totals.append((name, f"-({signed})" if negate < 0 else signed.lstrip(), money))
    return Number(terms, money=money, rounding=rounding, summed=summed, first=first, default=default, total=total)
