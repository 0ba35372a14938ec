"""A document found in a file, and the way back from the ledger's answer to the row it came from."""

from __future__ import annotations

from dataclasses import dataclass

from importers.bounds import FAULTS_SHOWN
from importers.errors import CellProblem
from importers.plans import DocumentPlan, Made
from importers.report import FileReport, Refusal
from ledger.documents.base import Document
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Found:
    """A document with its origin: file, rows (lines in the file), and the plan that made it, where it was a table."""

    document: Document
    file: FileReport
    rows: list[int]
    place: tuple[int, int]
    """Where it stands in the file: first row, number among the documents that its rows make."""
    plan: DocumentPlan | None = None

    def refusal(self, error: LedgerError) -> Refusal:
        """Say the ledger's refusal in terms of the file."""
        row = self.rows[0] if self.rows else None
        told = []
        for fault in error.errors[:FAULTS_SHOWN]:
            if self.plan is None:
                told.append(f"{fault.pointer or '/'} {fault.detail}")
                continue
            fault_row, expression = self.plan.place(fault.pointer, self.rows)
            labels = " and ".join(column.label for column in expression.columns) if expression else ""
            where = f"column {labels}" if labels else None
            told.append(CellProblem(fault_row, where, None, f"{fault.pointer} {fault.detail}").told(row or 0))
        reason = error.detail + (f" ({'; '.join(told)})" if told else "")
        return Refusal(self.file.file, row, self.document.key, reason, error.code)


def refused_document(file: FileReport, made: Made) -> Refusal:
    """Say why a table's rows make no document."""
    row = made.faults[0].row
    told = [fault.told(row) for fault in made.faults[:FAULTS_SHOWN]]
    left = len(made.faults) - len(told)
    return Refusal(file.file, row, made.name, "; ".join(told) + (f"; and {left} more" if left else ""))


def refused_row(file: FileReport, problem: CellProblem) -> Refusal:
    """Say why a row belongs to no document."""
    return Refusal(file.file, problem.row, None, problem.told(problem.row))
