"""A posted entry: numbered, chained, and never changed again."""

from __future__ import annotations

import hashlib

from ledger.journal.draft import Posting
from ledger.state.records import Order
from ledger.values import value


@value
class Entry:
    """One entry of the journal. `text` is its canonical text in the books; digests and hashes are SHA-256 in hex.

    `reverses` is the number of the document whose effect it takes back, None for all that is posted for the first time.
    A `closing` voucher (结转) stands in a file of its own, and its postings in a table of their own: no report counts them.
    """

    id: int
    seq: int
    date: str
    voucher: str
    payee: str
    narration: str
    document: str
    order: Order | None
    postings: tuple[Posting, ...]
    text_digest: str
    hash: str
    text: str
    reverses: int | None = None
    closing: bool = False

    @property
    def month(self) -> str:
        """Return the accounting month, `YYYY-MM`."""
        return self.date[:7]


def digest_text(text: str) -> str:
    """Return the digest of an entry's canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def chain(previous_hash: str, document_digest: str, text_digest: str) -> str:
    """Return the hash that ties an entry to all before it: SHA-256 over the previous hash, the document's and the text's digest."""
    return hashlib.sha256(f"{previous_hash}{document_digest}{text_digest}".encode()).hexdigest()
