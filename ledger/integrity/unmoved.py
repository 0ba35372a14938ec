"""Rows written ahead for long documents: none is left by a process that has ended."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.clock import now
from ledger.reports.context import Context
from ledger.store.unmoved import left_over


def problems(context: Context) -> Iterator[str]:
    """Name what was left; whoever is asked here has moved the rows of documents that are posted."""
    batches = left_over(context.connection, now())
    if batches:
        yield f"rows of {len(batches)} long documents that were never posted are left in the store; `orderledger serve` removes them"
