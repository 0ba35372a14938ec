"""The command line `orderledger`. Exit codes: 0 done, 1 something was refused or a check failed, 2 wrong usage."""

from __future__ import annotations

import os
import secrets
import sys

import click

from api.address import AddressProblem
from api.command_state import books_option
from api.commands import books, imports, reports, running, tokens
from ledger.errors import LedgerError

INTERRUPTED = 130
"""What shells expect after Ctrl-C: 128 and the number of the signal."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="orderledger")
@books_option(from_environment=True)
def cli() -> None:
    """Turn business documents into books whose sums are the profit of every order.

    由业务单据生成账簿，逐单核算利润。

    ORDERLEDGER_BOOKS names the books where --books does not; ORDERLEDGER_STORE is an SQLAlchemy URL of the store, by
    default SQLite inside the books.
    """


for topic in (books, imports, reports, running, tokens):
    for command in topic.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong is one line on stderr, never a traceback."""
    try:
        code = cli.main(arguments, prog_name="orderledger", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        return _misused(error)
    except click.Abort:
        click.echo("orderledger: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has what it wanted (`| head`); Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return _refused(error) if isinstance(error, LedgerError | AddressProblem | OSError) else _defect(error)


def _misused(error: click.ClickException) -> int:
    """Say in one line what was wrong with the command."""
    usage = isinstance(error, click.UsageError)
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = context.command_path if context is not None else "orderledger"
    click.echo(f"{where}: {_one_line(error.format_message())}{' (--help says more)' if usage else ''}", err=True)
    return error.exit_code


def _refused(error: Exception) -> int:
    """Say what was refused: one line, and one more for each fault."""
    if not isinstance(error, LedgerError):
        click.echo(f"orderledger: {_one_line(str(error))}", err=True)
        return 1
    where = f"{error.document}: " if error.document else ""
    click.echo(f"orderledger: {where}{_one_line(error.detail)}", err=True)
    for fault in error.errors:
        click.echo(f"  {fault.pointer or '/'}: {fault.detail}", err=True)
    return 1


def _one_line(text: str) -> str:
    """Join lines: messages of databases and of click come in several."""
    return " ".join(text.split())


def _defect(error: Exception) -> int:
    """Keep the traceback of a defect in a file: it is for us, not for the user."""
    import tempfile
    import traceback

    path = os.path.join(tempfile.gettempdir(), f"orderledger-{secrets.token_hex(4)}.log")  # noqa: PTH118
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        traceback.print_exception(error, file=file)
    click.echo(f"orderledger: internal error ({type(error).__name__}); please report it with {path}", err=True)
    return 1


if __name__ == "__main__":
    main()
