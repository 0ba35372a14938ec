"""`check` reads the text in large pieces: it finds the same entries and lines as one who reads line by line."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.books.layout import documents_path
from ledger.integrity import document_lines, files
from ledger.integrity.document_lines import _Files, _is_document
from tests.company import Company


def by_line(text: bytes) -> Iterator[bytes]:
    """Return the entries of a text: runs of lines that end at an empty one."""
    lines: list[bytes] = []
    for line in text.replace(b"\n", b"\n\0").split(b"\0"):
        if line == b"\n":
            yield b"".join(lines)
            lines = []
        elif line:
            lines.append(line)
    if lines:
        yield b"".join(lines)


@given(st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\n\n", b"\r\n", b"\xff"])).map(b"".join), st.integers(1, 9))
def test_entries_are_what_stands_between_empty_lines(text: bytes, chunk: int) -> None:
    """However a file is cut into pieces."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        path = Path(folder) / "text"
        path.write_bytes(text)
        patched.setattr(files, "_CHUNK", chunk)
        assert list(files._blocks(path)) == list(by_line(text))


BODY = '{"kind":"order","memo":"茶 \\"x\\""}'
DIGEST = hashlib.sha256(BODY.encode()).hexdigest()
ENTRY = '{"voucher":"记-2026-03-1","hash":"ab"}'


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (f'{{"seq":7,"recorded_at":"2026","digest":"sha256:{DIGEST}","entries":[],"document":{BODY}}}\n', True),
        (f'{{"seq":7,"recorded_at":"2026","rate":"7.1","digest":"sha256:{DIGEST}","entries":[{ENTRY},{ENTRY}],"document":{BODY}}}\n', True),
        (f'{{"recorded_at":"\\u0032026", "digest":"sha256:{DIGEST}", "entries":[],"seq": 7 ,"document":{BODY}}}\n', True),
        (f'{{"seq":8,"recorded_at":"2026","digest":"sha256:{DIGEST}","entries":[],"document":{BODY}}}\n', False),
        (f'{{"seq":7,"recorded_at":"2026","digest":"sha256:{"0" * 64}","entries":[],"document":{BODY}}}\n', False),
        (f'{{"seq":7,"recorded_at":"2026","digest":"sha256:{DIGEST}","entries":[{ENTRY},],"document":{BODY}}}\n', False),
        (f'{{"seq":7,"recorded_at":"2026","digest":["{DIGEST}"],"entries":[],"document":{BODY}}}\n', False),
        (f'{{"seq":7,"recorded_at":"2026","digest":"sha256:{DIGEST}","entries":[],"document":{BODY.replace("order", "other")}}}\n', False),
        (f'["seq",7,"sha256:{DIGEST}","document":{BODY}}}\n', False),
        ("", False),
    ],
)
def test_a_line_is_a_document_however_its_json_is_written(line: str, holds: bool) -> None:
    """The usual way is known at a glance, others are read as JSON; what is no JSON does not hold."""
    assert _is_document(line.encode(), 7, DIGEST) == holds
    if holds:
        assert json.loads(line)["seq"] == 7


def test_more_months_than_files_may_be_open(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that go back and forth between months: each file is read on from where it was left."""
    monkeypatch.setattr(document_lines, "OPEN_FILES_MAX", 2)
    for day in range(1, 4):
        for month in (1, 5, 3, 4, 2):
            company.buy(f"PO-{month}-{day}", f"2026-{month:02d}-{day:02d}", 1, "10.00")
    assert company.problems() == []
    path = company.books / documents_path("2026-03")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2] + lines[1])
    assert f"{documents_path('2026-03')}:2: document shop/purchase/PO-3-2 does not stand here as it was recorded" in company.problems()
    path.write_bytes(b"".join(lines))


def test_files_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that make room, and the others at the end."""
    monkeypatch.setattr(document_lines, "OPEN_FILES_MAX", 1)
    reading = _Files(tmp_path)
    for month in ("2026-01", "2026-02"):
        path = tmp_path / documents_path(month)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one\ntwo\n")
    opened: list[BinaryIO] = []
    for month, line in (("2026-01", b"one\n"), ("2026-02", b"one\n"), ("2026-01", b"two\n"), ("2026-02", b"two\n"), ("2026-01", b"")):
        assert reading.line(month) == line
        opened += reading._open.values()
    reading.close()
    assert all(file.closed for file in opened)
