"""The chain: every entry's hash follows from the one before; document numbers and vouchers have no gap."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.documents import digest
from ledger.journal.entry import chain
from ledger.progress import STEP, Progress
from ledger.reports.context import Context


def problems(context: Context, progress: Progress) -> Iterator[str]:
    """Walk documents and entries once, in order."""
    yield from _documents(context, progress)
    yield from _entries(context, progress)


def _documents(context: Context, progress: Progress) -> Iterator[str]:
    query = "SELECT seq, source, kind, number, digest, body FROM document ORDER BY seq"
    rows = context.connection.execution_options(stream_results=True).exec_driver_sql(query)
    expected = 0
    for row in rows:
        expected += 1
        if row.seq != expected:
            yield f"document numbers have a gap: {expected} is missing before {row.source}/{row.kind}/{row.number}"
            expected = row.seq
        if digest(row.body) != row.digest:
            yield f"document {row.source}/{row.kind}/{row.number} in the store does not have the digest it was recorded with"
        if expected % STEP == 0:
            progress("documents", expected, None)
    head = context.connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one()
    if head != expected:
        yield f"the head says {head} documents, the store has {expected}"


def _entries(context: Context, progress: Progress) -> Iterator[str]:
    query = (
        "SELECT e.id, e.voucher, e.date, e.document_digest, e.text_digest, e.previous_hash, e.hash, d.digest "
        "FROM entry e LEFT JOIN document d ON d.seq = e.seq ORDER BY e.id"
    )
    previous = "0" * 64
    numbers: dict[str, int] = {}
    expected = 0
    for row in context.connection.execution_options(stream_results=True).exec_driver_sql(query):
        expected += 1
        if row.id != expected:
            yield f"entries have a gap: number {expected} is missing before {row.voucher}"
            expected = row.id
        if row.previous_hash != previous or row.hash != chain(previous, row.document_digest, row.text_digest):
            yield f"entry {row.voucher}: the hash chain is broken here"
        if row.digest != row.document_digest:
            yield f"entry {row.voucher}: its document is not the one it was made from"
        previous = row.hash
        word, _, number = row.voucher.rpartition("-")
        if not word.endswith(row.date[:7]) or int(number) != numbers.get(word, 0) + 1:
            yield f"voucher numbers have a gap before {row.voucher}"
        numbers[word] = int(number)
        if expected % STEP == 0:
            progress("chain", expected, None)
    head = context.connection.exec_driver_sql("SELECT entry, hash FROM head WHERE id = 1").one()
    if (head.entry, head.hash) != (expected, previous):
        yield "the head does not point to the last entry of the chain"
