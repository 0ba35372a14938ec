"""`token`: who may use the API."""

from __future__ import annotations

import click

from api.command_state import State, books_option, json_option, pass_state
from api.scopes import SCOPES
from api.terminal import show_json, show_line, show_table


@click.group()
@books_option()
def token() -> None:
    """Make, list and revoke the tokens of the API."""


@token.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="Once for each scope.")
@books_option()
@pass_state
def create(state: State, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token called NAME and print it, alone: it is shown this once and stored as a digest."""
    with state.ledger() as ledger:
        show_line(ledger.tokens.create(name, scopes))


@token.command("list")
@books_option()
@json_option
@pass_state
def list_tokens(state: State, as_json: bool) -> None:
    """List the tokens, without their secrets."""
    with state.ledger() as ledger:
        found = ledger.tokens.list()
    if as_json:
        show_json([{**one, "scopes": one["scopes"].split()} for one in found])
        return
    rows = [(one["name"], one["scopes"], one["created_at"]) for one in found]
    show_table("tokens 令牌", ("name", "scopes", "created"), rows, left=3)


@token.command()
@click.argument("name")
@books_option()
@pass_state
def revoke(state: State, name: str) -> None:
    """Take the token NAME out of use; a running server notices within seconds."""
    with state.ledger() as ledger:
        ledger.tokens.revoke(name)
    show_line(f"revoked {name}")


COMMANDS = (token,)
