"""Field expressions that give numbers: exact sums over a document's rows, rounded half up once, shared to its lines.

Source files carry finer amounts than money has. Summing first and sharing the rounded sum keeps a document's total
equal to what the file's own total rounds to, and its lines equal to the document. Source: money rules 1.4 and 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from importers.errors import CellProblem
from importers.expressions import Value
from importers.number_format import POWERS, SCALE
from importers.rows import Column, Numbers, Rows
from ledger.money import MICRO_DIGITS, divide_half_up, format_scaled

SHARE, EACH, REFUSE = "share", "each", "refuse"
ROUNDINGS = (SHARE, EACH, REFUSE)
"""Round the document's sum and share it; round each row by itself; refuse what is finer than the field holds."""


def share_rounded(values: Sequence[int], unit: int) -> list[int]:
    """Round the sum of `values` half up to whole units and share it by largest remainder; parts sum to the rounded sum.

    Each keeps its whole units, the largest fractions take what is left: no part is a unit or more away from its value.

    >>> share_rounded([1005, 1005, 1005], 100)
    [10, 10, 10]
    >>> share_rounded([1005, 1015, 1035], 100)
    [10, 10, 11]
    """
    if len(values) == 1:
        return [divide_half_up(values[0], unit)]
    if not any(value % unit for value in values):
        return [value // unit for value in values]
    if max(values) <= 0:
        # As charges are, so that a credit note shares like the invoice that it takes back.
        return [-share for share in share_rounded([-value for value in values], unit)]
    shares = [value // unit for value in values]
    left = divide_half_up(sum(values), unit) - sum(shares)
    assert 0 <= left <= len(values)
    for i in sorted(range(len(values)), key=lambda i: -(values[i] % unit))[:left]:
        shares[i] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Term:
    """A column (or a product of several) that counts for (1) or against (-1) the field; `once` where it is of the document, not of rows."""

    numbers: Numbers
    sign: int
    once: bool = False


class Number:
    """Money, a quantity, price, rate, weight or volume from one column, or several added and subtracted.

    Each column is summed and rounded by itself, as fields that take that column alone do: so the parts meet the whole.
    """

    def __init__(
        self,
        terms: Sequence[Term],
        *,
        money: bool,
        rounding: str,
        summed: bool = False,
        first: bool = False,
        default: Value = None,
        total: int | None = None,
    ) -> None:
        self.columns: Sequence[Column] = tuple(column for term in terms for column in term.numbers.columns)
        self._terms = terms
        self._money = money
        self._rounding = rounding
        self._summed = summed
        self._first = first
        self._default = default
        self._total = total

    def one(self, rows: Rows) -> Value:
        """Return the sum over the rows, or the one number that they agree on."""
        if len(rows.cells) == 1:
            return self._of_one_row(rows)
        booked = self.booked(rows)
        return self._default if booked is None else self.written(booked, rows)

    def booked(self, rows: Rows) -> int | None:
        """Return what `one` writes, as an integer of the field's smallest unit; None where the rows say nothing."""
        unit = self._unit(rows)
        given, booked, exact = False, 0, 0
        for term in self._terms:
            values = self._present(term, rows)
            if not values:
                continue
            given = True
            exact += term.sign * sum(values)
            booked += term.sign * sum(self._rounded(values, unit, term, rows))
        if not given:
            return None
        self._count(rows, exact, booked)
        return booked

    def each(self, rows: Rows) -> Sequence[Value]:
        """Return each row's number; where they are rounded as a whole, its share of the document's rounded sum."""
        if len(rows.cells) == 1:
            return [self._of_one_row(rows)]
        unit = self._unit(rows)
        booked: list[int | None] = [None] * len(rows.cells)
        exact = 0
        for term in self._terms:
            values = term.numbers.values(rows)
            present = [value for value in values if value is not None]
            if not present:
                continue
            exact += term.sign * sum(present)
            shares = iter(self._rounded(present, unit, term, rows))
            for i, value in enumerate(values):
                if value is not None:
                    booked[i] = (booked[i] or 0) + term.sign * next(shares)
        given = [share for share in booked if share is not None]
        if given:
            self._count(rows, exact, sum(given))
        digits = self._digits(rows)
        return [self._default if share is None else format_scaled(share, digits) for share in booked]

    def _of_one_row(self, rows: Rows) -> Value:
        """Return the number of a document of one row, as most are: nothing to sum, to agree on or to share."""
        digits = self._digits(rows)
        unit = POWERS[SCALE - digits]
        given, booked, exact = False, 0, 0
        for term in self._terms:
            value = term.numbers.values(rows)[0]
            if value is None:
                continue
            given = True
            whole, finer = divmod(value, unit)
            exact += term.sign * value
            booked += term.sign * (self._rounded([value], unit, term, rows)[0] if finer else whole)
        if not given:
            return self._default
        self._count(rows, exact, booked)
        return format_scaled(booked, digits)

    def _unit(self, rows: Rows) -> int:
        return POWERS[SCALE - self._digits(rows)]

    def _digits(self, rows: Rows) -> int:
        return rows.digits if self._money else MICRO_DIGITS

    def written(self, value: int, rows: Rows) -> str:
        """Return a number of the field's smallest unit as documents have it."""
        return format_scaled(value, self._digits(rows))

    def _count(self, rows: Rows, exact: int, booked: int) -> None:
        if self._total is not None:
            rows.tally.append((self._total, exact, booked))

    def _present(self, term: Term, rows: Rows) -> list[int]:
        """Return the numbers that count for a whole document: all of them where summed, else the one they agree on."""
        values = term.numbers.values(rows)
        present = [value for value in values if value is not None]
        if (self._summed and not term.once) or len(present) <= 1:
            return present
        if not self._first and any(value != present[0] for value in present):
            self._disagree(values, present[0], term, rows)
        return present[:1]

    def _disagree(self, values: Sequence[int | None], first: int, term: Term, rows: Rows) -> NoReturn:
        column = term.numbers.columns[0]
        i = next(i for i, value in enumerate(values) if value is not None and value != first)
        raise CellProblem(
            rows.numbers[i],
            column.label,
            rows.cells[i][column.slot],
            f"differs from row {rows.numbers[values.index(first)]}; rows of one document must agree "
            "(or say sum = true or first = true in the mapping)",
        )

    def _rounded(self, values: Sequence[int], unit: int, term: Term, rows: Rows) -> list[int]:
        if self._rounding == SHARE:
            return share_rounded(values, unit)
        if self._rounding == REFUSE:
            if any(value % unit for value in values):
                self._refuse(unit, term, rows)
            return [value // unit for value in values]
        return [divide_half_up(value, unit) for value in values]

    def _refuse(self, unit: int, term: Term, rows: Rows) -> NoReturn:
        column = term.numbers.columns[0]
        i = next(i for i, value in enumerate(term.numbers.values(rows)) if value is not None and value % unit)
        detail = f'must have at most {self._digits(rows)} decimals (or say round = "each" in the mapping)'
        raise CellProblem(rows.numbers[i], column.label, rows.cells[i][column.slot], detail)
