"""Typed access to a table of a mapping: each key is taken once; wrong types and keys left over are told with their place."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from importers.errors import BadMapping


class TomlTable:
    """One table of a mapping that is being read."""

    def __init__(self, values: Mapping[str, object], where: str) -> None:
        self._values = dict(values)
        self._known: list[str] = []
        self.where = where

    def fault(self, detail: str) -> BadMapping:
        """Return the error that refuses the mapping at this table."""
        return BadMapping(f"{self.where}: {detail}")

    def has(self, key: str) -> bool:
        """Say whether a key is there and not yet taken."""
        return key in self._values

    def names(self) -> list[str]:
        """Return the keys that nobody took yet."""
        return list(self._values)

    def value(self, key: str) -> object:
        """Take a key's value as it is, None where it is absent."""
        self._known.append(key)
        return self._values.pop(key, None)

    def text(self, key: str) -> str | None:
        """Take a text."""
        value = self.value(key)
        if value is None or isinstance(value, str):
            return value
        raise self.fault(f"{key} must be a text in quotes")

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Take true or false."""
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.fault(f"{key} must be true or false")

    def texts(self, key: str) -> list[str] | None:
        """Take a list of texts."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise self.fault(f'{key} must be a list of texts such as ["a", "b"]')

    def columns(self, key: str) -> list[str | int]:
        """Take a list of columns: headers, or numbers from 1."""
        value = self.value(key)
        if value is None:
            return []
        return [self._column(key, item) for item in (value if isinstance(value, list) else [value])]

    def translation(self, key: str) -> dict[str, str] | None:
        """Take a table from text to text."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, dict) and value and all(isinstance(item, str) for item in value.values()):
            return value
        raise self.fault(f'{key} must be a table such as {{ "in the file" = "in the books" }}')

    def table(self, key: str) -> TomlTable:
        """Take a table, an empty one where it is absent."""
        value = self.value(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.fault(f"{key} must be a table, [{key}] or {{ ... }}")
        return TomlTable(value, f"{self.where}, {key}")

    def tables(self, key: str) -> list[TomlTable]:
        """Take an array of tables; one table alone counts as one."""
        value = self.value(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        tables = []
        for i, item in enumerate(items, start=1):
            if not isinstance(item, dict):
                raise self.fault(f"{key} must be a table or a list of tables, [[{key}]]")
            tables.append(TomlTable(item, f"{self.where}, {key} {i}"))
        return tables

    def done(self) -> None:
        """Refuse the keys that nobody took."""
        for key in self._values:
            close = get_close_matches(key, self._known, n=1)
            meant = f"; do you mean {close[0]}?" if close else ""
            raise self.fault(f"{key} is not known here{meant} Known are {', '.join(sorted(set(self._known)))}")

    def _column(self, key: str, item: object) -> str | int:
        if isinstance(item, str) and item.strip():
            return item.strip()
        if isinstance(item, int) and not isinstance(item, bool) and item >= 1:
            return item
        raise self.fault(f"{key} must name a column by its header, or by its number from 1")
