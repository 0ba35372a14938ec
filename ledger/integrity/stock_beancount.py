"""What an auditor does without us: load the books with stock Beancount and see whether it complains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from beancount import loader

from ledger.books.layout import MAIN
from ledger.progress import Progress


def bean_check(books: Path, progress: Progress) -> Iterator[str]:
    """Yield each error of Beancount with file and line."""
    progress("bean-check", 0, None)
    _, errors, _ = loader.load_file(str(books / MAIN))
    for error in errors:
        name = Path(str(error.source.get("filename", "?"))).name
        yield f"bean-check: {name}:{error.source.get('lineno', '?')}: {error.message}"
