"""Field expressions that give texts, dates, flags and references: what one field of a document takes from rows.

`one` gives the value for a whole document, where the rows that say something must agree; `each` gives one value a row,
for its lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from importers.dates import DateFormat
from importers.errors import CellProblem, quoted
from importers.rows import Cells, Column, Rows

Value = str | bool | list[str] | None
"""What a field can hold in a document's JSON form; None leaves the field out."""

_MUST_AGREE = "rows of one document must agree (or say first = true in the mapping)"


class Expression(Protocol):
    """Where one field's value comes from."""

    columns: Sequence[Column]

    def one(self, rows: Rows) -> Value:
        """Return the value for the document that `rows` make."""

    def each(self, rows: Rows) -> Sequence[Value]:
        """Return one value for each row."""


class Constant:
    """The same value always."""

    columns: Sequence[Column] = ()

    def __init__(self, value: Value) -> None:
        self._value = value

    def one(self, rows: Rows) -> Value:
        return self._value

    def each(self, rows: Rows) -> Sequence[Value]:
        return [self._value] * len(rows.cells)


class MadeDocument:
    """A reference to the document of another kind that the same rows made."""

    columns: Sequence[Column] = ()

    def __init__(self, kind: str, *, listed: bool = False) -> None:
        self._kind = kind
        self._listed = listed

    def one(self, rows: Rows) -> Value:
        name = rows.made.get(self._kind)
        if name is None:
            what = "is refused" if self._kind in rows.made else "was not made"
            raise CellProblem(rows.numbers[0], None, None, f"the {self._kind} of the same rows {what}")
        return [name] if self._listed else name

    def each(self, rows: Rows) -> Sequence[Value]:
        return [self.one(rows)] * len(rows.cells)


class Given:
    """A field that is given only where all rows meet a condition; `default` stands in where one does not."""

    def __init__(self, field: Expression, keep: Callable[[Cells], bool], *, default: Value) -> None:
        self.columns = field.columns
        self._field = field
        self._keep = keep
        self._default = default

    def one(self, rows: Rows) -> Value:
        return self._field.one(rows) if all(map(self._keep, rows.cells)) else self._default

    def each(self, rows: Rows) -> Sequence[Value]:
        return self._field.each(rows) if all(map(self._keep, rows.cells)) else [self._default] * len(rows.cells)


class _RowByRow(ABC):
    """What reads each row by itself; over a document the rows agree, or the first that says something counts."""

    columns: Sequence[Column]

    def __init__(self, *, default: Value = None, first: bool = False) -> None:
        self._default = default
        self._first = first

    @abstractmethod
    def read(self, cells: Cells) -> Value:
        """Return the row's value, None where it says nothing; ValueError says what would be right."""

    def each(self, rows: Rows) -> Sequence[Value]:
        read, default = self.read, self._default
        values: list[Value] = []
        try:
            for cells in rows.cells:
                value = read(cells)
                values.append(default if value is None else value)
        except ValueError as error:
            raise self._problem(rows, len(values), str(error)) from None
        return values

    def one(self, rows: Rows) -> Value:
        if len(rows.cells) == 1:
            return self.each(rows)[0]
        read = self.read
        found: Value = None
        found_at = i = 0
        try:
            for i, cells in enumerate(rows.cells):
                value = read(cells)
                if value is None or value == found:
                    continue
                if found is not None:
                    raise ValueError(f"differs from row {rows.numbers[found_at]}; {_MUST_AGREE}")
                if self._first:
                    return value
                found, found_at = value, i
        except ValueError as error:
            raise self._problem(rows, i, str(error)) from None
        return self._default if found is None else found

    def _problem(self, rows: Rows, i: int, detail: str) -> CellProblem:
        column = self.columns[0]
        return CellProblem(rows.numbers[i], column.label, rows.cells[i][column.slot], detail)


class TextCell(_RowByRow):
    """A column's text as it is, or translated by a list of known texts."""

    def __init__(self, column: Column, known: Mapping[str, str] | None, *, default: Value, first: bool) -> None:
        super().__init__(default=default, first=first)
        self.columns = (column,)
        self._slot = column.slot
        self._known = known

    def read(self, cells: Cells) -> Value:
        text = cells[self._slot]
        if not text:
            return None
        if self._known is None:
            return text
        if text not in self._known:
            raise ValueError("is none of the texts that the mapping knows: " + ", ".join(map(quoted, self._known)))
        return self._known[text]


class Template(_RowByRow):
    """A text with columns in it: `{Order}-{Line}`. `pieces` alternate: text, column, text, column, ..., text."""

    def __init__(self, pieces: Sequence[str | Column], *, default: Value, first: bool) -> None:
        super().__init__(default=default, first=first)
        self._pieces = pieces
        self.columns = tuple(piece for piece in pieces if isinstance(piece, Column))

    def read(self, cells: Cells) -> Value:
        texts = [piece if isinstance(piece, str) else cells[piece.slot] for piece in self._pieces]
        # A text with a hole in it would name something else: "SO-" is no order.
        return "".join(texts) if all(texts[1::2]) else None


class DateCell(_RowByRow):
    """A column's day or moment."""

    def __init__(self, column: Column, form: DateFormat, *, default: Value, first: bool) -> None:
        super().__init__(default=default, first=first)
        self.columns = (column,)
        self._slot = column.slot
        self._form = form

    def read(self, cells: Cells) -> Value:
        text = cells[self._slot]
        return self._form.read(text) if text else None


class FlagCell(_RowByRow):
    """A column's yes or no."""

    def __init__(self, column: Column, words: Mapping[str, bool], *, default: Value, first: bool) -> None:
        super().__init__(default=default, first=first)
        self.columns = (column,)
        self._slot = column.slot
        self._words = words

    def read(self, cells: Cells) -> Value:
        text = cells[self._slot]
        if not text:
            return None
        if text not in self._words:
            raise ValueError("must be one of " + ", ".join(map(quoted, self._words)))
        return self._words[text]


class ReferenceCell(_RowByRow):
    """A column's names of other documents; over a document, all that its rows name, each once."""

    def __init__(self, column: Column, split: str | None, *, default: Value) -> None:
        super().__init__(default=default)
        self.columns = (column,)
        self._slot = column.slot
        self._split = split

    def read(self, cells: Cells) -> Value:
        text = cells[self._slot]
        names = text.split(self._split) if self._split else [text]
        return [name.strip() for name in names if name.strip()] or None

    def one(self, rows: Rows) -> Value:
        named: dict[str, None] = {}
        for value in self.each(rows):
            named.update(dict.fromkeys(value if isinstance(value, list) else ()))
        return list(named) or self._default
