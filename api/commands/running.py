"""`serve`: the API, its page and the books in Fava at one address."""

from __future__ import annotations

import click

from api.address import Address
from api.command_state import State, books_option, pass_state
from api.terminal import show_line


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; by default only this machine can connect.")
@books_option()
@pass_state
def serve(state: State, port: int, host: str) -> int:
    """Serve the API and the books until SIGTERM or Ctrl-C."""
    from api.serve import serve as serve_until_stopped

    return serve_until_stopped(state.books, state.store_url, Address(host, port), announce)


def announce(address: Address) -> None:
    """Say where to look, once the server answers."""
    show_line(f"API    接口  {address.url}/api/v1")
    show_line(f"docs   文档  {address.url}/docs")
    if address.loopback:
        show_line(f"books  账簿  {address.url}/books/")
    else:
        show_line("books  账簿  not shown: other machines can connect here, and the books have no login yet")


COMMANDS = (serve,)
