"""Every way a request can be refused, as one tree with stable codes.

Data problems carry one `FieldError` for each fault: a JSON pointer into the document and a sentence. Nothing here knows HTTP; `api`
maps `code` to a status.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault: where it stands (JSON pointer, RFC 6901) and what would be right."""

    pointer: str
    detail: str


class LedgerError(Exception):
    """Base of everything that orderledger refuses; `code` is stable and documented."""

    code = "error"
    title = "Refused"

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = (), *, document: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.document = document

    def under(self, prefix: str, document: str | None = None) -> LedgerError:
        """Return the same error with every pointer moved below `prefix` (the index in an array)."""
        moved = tuple(FieldError(prefix + e.pointer, e.detail) for e in self.errors)
        return type(self)(self.detail, moved, document=document or self.document)

    def __str__(self) -> str:
        where = f"{self.document}: " if self.document else ""
        faults = "; ".join(f"{e.pointer or '/'}: {e.detail}" for e in self.errors)
        return f"{where}{self.detail}" + (f" ({faults})" if faults else "")


class InvalidDocument(LedgerError):
    """The document breaks a rule of its kind; nothing was posted."""

    code = "invalid"
    title = "Invalid document"


class UnknownReference(InvalidDocument):
    """The document names another one that the books do not hold."""

    code = "unknown-reference"
    title = "Unknown reference"


class UnknownAccount(InvalidDocument):
    """The document names an account or role that the chart does not have."""

    code = "unknown-account"
    title = "Unknown account"


class Conflict(LedgerError):
    """The same identity was posted before with other content, or the same bill of a carrier from another source."""

    code = "conflict"
    title = "Conflict"


class AmbiguousReference(LedgerError):
    """A number fits several documents; `source/number` names one."""

    code = "ambiguous-reference"
    title = "Ambiguous reference"


class PeriodClosed(LedgerError):
    """An entry by hand is dated in a closed period."""

    code = "closed"
    title = "Period closed"


class NotFound(LedgerError):
    """What was asked for is not in the books."""

    code = "not-found"
    title = "Not found"


class InvalidQuery(LedgerError):
    """A question (report, list, period) that cannot be understood."""

    code = "invalid-query"
    title = "Invalid query"


class BooksProblem(LedgerError):
    """The books directory itself is missing, damaged or not ours."""

    code = "books"
    title = "Problem with the books"


class StoreUnavailable(LedgerError):
    """The database does not answer; nothing was acknowledged."""

    code = "store-unavailable"
    title = "Store unavailable"


class QueueFull(LedgerError):
    """More documents wait to be posted than the queue's bound."""

    code = "busy"
    title = "Too many documents waiting"


class BrokenPromise(AssertionError):
    """An invariant of the ledger itself does not hold: a defect of ours, never bad input."""
