"""What the expressions of one mapping share while it is read: columns, formats, control totals."""

from __future__ import annotations

from dataclasses import dataclass, field

from importers.dates import ISO_DAY, DateFormat
from importers.number_format import NumberFormat
from importers.rows import Column, Columns, NumberColumn


@dataclass(frozen=True, slots=True)
class Notation:
    """How a column writes what a spreadsheet keeps as a number or a date: the format that the mapping reads it with."""

    number: NumberFormat | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One control total: the field such as `order.lines.amount`, the columns it is made of, money or not."""

    field: str
    columns: str
    money: bool


@dataclass(slots=True)
class Scope:
    """What the expressions of one mapping share."""

    digits: int
    numbers: NumberFormat
    day: str = ISO_DAY
    columns: Columns = field(default_factory=Columns)
    made: list[str] = field(default_factory=list)
    """Kinds of the documents that stand above in the mapping."""
    totals: list[Counted] = field(default_factory=list)
    """Control totals by slot of the tally."""
    number_columns: dict[tuple[Column, NumberFormat], NumberColumn] = field(default_factory=dict)
    days: dict[str, DateFormat] = field(default_factory=dict)
    notations: dict[str | int, Notation] = field(default_factory=dict)

    def number_column(self, name: str | int, form: NumberFormat) -> NumberColumn:
        """Return the one reader of a column in a format."""
        column = self.columns.use(name)
        self.notations.setdefault(name, Notation(number=form))
        return self.number_columns.setdefault((column, form), NumberColumn(column, form))

    def date_column(self, name: str | int, pattern: str) -> Column:
        """Return a column that is read as a date."""
        self.notations.setdefault(name, Notation(date=pattern))
        return self.columns.use(name)
