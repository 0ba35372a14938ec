"""What an import says afterwards: what was new, replayed and refused, and control totals for each file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from importers.bounds import REFUSALS_KEPT, REMARKS_KEPT
from importers.errors import quoted
from importers.number_format import SCALE
from importers.scope import Counted
from ledger.money import MICRO_DIGITS, exponent, format_scaled


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """One document (or row that belongs to none) that did not go in. `row` is the line in the file, from 1."""

    file: str
    row: int | None
    document: str | None
    reason: str
    code: str = "invalid"

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{where}: {self.document}: {self.reason}" if self.document else f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something that a person should look at, though nothing was refused for it. `row` is the line in the file, from 1."""

    file: str
    row: int | None
    detail: str
    value: str | None = None

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{where}: {self.detail}" + (f" ({quoted(self.value)})" if self.value else "")


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """One field summed over the documents of a file: `exact` as the file has it, `booked` as rounded by document."""

    field: str
    columns: str
    currency: str | None
    exact: str
    booked: str


@dataclass(slots=True)
class FileReport:
    """Control totals of one file: what was in it and what became of it.

    `totals` are over the documents that could be made of the file, before the ledger looked at them.
    """

    file: str
    mapping: str | None = None
    encoding: str | None = "utf-8"
    sheet: str | None = None
    joined_by: str | None = None
    """The table that this file was only joined to."""
    rows: int = 0
    rows_left_out: int = 0
    rows_without_document: int = 0
    """Rows that were read, but that no document of the mapping took."""
    documents: dict[str, int] = field(default_factory=dict)
    totals: list[ControlTotal] = field(default_factory=list)
    new: int = 0
    replayed: int = 0
    refused: int = 0
    remarks: list[Remark] = field(default_factory=list)
    """At most `REMARKS_KEPT` of them; `remarks_total` counts all."""
    remarks_total: int = 0

    def remark(self, row: int | None, detail: str, value: str | None = None) -> None:
        """Note something that a person should look at."""
        self.remarks_total += 1
        if len(self.remarks) < REMARKS_KEPT:
            self.remarks.append(Remark(self.file, row, detail, value))

    def put_first(self, remarks: list[Remark], total: int) -> None:
        """Put remarks, the first of `total`, before those that are there."""
        self.remarks_total += total
        self.remarks = [*remarks, *self.remarks][:REMARKS_KEPT]


@dataclass(slots=True)
class ImportReport:
    """The outcome of one import. `documents` counts those made of the files: new + replayed + refused by the ledger."""

    new: int = 0
    replayed: int = 0
    skipped: int = 0
    """Of those replayed: not handed to the ledger again, because an import that was stopped had posted them."""
    documents: int = 0
    refused: list[Refusal] = field(default_factory=list)
    """At most `REFUSALS_KEPT` of them; `refused_total` counts all."""
    refused_total: int = 0
    files: list[FileReport] = field(default_factory=list)
    seconds: float = 0.0

    def refuse(self, refusal: Refusal, file: FileReport) -> None:
        """Count a refusal, and name it while there are not too many."""
        self.refused_total += 1
        file.refused += 1
        if len(self.refused) < REFUSALS_KEPT:
            self.refused.append(refusal)

    def refuse_unnamed(self, count: int, file: FileReport) -> None:
        """Count refusals that there are too many of to be named."""
        self.refused_total += count
        file.refused += count

    def to_json(self) -> dict[str, Any]:
        """Return the report as a program reads it."""
        body = asdict(self)
        body["seconds"] = f"{self.seconds:.3f}"
        return body


class Sums:
    """Adds up control totals while documents are made; integers only."""

    def __init__(self, fields: tuple[Counted, ...]) -> None:
        self._fields = fields
        self._sums: dict[tuple[int, str], tuple[int, int]] = {}

    def add(self, tally: list[tuple[int, int, int]], currency: str) -> None:
        """Count the numbers of one document."""
        sums = self._sums
        for slot, exact, booked in tally:
            before = sums.get((slot, currency), (0, 0))
            sums[slot, currency] = (before[0] + exact, before[1] + booked)

    def merge(self, other: Sums) -> None:
        """Add what another part of the same table summed up."""
        for key, (exact, booked) in other._sums.items():
            before = self._sums.get(key, (0, 0))
            self._sums[key] = (before[0] + exact, before[1] + booked)

    def totals(self) -> list[ControlTotal]:
        """Return the totals so far, in the order of the mapping, then by currency."""
        found: dict[tuple[int, str | None], tuple[int, int]] = {}
        for (slot, currency), (exact, booked) in sorted(self._sums.items()):
            # Quantities add up whatever the money.
            key = (slot, currency if self._fields[slot].money else None)
            before = found.get(key, (0, 0))
            found[key] = (before[0] + exact, before[1] + booked)
        return [self._total(slot, currency, *both) for (slot, currency), both in found.items()]

    def _total(self, slot: int, currency: str | None, exact: int, booked: int) -> ControlTotal:
        counted = self._fields[slot]
        digits = MICRO_DIGITS if currency is None else exponent(currency)
        least = 0 if currency is None else digits
        return ControlTotal(
            field=counted.field,
            columns=counted.columns,
            currency=currency,
            exact=format_scaled(exact, SCALE, least=least),
            booked=format_scaled(booked, digits, least=least),
        )
