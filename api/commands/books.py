"""`init`, `check`, `rebuild`, `close`, `export`: the books as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from api.command_state import State, books_option, json_option, pass_state
from api.terminal import progress, show_json, show_line


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--chart", type=click.Choice(["ifrs", "cn"]), default="ifrs", show_default=True, help="Chart of accounts.")
@click.option("--currency", default="CNY", show_default=True, metavar="CODE", help="Currency of the books (ISO 4217).")
@click.option(
    "--costing",
    type=click.Choice(["fifo", "average", "specific", "month-average"]),
    default="fifo",
    show_default=True,
    help="Cost of stock.",
)
@books_option()
def init(directory: Path, chart: str, currency: str, costing: str) -> None:
    """Make empty books in DIRECTORY."""
    from ledger.creation import create_books

    create_books(directory, chart=chart, currency=currency, costing=costing)
    show_line(f"empty books in {directory}: chart {chart}, {currency}, costing {costing}")
    show_line(f"next: orderledger --books {directory} serve")


@click.command()
@books_option()
@json_option
@pass_state
def check(state: State, as_json: bool) -> int:
    """Recompute the hash chain, the kept sums, the stock and the books; name all that does not agree."""
    from ledger import integrity

    with state.ledger() as ledger:
        with progress() as report:
            problems = integrity.check(ledger, report)
        seq = ledger.health()["seq"]
    if as_json:
        show_json({"ok": not problems, "seq": seq, "problems": problems})
    elif not problems:
        show_line(f"ok: everything up to document {seq} agrees")
    for problem in problems:
        click.echo(f"orderledger: {problem}", err=True)
    return 1 if problems else 0


@click.command()
@books_option()
@json_option
@pass_state
def rebuild(state: State, as_json: bool) -> None:
    """Make the store anew from the text of the books."""
    from ledger.rebuild import rebuild as rebuild_store

    with progress() as report:
        rebuilt = rebuild_store(state.books, state.store_url, report)
    if as_json:
        show_json({"documents": rebuilt.documents, "entries": rebuilt.entries})
    else:
        show_line(f"rebuilt the store: {rebuilt.documents} documents, {rebuilt.entries} entries")


@click.command()
@click.argument("period")
@books_option()
@json_option
@pass_state
def close(state: State, period: str, as_json: bool) -> None:
    """Close PERIOD (2026-03) and every month before it: nothing is posted there any more."""
    from ledger.periods import close as close_period

    with state.ledger() as ledger:
        closed = close_period(ledger, period)
        ledger.publish()
    if as_json:
        show_json({"document": closed.document, "period": closed.period, "checklist": closed.checklist})
        return
    for item in closed.checklist:
        show_line(f"look at  请核对  {item['what']}: {item.get('detail', '')}")
    show_line(f"closed  已结账  {closed.period}: late documents are posted on the first open day")


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@books_option()
@json_option
@pass_state
def export(state: State, target: Path, as_json: bool) -> None:
    """Copy the text of the books to TARGET: a zip file where its name ends in .zip, else a directory."""
    from api.books_archive import copy_into, write_zip

    with state.ledger() as ledger:
        seq = ledger.publish()
        if target.suffix.lower() == ".zip":
            with target.open("wb") as file:
                files = write_zip(ledger.books, file)
        elif target.is_dir() and any(target.iterdir()):
            raise click.ClickException(f"{target} is not empty")
        else:
            files = copy_into(ledger.books, target)
    if as_json:
        show_json({"target": str(target), "files": files, "seq": seq})
    else:
        show_line(f"{files} files up to document {seq} in {target}")


COMMANDS = (init, check, rebuild, close, export)
