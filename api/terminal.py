"""What commands show to people: tables, progress. Texts from documents are never read as rich's markup."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from api.json_text import write_json
from ledger.progress import Progress

WIDTH_PIPED = 200
"""Columns where no terminal says how wide it is: nothing is folded for whoever reads the pipe."""


def show_json(value: Any) -> None:
    """Write one line of JSON."""
    click.echo(write_json(value).decode())


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
    """Write a table; the first `left` columns are texts, the others numbers."""
    table = Table(title=Text(title), title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if index < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    _console().print(table)


def show_line(text: str) -> None:
    """Write one line as it is."""
    click.echo(text)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show how far long work is, on stderr and only to people; give what reports (what is done, how many, of how many)."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=WIDTH_PIPED)
