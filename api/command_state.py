"""What the subcommands share: which books, opened for as long as a command needs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ledger.collector import collector_after_loading

if TYPE_CHECKING:
    from ledger.service import Ledger

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class State:
    """What the command line and the environment say before a command runs."""

    directory: Path | None = None

    @property
    def books(self) -> Path:
        """Return the books directory; wrong usage where none was named."""
        if self.directory is None:
            raise click.UsageError("name the books: --books DIR, or the environment variable ORDERLEDGER_BOOKS")
        return self.directory

    @property
    def store_url(self) -> str | None:
        """Return the store's URL, or None for the default beside the books."""
        return os.environ.get("ORDERLEDGER_STORE") or None

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Open the ledger for one command."""
        with collector_after_loading():
            from ledger.service import Ledger

            opened = Ledger.open(self.books, self.store_url)
        try:
            yield opened
        finally:
            opened.close()


pass_state = click.make_pass_decorator(State, ensure=True)


def books_option(*, from_environment: bool = False) -> Callable[[F], F]:
    """Add `--books`. It may stand before or after the subcommand; the later one counts, the environment counts least."""

    def remember(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
        if value is not None:
            context.ensure_object(State).directory = value

    return click.option(
        "--books",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ORDERLEDGER_BOOKS" if from_environment else None,
        expose_value=False,
        # Before other options, so that a command finds the books named wherever the option stands.
        is_eager=True,
        callback=remember,
        help="The books directory.",
    )


def json_option(function: F) -> F:
    """Add `--json`, for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON.")(function)
