"""Which encoding a text file is in: byte order mark, strict UTF-8, the mapping's hint, then GB18030.

Never a guess by statistics: those take short GBK for Korean.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from importers.errors import BadFile

CHUNK_BYTES = 1024 * 1024

# UTF-32 first: its little-endian mark starts with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How ZIP (XLSX, ODS), old Excel and gzip files start: GB18030 would decode some of them."""


def find_encoding(path: Path, hint: str | None = None) -> str:
    """Return the name of the first encoding that decodes the whole of `path`."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_ARCHIVES):
        raise BadFile(f"{path}: is a spreadsheet or an archive; name it .xlsx (or .xls), or save it as CSV in UTF-8")
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    tried = [marked] if marked else ["utf-8", *([hint] if hint else []), "gb18030"]
    problem = ""
    for name in tried:
        fault = _fault(path, name)
        if fault is None:
            return name
        problem = problem or fault
    raise BadFile(f'{path}: is not text in {", ".join(tried)} ({problem}); say [file] encoding = "..." in the mapping')


def _fault(path: Path, encoding: str) -> str | None:
    """Decode the file in pieces; say at which line and byte it fails, None where it does not."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n")
                return f"byte 0x{error.object[error.start]:02x} at line {line} is not {encoding}"
            if not chunk:
                return None
            lines += text.count("\n")
