"""Plans: how one document, with its lines and nested objects, is made from rows. Knows no TOML and no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from importers.conditions import GroupCondition
from importers.errors import CellProblem
from importers.expressions import Expression, Value
from importers.rows import Cells, Rows
from ledger.documents import read_kind
from ledger.documents.base import Document
from ledger.errors import FieldError, InvalidDocument
from ledger.money import exponent

Body = dict[str, Any]
"""A document, or an object inside one, in its JSON form."""

Faults = list[CellProblem]


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """The fields of one object and where each comes from; `objects` are nested ones (`shipping`, `attributes`)."""

    fields: tuple[tuple[str, Expression], ...]
    objects: tuple[tuple[str, ObjectPlan], ...] = ()

    def one(self, rows: Rows, faults: Faults) -> Body:
        """Make the object that all rows describe together; what is wrong goes to `faults`."""
        body: Body = {}
        for name, expression in self.fields:
            try:
                value = expression.one(rows)
            except CellProblem as problem:
                faults.append(problem)
                continue
            if value is not None:
                body[name] = value
        for name, plan in self.objects:
            nested = plan.one(rows, faults)
            if nested:
                body[name] = nested
        return body

    def each(self, rows: Rows, faults: Faults) -> list[Body]:
        """Make one object for each row."""
        if len(rows.cells) == 1:
            return [self._only(rows, faults)]
        bodies: list[Body] = [{} for _ in rows.cells]
        for name, expression in self.fields:
            try:
                values = expression.each(rows)
            except CellProblem as problem:
                faults.append(problem)
                continue
            for body, value in zip(bodies, values, strict=True):
                if value is not None:
                    body[name] = value
        return bodies

    def _only(self, rows: Rows, faults: Faults) -> Body:
        body: Body = {}
        for name, expression in self.fields:
            try:
                value = expression.each(rows)[0]
            except CellProblem as problem:
                faults.append(problem)
                continue
            if value is not None:
                body[name] = value
        return body

    def find(self, path: list[str]) -> Expression | None:
        """Return the expression of the field at `path`, None where the plan has none."""
        for name, expression in self.fields:
            if path and name == path[0]:
                return expression
        for name, plan in self.objects:
            if path and name == path[0]:
                return plan.find(path[1:])
        return None


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Lines of a document: one for each row that `keep` accepts, or one for all of them (`once`)."""

    plan: ObjectPlan
    keep: Callable[[Cells], bool] | None
    once: bool

    def make(self, rows: Rows, faults: Faults) -> tuple[list[Body], list[int], list[int]]:
        """Return the lines, the row that each is told by, and all rows that they come from."""
        chosen = rows.where(self.keep) if self.keep else rows
        if not chosen.cells:
            return [], [], []
        if self.once:
            return [self.plan.one(chosen, faults)], chosen.numbers[:1], chosen.numbers
        return self.plan.each(chosen, faults), chosen.numbers, chosen.numbers


@dataclass(slots=True)
class Made:
    """What a plan made of some rows: the document, or why there is none."""

    name: str
    """What the document would have been, where there is none."""
    document: Document | None
    rows: list[int]
    """The row of each line; of a document without lines, the rows it was made from."""
    faults: Faults
    tally: list[tuple[int, int, int]]
    lined: list[int] | None
    """The rows that its lines come from; None where it is a document without lines."""


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """How documents of one kind are made."""

    cls: type[Document]
    head: ObjectPlan
    lines_name: str | None
    lines: tuple[LinePlan, ...]
    keep: Callable[[Cells], bool] | None
    currency: Expression | None
    whole: bool = False
    """It is about all rows of a group: where the condition accepts only some of them, it is refused."""
    group: GroupCondition | None = None

    def make(self, group: Rows, base_currency: str) -> Made | None:
        """Make the document of a group, None where the conditions accept none of its rows."""
        if self.group and not self.group.holds(group.cells):
            return None
        rows = group.where(self.keep) if self.keep else group
        if not rows.cells:
            return None
        faults = list(rows.problems)
        if self.whole and len(rows.cells) < len(group.cells):
            faults.append(_left_behind(group, rows))
        rows.tally.clear()
        self._set_digits(rows, base_currency)
        body = self.head.one(rows, faults)
        places: list[int] = []
        lined: list[int] = []
        if self.lines_name:
            lines: list[Body] = []
            for plan in self.lines:
                bodies, numbers, sources = plan.make(rows, faults)
                lines += bodies
                places += numbers
                lined += sources
            body[self.lines_name] = lines
        made = Made("", None, places or rows.numbers, faults, list(rows.tally), lined if self.lines_name else None)
        if not faults:
            try:
                made.document = read_kind(self.cls, body, base_currency)
            except InvalidDocument as error:
                faults.extend(self._explained(error.errors, made.rows, rows))
        if faults:
            made.name = self._name(body)
        group.made[self.cls.kind] = None if made.document is None else f"{made.document.source}/{made.document.number}"
        return made

    def place(self, pointer: str, places: list[int]) -> tuple[int, Expression | None]:
        """Return the row and the expression that a JSON pointer into the document leads to."""
        path = pointer.split("/")[1:]
        if path[:1] == [self.lines_name] and len(path) > 1 and path[1].isdecimal() and int(path[1]) < len(places):
            found = (line.plan.find(path[2:]) for line in self.lines)
            return places[int(path[1])], next((expression for expression in found if expression), None)
        return places[0], self.head.find(path)

    def _set_digits(self, rows: Rows, base_currency: str) -> None:
        currency: Value = None
        if self.currency:
            try:
                currency = self.currency.one(rows)
            except CellProblem:
                currency = None  # Told once, when the field itself is read.
        rows.digits = exponent(currency if isinstance(currency, str) else base_currency)

    def _name(self, body: Body) -> str:
        return f"{body.get('source') or '?'}/{self.cls.kind}/{body.get('number') or '?'}"[:200]

    def _explained(self, errors: Iterable[FieldError], places: list[int], rows: Rows) -> Faults:
        """Say the faults of a document in terms of the file: row, column, value."""
        faults = []
        for error in errors:
            row, expression = self.place(error.pointer, places)
            columns = expression.columns if expression else ()
            if not columns:
                name = error.pointer.lstrip("/") or "the document"
                faults.append(CellProblem(row, None, None, f"{name} {error.detail}"))
                continue
            label = " and ".join(column.label for column in columns)
            value = rows.cells[rows.numbers.index(row)][columns[0].slot] if len(columns) == 1 else None
            faults.append(CellProblem(row, label, value, f"{_last_name(error.pointer)} {error.detail}"))
        return faults


def _left_behind(group: Rows, chosen: Rows) -> CellProblem:
    row = next(number for number in group.numbers if number not in chosen.numbers)
    return CellProblem(row, None, None, "does not meet the document's condition while other rows do; it is for all of them or none")


def _last_name(pointer: str) -> str:
    return pointer.rsplit("/", 1)[-1]
