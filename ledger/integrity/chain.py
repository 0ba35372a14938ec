"""The chain: every entry's hash follows from the one before; document numbers and vouchers have no gap."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.documents import digest
from ledger.journal.entry import chain
from ledger.progress import STEP, Progress
from ledger.reports.context import Context
from ledger.store.driver import stream


def documents(context: Context, progress: Progress) -> Iterator[str]:
    """Walk the documents once, in order."""
    query = "SELECT seq, source, kind, number, digest, body FROM document ORDER BY seq"
    expected = 0
    for seq, source, kind, number, recorded, body in stream(context.connection, query):
        expected += 1
        if seq != expected:
            yield f"document numbers have a gap: {expected} is missing before {source}/{kind}/{number}"
            expected = seq
        if digest(body) != recorded:
            yield f"document {source}/{kind}/{number} in the store does not have the digest it was recorded with"
        if expected % STEP == 0:
            progress("documents", expected, None)
    head = context.connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one()
    if head != expected:
        yield f"the head says {head} documents, the store has {expected}"


def entries(context: Context, progress: Progress) -> Iterator[str]:
    """Walk the entries once, in order."""
    query = (
        "SELECT e.id, e.voucher, e.date, e.text_digest, e.hash, d.digest FROM entry e LEFT JOIN document d ON d.seq = e.seq ORDER BY e.id"
    )
    previous = "0" * 64
    numbers: dict[str, int] = {}
    expected = 0
    for number, voucher, date, text_digest, own, recorded in stream(context.connection, query):
        expected += 1
        if number != expected:
            yield f"entries have a gap: number {expected} is missing before {voucher}"
            expected = number
        if own != chain(previous, recorded, text_digest):
            yield f"entry {voucher}: the hash chain is broken here; it, its document or an entry before it is not what it was"
        previous = own
        word, _, counted = voucher.rpartition("-")
        if not word.endswith(date[:7]) or int(counted) != numbers.get(word, 0) + 1:
            yield f"voucher numbers have a gap before {voucher}"
        numbers[word] = int(counted)
        if expected % STEP == 0:
            progress("chain", expected, None)
    head = context.connection.exec_driver_sql("SELECT entry, hash FROM head WHERE id = 1").one()
    if (head.entry, head.hash) != (expected, previous):
        yield "the head does not point to the last entry of the chain"
