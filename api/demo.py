"""`python -m api.demo` (`make run`): sample books, made on the first start, served with the API and Fava."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from api.address import Address, AddressProblem
from api.commands.running import announce
from api.serve import serve
from importers.run import import_paths
from ledger.books.layout import MAIN
from ledger.creation import create_books
from ledger.errors import LedgerError, NotFound
from ledger.service import Ledger

BOOKS = Path(".run/sample")
SAMPLE = Path(__file__).parent.parent / "books" / "sample"
PORT = "8000"
"""Where the environment variable PORT says nothing else."""

TOKEN_NAME = "demo"


def main() -> int:
    """Make the sample books where there are none, say where to look, and serve until Ctrl-C."""
    store_url = os.environ.get("ORDERLEDGER_STORE") or None
    try:
        address = Address("127.0.0.1", int(os.environ.get("PORT") or PORT))
        token = prepare(BOOKS, store_url)
        return serve(BOOKS, store_url, address, lambda ready: _announce(ready, token))
    except (LedgerError, AddressProblem, OSError, ValueError) as error:
        print(f"orderledger: {error}", file=sys.stderr)
        return 1


def prepare(books: Path, store_url: str | None) -> str:
    """Bring the sample documents into the books, which changes nothing the second time; return a new token that reads."""
    if not (books / MAIN).exists():
        print(f"making sample books in {books}  正在生成示例账簿", flush=True)
        create_books(books)
    ledger = Ledger.open(books, store_url)
    try:
        _import_sample(ledger)
        with suppress(NotFound):
            ledger.tokens.revoke(TOKEN_NAME)
        return ledger.tokens.create(TOKEN_NAME, ["read"])
    finally:
        ledger.close()


def _import_sample(ledger: Ledger) -> None:
    files = sorted(SAMPLE.glob("*.ndjson"))
    if not files:
        return
    report = import_paths(ledger, files)
    ledger.publish()
    for refusal in report.refused:
        print(f"orderledger: {refusal}", file=sys.stderr)


def _announce(address: Address, token: str) -> None:
    announce(address)
    print(f"token  令牌  {token}", flush=True)
    print(f"try    试用  curl -H 'Authorization: Bearer {token}' '{address.url}/api/v1/orders?limit=3'", flush=True)
    print("stop   停止  Ctrl-C", flush=True)


if __name__ == "__main__":
    sys.exit(main())
