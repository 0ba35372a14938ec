"""Where a working set's records come from: a `Reader`. In service that is the store's SQL, in unit tests nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Moved:
    """One posting that stands in the journal: what a correction takes back. Debit positive, minor units of the books' currency."""

    account: str
    amount: int
    order_id: int | None
    sku: str | None
    party: str | None
    reference: str | None
    carrier: str | None
    supplier: str | None
    lot_id: int | None
    currency: str | None = None
    foreign: int | None = None

    @property
    def units(self) -> int:
        """Return the amount in the currency that it was agreed in."""
        return self.amount if self.foreign is None else self.foreign


class Reader(Protocol):
    """Where records are loaded from."""

    def posted(self, seq: int) -> list[Moved]:
        """Return what the entries of document `seq` posted, in order."""
        ...

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return the rows whose `columns` equal one of `keys` and meet `condition`, by primary key; no columns: all that meet it."""
        ...


class Nothing:
    """A reader for a ledger that lives in memory only."""

    def posted(self, seq: int) -> list[Moved]:
        """Return no postings."""
        del seq
        return []

    def load(self, record: type[Any], columns: tuple[str, ...], condition: str, keys: Sequence[Any]) -> list[Any]:
        """Return no rows."""
        del record, columns, condition, keys
        return []
