"""`init`, `check`, `rebuild`, `close`, `reopen`, `adopt`, `export`: the books as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from api.command_state import State, books_option, json_option, pass_state
from api.terminal import progress, show_json, show_line


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--chart", type=click.Choice(["ifrs", "cn"]), default="ifrs", show_default=True, help="Chart of accounts.")
@click.option("--standard", type=click.Choice(["cas", "small"]), help="For --chart cn: 企业会计准则 (cas) or 小企业会计准则 (small).")
@click.option("--currency", default="CNY", show_default=True, metavar="CODE", help="Currency of the books (ISO 4217).")
@click.option(
    "--costing",
    type=click.Choice(["fifo", "average", "specific", "month-average"]),
    default="fifo",
    show_default=True,
    help="Cost of stock.",
)
@books_option()
def init(directory: Path, chart: str, standard: str | None, currency: str, costing: str) -> None:
    """Make empty books in DIRECTORY."""
    from ledger.creation import create_books

    if standard is not None and chart != "cn":
        raise click.UsageError("--standard goes with --chart cn only")
    create_books(directory, chart=chart, currency=currency, costing=costing, standard=standard)
    show_line(f"empty books in {directory}: chart {chart}, {currency}, costing {costing}")
    show_line(f"next: orderledger --books {directory} serve")


@click.command()
@books_option()
@json_option
@click.option("--whole", is_flag=True, help="Let stock Beancount read the whole text of large books too (12 KB of memory an order).")
@pass_state
def check(state: State, as_json: bool, whole: bool) -> int:
    """Recompute the hash chain, the kept sums, the stock and the books; name all that does not agree."""
    from ledger.integrity import check_all

    with state.ledger() as ledger, progress() as report:
        checked = check_all(ledger, report, whole=whole)
    problems = checked.problems
    if as_json:
        show_json({"ok": not problems, "seq": checked.seq, "problems": problems})
    elif not problems:
        show_line(f"ok: everything up to document {checked.seq} agrees")
    if not checked.of_all and not as_json:
        show_line("these books are large: stock Beancount read Fava's view of them, which agrees with the whole; --whole lets it read all")
    if checked.moving:
        told = "documents come too quickly for Fava's view, which was not compared  单据录入太快，视图未及更新，未作核对"
        click.echo(f"orderledger: {told}", err=True)
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
@click.option("--adopt", "adopt_first", is_flag=True, help="Adopt the hand-written entries of these months first.")
@books_option()
@json_option
@pass_state
def close(state: State, period: str, adopt_first: bool, as_json: bool) -> None:
    """Close PERIOD (2026-03) and every month before it: nothing is posted there any more."""
    from api.adoptions import adopted_json, adopted_lines
    from ledger.periods import close as close_period

    with state.ledger() as ledger:
        closed = close_period(ledger, period, adopt=adopt_first)
        ledger.publish()
    if as_json:
        adopted = {"adopted": adopted_json(closed.adopted)} if adopt_first else {}
        show_json(
            {
                "document": closed.document,
                "period": closed.period,
                "checklist": closed.checklist,
                "vouchers": list(closed.vouchers),
                "estimates": list(closed.estimates),
                **adopted,
            }
        )
        return
    for line in adopted_lines(closed.adopted):
        show_line(line)
    for item in closed.checklist:
        show_line(f"look at  请核对  {item['what']}: {item.get('detail', '')}")
    for voucher in closed.vouchers:
        show_line(f"closing voucher  结转凭证  {voucher}")
    if closed.estimates:
        show_line(f"estimates renewed  暂估冲回  {', '.join(closed.estimates)}")
    show_line(f"closed  已结账  {closed.period}: late documents are posted on the first open day")


@click.command()
@click.argument("period")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the books.")
@books_option()
@json_option
@pass_state
def reopen(state: State, period: str, reason: str, as_json: bool) -> None:
    """Open PERIOD (2026-03) and every closed month after it again; the closing and the reason stay as a trace."""
    from ledger.periods import reopen as reopen_period

    with state.ledger() as ledger:
        reopened = reopen_period(ledger, period, reason)
        ledger.publish()
    if as_json:
        show_json({"document": reopened.document, "period": reopened.period, "closed_through": reopened.closed_through})
    else:
        show_line(f"reopened  已反结账  {reopened.period} and every month after it; closed through  已结账至  {reopened.closed_through}")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every hand-written entry.")
@click.option("--line", "places", multiple=True, metavar="[FILE:]N", help="The entry that begins on line N (of manual.beancount).")
@click.option("--dry-run", is_flag=True, help="Tell what would be adopted and what a document cannot keep; do nothing.")
@books_option()
@json_option
@pass_state
def adopt(state: State, everything: bool, places: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Make documents of hand-written entries: they are numbered and chained, and leave their file."""
    from api.adoptions import adopted_lines, adoption_json
    from ledger.adoption import adopt_all, adopt_at

    if everything == bool(places):
        raise click.UsageError("choose entries: --all, or --line N once or more")
    named = [_place(place) for place in places]
    with state.ledger() as ledger:
        adoption = adopt_all(ledger, dry_run=dry_run) if everything else adopt_at(ledger, named, dry_run=dry_run)
        ledger.publish()
    if as_json:
        show_json(adoption_json(adoption))
    else:
        for line in adopted_lines(adoption.adopted, dry_run=dry_run):
            show_line(line)
    for one in adoption.refused:
        click.echo(f"orderledger: {one.place}: {one.detail}", err=True)
    for name in adoption.left:
        click.echo(f"orderledger: {name} changed meanwhile: what was adopted still stands there; run adopt again", err=True)
    return 1 if adoption.refused or adoption.left else 0


def _place(text: str) -> str:
    """Return `manual.beancount:12` for `12`, and any other file's place as it is."""
    file, _, line = text.rpartition(":")
    if not (line.isascii() and line.isdigit()):
        raise click.UsageError(f"--line takes a line such as 12, or FILE:12, not {text!r}")
    return f"{file or 'manual.beancount'}:{int(line)}"


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


COMMANDS = (init, check, rebuild, close, reopen, adopt, export)
