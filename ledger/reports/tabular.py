"""Answers as tables: CSV by RFC 4180 and XLSX, in which no cell can become a formula.

A statement gives a row for each line and account, a list a row for each item. Owns no figures: it writes what the answer says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from ledger.reports.profit_view import Json
from ledger.state.records import PROFIT_FIELDS

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet may take a cell that starts so for a formula (OWASP, CSV injection)."""

FIGURES = frozenset(
    [
        *PROFIT_FIELDS, "revenue", "gross_profit", "contribution", "margin", "net",
        "amount", "debit", "credit", "balance", "opening", "closing", "turnover_debit", "turnover_credit",
        "closing_debit", "closing_credit", "after_closing",
        "comparative", "quantity", "value", "owed", "owed_value", "orders", "median_days", "mean_days", "p90_days", "line", "seq",
    ]
)  # fmt: skip
"""Columns that hold figures; everywhere else 007 is a name."""

EXCEL_DIGITS_MAX = 15
"""Digits that a spreadsheet keeps; longer numbers are written as text, so that none is cut."""

EXCEL_TEXT_MAX = 32_767
"""Characters of a cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names and rows of text; nothing in a cell is the empty text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(answer: Json, title: str = "report") -> Table:
    """Turn a statement (`lines`), a profit by a dimension, or any list (`items`) into a table."""
    if "lines" in answer:
        found = [row for line in answer["lines"] for row in _statement_rows(line)]
    else:
        found = [_flat(item) for item in answer.get("items", ())]
        found += [{"key": name, **_flat(answer[name])} for name in ("unallocated", "total") if name in answer]
    columns = tuple(dict.fromkeys(name for row in found for name in row))
    rows = tuple(tuple(row.get(name, "") for name in columns) for row in found)
    return Table(str(answer.get("name") or answer.get("by") or title), columns, rows)


def to_csv(table: Table) -> str:
    """Write a table as CSV with CRLF ends (RFC 4180); a text that could start a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def to_xlsx(table: Table) -> bytes:
    """Write a table as an XLSX workbook with one sheet: figures as numbers with their decimals, all else as text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(table.title))
        bold = workbook.add_format({"bold": True})
        formats: dict[int, Any] = {}
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if _is_figure(table.columns[column], cell):
                    decimals = len(cell.partition(".")[2])
                    if decimals not in formats:
                        formats[decimals] = workbook.add_format({"num_format": _number_format(decimals)})
                    # A sheet holds doubles: one of at most 15 digits reads back as the same decimal.
                    sheet.write_number(number, column, Decimal(cell), formats[decimals])
                elif cell:
                    sheet.write_string(number, column, cell[:EXCEL_TEXT_MAX])
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _statement_rows(line: Json) -> list[dict[str, str]]:
    """Return the line, and below it its accounts where they say more than the line itself."""
    own = _flat({name: value for name, value in line.items() if name != "accounts"})
    shared = {name: own[name] for name in ("id",) if name in own}
    accounts: Sequence[Mapping[str, Any]] = line.get("accounts", ())
    if len(accounts) == 1:
        return [{**own, "account": _text(accounts[0]["account"])}]
    return [own] + [{**shared, **_flat(account)} for account in accounts]


def _flat(item: Mapping[str, Any]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, Mapping):
            row |= {f"{name}_{inner}": text for inner, text in _flat(value).items()}
        else:
            row[name] = _text(value)
    return row


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    if isinstance(value, Mapping):
        return str(value["detail"]) if "detail" in value else ", ".join(f"{k} {_text(v)}" for k, v in value.items())
    return str(value)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell) else cell


def _is_figure(column: str, cell: str) -> bool:
    plain = cell.lstrip("-").replace(".", "")
    return column in FIGURES and len(plain) <= EXCEL_DIGITS_MAX and _NUMBER.fullmatch(cell) is not None


def _number_format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _sheet_name(title: str) -> str:
    """Return a name that Excel takes: at most 31 characters, without []:*?/\\ and not quoted."""
    return re.sub(r"[\[\]:*?/\\']", "-", title)[:31] or "report"
