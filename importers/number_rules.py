"""From a number's table in the mapping to its expression: columns added, subtracted, multiplied, rounded, shared."""

from __future__ import annotations

import re

from importers.amounts import REFUSE, ROUNDINGS, SHARE, Number, Term
from importers.expressions import Expression, Value
from importers.number_format import NumberFormat
from importers.rows import Product
from importers.scope import Counted, Scope
from importers.shares import SharedNumber
from importers.toml_table import TomlTable
from ledger.documents.fields import Amount, Decimals


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


def read_number(table: TomlTable, spec: Amount | Decimals, name: str, scope: Scope, *, default: Value, per_row: bool) -> Expression:
    """Return the expression of a number field; in lines (`per_row`) each row has its own, or its share of the document's."""
    add, factors, subtract = table.columns("column") + table.columns("add"), table.columns("multiply"), table.columns("subtract")
    if not add + factors + subtract:
        raise table.fault('needs { column = "..." }, { add = ["...", "..."] } or { constant = "..." }')
    if len(factors) == 1:
        raise table.fault('multiply must list the columns to multiply, such as ["Quantity", "Price"]')
    money = isinstance(spec, Amount)
    rounding = table.text("round") or (SHARE if money else REFUSE)
    if rounding not in ROUNDINGS or (rounding == SHARE and not money):
        raise table.fault(f"round must be one of {', '.join(ROUNDINGS if money else ROUNDINGS[1:])}")
    negate = -1 if table.flag("negate") else 1
    shared_by = table.columns("shared_by") if per_row and money else []
    summed = not per_row and table.flag("sum")
    first = not per_row and table.flag("first")
    if summed and first:
        raise table.fault("say sum or first, not both")
    once = table.columns("once")
    if once and not summed:
        raise table.fault("once adds what all rows say alike to the sum of others; say sum = true")
    form = read_number_format(table, scope.numbers)
    terms = [Term(scope.number_column(column, form), negate) for column in add]
    if factors:
        terms.append(Term(Product([scope.number_column(column, form) for column in factors]), negate))
    terms += [Term(scope.number_column(column, form), -negate) for column in subtract]
    terms += [Term(scope.number_column(column, form), negate, once=True) for column in once]
    total = None
    if money or name.endswith(".quantity"):
        total = len(scope.totals)
        parts = [*map(str, add), *([" x ".join(map(str, factors))] if factors else []), *map(str, once)]
        signed = " + ".join(parts) + "".join(f" - {column}" for column in subtract)
        scope.totals.append(Counted(name, f"-({signed})" if negate < 0 else signed.lstrip(), money))
    number = Number(terms, money=money, rounding=rounding, summed=summed, first=first, default=default, total=total)
    if len(shared_by) > 1:
        raise table.fault("shared_by must name one column")
    return SharedNumber(number, scope.number_column(shared_by[0], form), default=default) if shared_by else number
