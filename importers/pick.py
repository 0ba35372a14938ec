"""The cells that a mapping uses, taken out of raw rows and cleaned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importers.errors import CellProblem
from importers.rows import Cells, Column
from importers.scope import Notation
from importers.sheets import sheet_text
from importers.table import Header, Row, TableFormat

ABSENT = -1
"""The index of a column that is not in this table: it is joined later, and empty until then."""

Pick = Callable[[Row], tuple[Cells, CellProblem | None]]
"""Takes the used cells out of a row, one for each column, and says what is wrong with one of them."""


def picker(columns: Sequence[Column], header: Header, form: TableFormat, notations: Sequence[Notation]) -> Pick:
    """Return what picks `columns` out of the rows below a header (`header.indexes` names their places)."""
    text = _text_picker(header, form)

    def pick(row: Row) -> tuple[Cells, CellProblem | None]:
        if row.values is None:
            return text(row.cells), None
        return _typed(row, columns, header, form, notations)

    return pick


def _text_picker(header: Header, form: TableFormat) -> Callable[[list[str]], Cells]:
    indexes, strip, clean = header.indexes, form.strip, form.clean
    if header.width is None or ABSENT in indexes:
        return lambda cells: tuple(clean(cells[i]) if 0 <= i < len(cells) else "" for i in indexes)
    if form.empty:
        return lambda cells: tuple([clean(cells[i]) for i in indexes])
    return lambda cells: tuple([cells[i].strip(strip) for i in indexes])


def _typed(
    row: Row, columns: Sequence[Column], header: Header, form: TableFormat, notations: Sequence[Notation]
) -> tuple[Cells, CellProblem | None]:
    values = row.values or ()
    cells: list[str] = []
    problem = None
    for column, i, notation in zip(columns, header.indexes, notations, strict=True):
        value = values[i] if 0 <= i < len(values) else ""
        try:
            cells.append(form.clean(sheet_text(value, notation)))
        except ValueError as error:
            problem = problem or CellProblem(row.line, column.label, row.cells[i], str(error))
            cells.append("")
    return tuple(cells), problem
