"""What commands load: starting is a tenth of importing ten thousand orders, so nothing is loaded that an import does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ledger.creation import create_books

LOADED = """
import sys
from pathlib import Path
import api.cli, importers.run
from ledger.service import Ledger
Ledger.open(Path(sys.argv[1])).close()
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"flask", "werkzeug", "alembic", "mako", "marshmallow", "fava"}))
"""


def _loaded(books: Path) -> str:
    return subprocess.run([sys.executable, "-c", LOADED, str(books)], capture_output=True, text=True, check=True).stdout.strip()


def test_books_that_are_up_to_date_open_without_what_serves_requests_or_migrates_tables(tmp_path: Path) -> None:
    create_books(tmp_path / "books", chart="ifrs", currency="CNY", costing="fifo")
    assert "alembic" in _loaded(tmp_path / "books"), "the first time makes the tables"
    assert _loaded(tmp_path / "books") == ""
