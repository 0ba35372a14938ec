"""`view/main.beancount`: people's main file with the view in the journal's place, for stock Beancount; Fava opens people's own."""

from __future__ import annotations

import re
from pathlib import Path

from ledger.books.layout import INDEX, MAIN, VIEW_INDEX

_PATH = re.compile(rb'^(include|option\s+"documents")(\s+)"([^"\n]*)"', re.MULTILINE)
_HEAD = b"; Written by orderledger: main.beancount with Fava's view in the journal's place. Change main.beancount.\n"


def view_main(books: Path) -> bytes:
    """Return the text; paths are taken from the folder of the view."""
    return _HEAD + _PATH.sub(_moved, (books / MAIN).read_bytes())


def _moved(found: re.Match[bytes]) -> bytes:
    word, space, path = found.groups()
    if path.removeprefix(b"./") == INDEX.encode():
        path = Path(VIEW_INDEX).name.encode()
    elif not path.startswith(b"/"):
        path = b"../" + path
    return word + space + b'"' + path + b'"'
