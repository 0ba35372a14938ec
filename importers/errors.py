"""What stops an import before anything is posted, and what is wrong with one cell."""

from __future__ import annotations

from importers.bounds import VALUE_SHOWN
from ledger.errors import LedgerError


class BadFile(LedgerError):
    """A file that cannot be read as what it says it is; nothing of this import was posted."""

    code = "bad-file"
    title = "Unreadable file"


class BadMapping(LedgerError):
    """A mapping that breaks its own rules or fits no file; nothing of this import was posted."""

    code = "bad-mapping"
    title = "Unusable mapping"


class NoMapping(BadMapping):
    """A table that nothing says how to read; nothing of this import was posted."""


class NoWorkingSpace(LedgerError):
    """No room for what an import keeps on the disk while it sorts; nothing of this import was posted."""

    code = "no-working-space"
    title = "No room to work"


class ReaderLost(LedgerError):
    """A process that read a part of the files ended before it was through; nothing of this import was posted."""

    code = "reader-lost"
    title = "A reading process ended"


class CellProblem(Exception):
    """One cell that cannot be used: row (line in the file), column, value and what would be right."""

    def __init__(self, row: int, column: str | None, value: str | None, detail: str) -> None:
        super().__init__(detail)
        self.row = row
        self.column = column
        self.value = value
        self.detail = detail

    def __reduce__(self) -> tuple[type[CellProblem], tuple[int, str | None, str | None, str]]:
        """Let it be put aside with the rows that it concerns."""
        return CellProblem, (self.row, self.column, self.value, self.detail)

    def told(self, refused_row: int) -> str:
        """Say the problem in one sentence; the row is named where it is not the refusal's own."""
        where = f"row {self.row}, " if self.row != refused_row else ""
        if self.column is None:
            return f"{where}{self.detail}"
        if self.value is None:
            return f"{where}column {self.column}: {self.detail}"
        if not self.value:
            return f"{where}column {self.column} is empty: {self.detail}"
        return f"{where}column {self.column} holds {quoted(self.value)}: {self.detail}"


def quoted(text: str) -> str:
    """Quote a value of a file for a message: cut to a bound, control characters masked."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:VALUE_SHOWN])
    return f'"{shown}{"..." if len(text) > VALUE_SHOWN else ""}"'
