"""`import`: documents from files, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from api.command_state import State, books_option, json_option, pass_state
from api.terminal import show_json, show_line, show_table
from ledger.collector import collector_after_loading
from ledger.progress import Progress

if TYPE_CHECKING:
    from importers.report import FileReport, ImportReport

TOLD_MAX = 50
"""Refused documents and remarks named one by one; `--json` has more."""

DONE = {"documents read": "documents read 已读单据", "documents posted": "documents posted 已入账单据"}
FILE_COLUMNS = ("file 文件", "rows 行", "left out 略过", "documents 单据", "new 新增", "already there 已有", "refused 拒绝")
TOTAL_COLUMNS = ("field 字段", "columns 列", "currency 币种", "in the file 文件合计", "in the documents 单据合计")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="How to read tables (TOML).")
@books_option()
@json_option
@pass_state
def import_files(state: State, paths: tuple[Path, ...], mapping: Path | None, as_json: bool) -> int:
    """Post the documents in PATHS (files or folders); importing the same files again changes nothing."""
    with collector_after_loading():
        from importers.run import import_paths

    with state.ledger() as ledger:
        with ledger.loading(), _progress() as show:
            report = import_paths(ledger, paths, mapping=mapping, progress=show)
        ledger.publish()
    if as_json:
        show_json(report.to_json())
    else:
        _show(report)
    return 1 if report.refused_total else 0


class _RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show to people how far the import is, how fast, and how long it will take."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _RateColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(DONE.get(what, what), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def _show(report: ImportReport) -> None:
    show_table("files 文件", FILE_COLUMNS, [_file_row(file) for file in report.files])
    for file in report.files:
        if file.totals:
            rows = [(t.field, t.columns, t.currency or "", t.exact, t.booked) for t in file.totals]
            show_table(f"control totals 控制合计: {file.file}", TOTAL_COLUMNS, rows, left=3)
    show_line(
        f"{report.new} new, {report.replayed} already there, {report.refused_total} refused in {report.seconds:.1f} s  "
        f"新增 {report.new}，已有 {report.replayed}，拒绝 {report.refused_total}"
    )
    if report.skipped:
        show_line(f"{report.skipped} were posted before this import was stopped  其中 {report.skipped} 张在中断前已入账")
    _tell("remark 提示: ", [remark for file in report.files for remark in file.remarks], sum(f.remarks_total for f in report.files))
    _tell("", report.refused, report.refused_total)


def _file_row(file: FileReport) -> list[str]:
    kinds = "\n".join(f"{count} {kind}" for kind, count in file.documents.items())
    name = f"{file.file}: {file.sheet}" if file.sheet else file.file
    if file.joined_by:
        name += f"\n(joined to 并入 {file.joined_by})"
    return [name, str(file.rows), str(file.rows_left_out), kinds, str(file.new), str(file.replayed), str(file.refused)]


def _tell(word: str, items: Sequence[object], total: int) -> None:
    for item in items[:TOLD_MAX]:
        click.echo(f"orderledger: {word}{item}", err=True)
    if total > TOLD_MAX:
        click.echo(f"orderledger: {word}and {total - TOLD_MAX} more 其余从略; --json names more", err=True)


COMMANDS = (import_files,)
