"""The text of hand-written entries: where one ends, and a file without some of them, everything else byte for byte as it was.

A file is replaced in one step, and only while it still is what was read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from beancount.core import data
from beancount.parser import parser

from ledger.books.files import sync_folder

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OF_PLACE = ("filename", "lineno")


def text_of(content: bytes, line: int) -> list[str]:
    """Return the lines of the entry whose first line is number `line`, without their ends."""
    lines = content.split(b"\n")
    return [text.decode(errors="replace").rstrip("\r") for text in lines[line - 1 : _end(lines, line)]]


def has_comment(lines: Collection[str]) -> bool:
    """Tell whether a comment stands among an entry's lines."""
    return any(";" in _STRING.sub("", line) for line in lines)


def without(content: bytes, starts: Collection[int]) -> bytes | None:
    """Return the file without the entries that begin on the lines `starts`; None where something else would change by it.

    Lines of an entry are its first one and the indented ones below it, indented comments too: Beancount takes none by themselves.
    """
    if not starts:
        return content
    lines = content.split(b"\n")
    gone = {number for start in starts for number in range(start - 1, _end(lines, start))}
    left = [line for number, line in enumerate(lines) if number not in gone]
    made = b"\n".join(left) if len(lines) - 1 not in gone else b"".join(line + b"\n" for line in left)
    return made if _takes_only(content, made, starts) else None


def rewrite(path: Path, expected: bytes, content: bytes) -> bool:
    """Put `content` in the place of a file that reads `expected`; False, and nothing done, where it is another one by now."""
    target = path.resolve()
    state = target.stat()
    temporary = target.with_name(f".{target.name}.adopting")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(state.st_mode & 0o7777)
    with suppress(PermissionError):
        os.chown(temporary, state.st_uid, state.st_gid)
    if target.read_bytes() != expected:
        temporary.unlink()
        return False
    temporary.replace(target)
    sync_folder(target.parent)
    return True


def _end(lines: list[bytes], start: int) -> int:
    """Return the number of the last line (from 1) of the entry that begins on line `start`."""
    end = start
    while end < len(lines) and lines[end][:1] in (b" ", b"\t") and lines[end].strip():
        end += 1
    return end


def _takes_only(before: bytes, after: bytes, starts: Collection[int]) -> bool:
    """Parse both texts and tell whether they differ by the transactions on `starts` and by nothing else."""
    entries, errors, options = parser.parse_string(before)
    rest, errors_left, options_left = parser.parse_string(after)
    taken = [e for e in entries if isinstance(e, data.Transaction) and e.meta["lineno"] in starts]
    gone = {id(one) for one in taken}
    kept = [_bare(e) for e in entries if id(e) not in gone]
    same = len(taken) == len(starts) and len(errors) == len(errors_left) and options["include"] == options_left["include"]
    return same and kept == [_bare(e) for e in rest]


def _bare(entry: Any) -> Any:
    """Return a directive without where it stands."""
    bare = entry._replace(meta=_bare_meta(entry.meta))
    if isinstance(entry, data.Transaction):
        bare = bare._replace(postings=[posting._replace(meta=_bare_meta(posting.meta)) for posting in entry.postings])
    return bare


def _bare_meta(meta: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (meta or {}).items() if name not in _OF_PLACE}
