"""Who makes which documents, where several processes read the same files: each reads every row, and makes its own part of the documents.

A row says only after it was read, joined and traced which document it belongs to, and reading is a tenth of the work. So the rows of one
document always meet in one process, wherever they stand, and what concerns a table as a whole each process finds by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from importers.bounds import PART_ROWS

Place = tuple[int, int | str | tuple[str, ...], int]
"""Where reading in one process comes upon something in a file: FROM_ROW with its line, or FROM_GROUP with the group's first line (its key
where groups come in the order of their keys); then the number among the documents that the rows make. Places of one file compare."""

FROM_ROW = 0
"""What one row makes by itself comes as the row is read."""

FROM_GROUP = 1
"""What gathered rows make comes after the last row."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of `of`, counted from 0: blocks of rows, or groups by a digest of their keys."""

    number: int = 0
    of: int = 1

    def has_row(self, count: int) -> bool:
        """Say whether the row is ours that is the `count`-th of its file."""
        return self.of == 1 or count // PART_ROWS % self.of == self.number

    def has_group(self, key: str | tuple[str, ...]) -> bool:
        """Say whether the group is ours; the same in every process, as Python's own hashes are not."""
        if self.of == 1:
            return True
        text = key if isinstance(key, str) else "\0".join(key)
        return crc32(text.encode("utf-8", "replace")) % self.of == self.number


WHOLE = Part()
"""All of a file, in one process."""
