"""The rows that one document is made of, and the columns that are read from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from importers.errors import CellProblem
from importers.number_format import POWERS, SCALE, NumberFormat

Cells = tuple[str, ...]
"""The cells that the mapping uses, one per `Column.slot`; surrounding space is gone, an empty cell is ""."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file by its header, or by its number from 1 where there is none, and its place in `Cells`."""

    name: str | int
    slot: int

    @property
    def label(self) -> str:
        """Return the column as messages name it."""
        return f'"{self.name}"' if isinstance(self.name, str) else f"number {self.name}"


class Columns:
    """The columns that a mapping uses, each once, in the order of first use."""

    def __init__(self) -> None:
        self._used: dict[str | int, Column] = {}

    def use(self, name: str | int) -> Column:
        """Return the column of that name, noting that it is needed."""
        return self._used.setdefault(name, Column(name, len(self._used)))

    @property
    def all(self) -> tuple[Column, ...]:
        """Return the columns in the order of their slots."""
        return tuple(self._used.values())


class Numbers(Protocol):
    """Numbers of a document's rows, from one column or made of several."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return where they come from; messages name the first."""

    def values(self, rows: Rows) -> Sequence[int | None]:
        """Return each row's number (10**-SCALE), None where there is none; CellProblem names a cell that holds no number."""


class NumberColumn:
    """A column read as numbers of one format; several fields share one, and each cell is read once."""

    def __init__(self, column: Column, form: NumberFormat) -> None:
        self.column = column
        self.columns: Sequence[Column] = (column,)
        self._form = form

    def values(self, rows: Rows) -> list[int | None]:
        """Return each row's number (10**-SCALE), None where empty; CellProblem names a cell that holds no number."""
        known = rows.memo.get(self)
        if known is None:
            rows.memo[self] = known = self._read(rows)
        return known

    def _read(self, rows: Rows) -> list[int | None]:
        slot, read = self.column.slot, self._form.read
        values: list[int | None] = []
        try:
            for cells in rows.cells:
                text = cells[slot]
                values.append(read(text) if text else None)
        except ValueError as error:
            raise CellProblem(rows.numbers[len(values)], self.column.label, text, str(error)) from None
        return values


class Product:
    """Columns multiplied row by row, such as quantity and unit price; exact, so their decimals may not pass DIGITS_MAX together."""

    def __init__(self, factors: Sequence[NumberColumn]) -> None:
        self.columns: Sequence[Column] = tuple(factor.column for factor in factors)
        self._factors = factors

    def values(self, rows: Rows) -> list[int | None]:
        """Return each row's product, None where one of the columns is empty."""
        found = zip(*(factor.values(rows) for factor in self._factors), strict=True)
        return [self._product(numbers, rows, i) for i, numbers in enumerate(found)]

    def _product(self, numbers: Sequence[int | None], rows: Rows, i: int) -> int | None:
        value = POWERS[SCALE]
        for number in numbers:
            if number is None:
                return None
            value, finer = divmod(value * number, POWERS[SCALE])
            if finer:
                column = self.columns[0]
                detail = f"times {', '.join(c.label for c in self.columns[1:])} has more than {SCALE} decimals"
                raise CellProblem(rows.numbers[i], column.label, rows.cells[i][column.slot], detail)
        return value


@dataclass(slots=True)
class Rows:
    """Rows of one group: cells, line numbers in the file, what was made of them so far."""

    cells: list[Cells]
    numbers: list[int]
    problems: list[CellProblem] = field(default_factory=list)
    """Why these rows cannot be trusted, whatever their cells say."""
    made: dict[str, str | None] = field(default_factory=dict)
    """Documents made of the whole group by kind: `source/number`, None where it was refused."""
    digits: int = 2
    """Decimals of the document's currency."""
    tally: list[tuple[int, int, int]] = field(default_factory=list)
    """Control totals of one document: (slot, exact sum at 10**-SCALE, booked sum)."""
    memo: dict[NumberColumn, list[int | None]] = field(default_factory=dict)

    def where(self, keep: Callable[[Cells], bool]) -> Rows:
        """Return the rows that `keep` accepts, as part of the same group."""
        kept = [i for i, cells in enumerate(self.cells) if keep(cells)]
        if len(kept) == len(self.cells):
            return self
        return Rows(
            cells=[self.cells[i] for i in kept],
            numbers=[self.numbers[i] for i in kept],
            problems=self.problems,
            made=self.made,
            digits=self.digits,
            tally=self.tally,
        )
