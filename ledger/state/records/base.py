"""What a record is: one row of a table, and how groups of rows are found."""

from __future__ import annotations

from typing import ClassVar

Index = tuple[tuple[str, ...], str]
"""Attributes that a group is found by, and a condition in SQL ("" for none) that rows outside the working set miss."""


class Record:
    """Base of the records: `table` names it, `key` identifies a row, `indexes` are the ways it is looked up."""

    __slots__ = ()
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    indexes: ClassVar[dict[str, Index]] = {}
