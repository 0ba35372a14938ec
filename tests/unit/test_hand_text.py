"""Taking hand-written entries out of a text: exactly their lines, or nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.books.hand_text import has_comment, rewrite, text_of, without

TEXT = """; top
1970-01-01 open Assets:Bank

2026-03-01 * "one"
  Assets:Bank  1 CNY
  ; inner
  Expenses:X
  ; of this one
; about the next one
2026-03-02 * "two"
  note: "a;b"
  Assets:Bank  2 CNY
  Expenses:X

* a heading
2026-03-03 * "three"
  Assets:Bank  3 CNY
  Expenses:X"""


@pytest.mark.parametrize("end", ["", "\n", "\n\n; bottom\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_its_lines_go(end: str, newline: str) -> None:
    """Comments around, headings, line ends and a missing last line end stay as they are."""
    content = (TEXT + end).replace("\n", newline).encode()
    pieces = {4: '2026-03-01 * "one"\n  Assets:Bank  1 CNY\n  ; inner\n  Expenses:X\n  ; of this one\n'}
    pieces[10] = '2026-03-02 * "two"\n  note: "a;b"\n  Assets:Bank  2 CNY\n  Expenses:X\n'
    pieces[16] = '2026-03-03 * "three"\n  Assets:Bank  3 CNY\n  Expenses:X' + end[:1]
    for starts in ({4}, {10}, {16}, {4, 16}, {4, 10, 16}):
        expected = content
        for start in starts:
            expected = expected.replace(pieces[start].replace("\n", newline).encode(), b"", 1)
        assert without(content, starts) == expected


def test_nothing_to_take(tmp_path: Path) -> None:
    """No entry, no change; a line where none begins is refused."""
    assert without(TEXT.encode(), set()) == TEXT.encode()
    assert without(TEXT.encode(), {5}) is None and without(TEXT.encode(), {2}) is None and without(TEXT.encode(), {99}) is None


@pytest.mark.parametrize(
    "text",
    [
        '2026-03-01 * "two\nlines"\n  Assets:Bank  1 CNY\n  Expenses:X\n',
        '2026-03-01 * "a" \n  Assets:Bank  1 CNY\n  note: "x\ny"\n  Expenses:X\n',
    ],
)
def test_what_is_no_block(text: str) -> None:
    """Where cutting by lines would leave half of a string or a posting behind, nothing is taken."""
    assert without(text.encode(), {1}) is None


def test_lines_and_comments() -> None:
    """The lines of an entry, and whether a comment stands among them: a semicolon in a string is none."""
    assert text_of(TEXT.encode(), 10) == ['2026-03-02 * "two"', '  note: "a;b"', "  Assets:Bank  2 CNY", "  Expenses:X"]
    assert not has_comment(text_of(TEXT.encode(), 10)) and has_comment(text_of(TEXT.encode(), 4))
    assert has_comment(["  Assets:Bank  1 CNY ; trailing"]) and not has_comment([r'  note: "a \" ; b"'])


def test_a_file_that_changed_is_left(tmp_path: Path) -> None:
    """Its own rights stay; nothing is left beside it; a link stays a link."""
    path, link = tmp_path / "manual.beancount", tmp_path / "link"
    path.write_bytes(b"now")
    path.chmod(0o640)
    link.symlink_to(path)
    assert not rewrite(link, b"before", b"new") and path.read_bytes() == b"now"
    assert rewrite(link, b"now", b"new") and path.read_bytes() == b"new"
    assert link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "manual.beancount"]
