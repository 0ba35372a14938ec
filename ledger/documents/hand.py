"""The `entry` document: a balanced entry as an accountant writes it, through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger import limits
from ledger.documents.base import Document, Faults
from ledger.documents.fields import Amount, Decimals, Member, Members, Text, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryUnits:
    """What a posting stands in beside the books' currency, with the sign of its amount."""

    amount: int = required(Decimals(sign="any"))
    currency: str = required(Text(max=3, pattern="[A-Z]{3}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPosting:
    """One posting: debit positive, credit negative; `party` is the supplier or carrier whose balance it moves.

    `units` says, in an entry in the books' currency, that the amount is what so much of another one comes to.
    """

    account: str = required(Text())
    amount: int = required(Amount(sign="any"))
    currency: str | None = optional(Text(max=3, pattern="[A-Z]{3}"))
    order: str | None = optional(Text(max=241))
    sku: str | None = optional(Text())
    party: str | None = optional(Text())
    units: EntryUnits | None = optional(Member(of=EntryUnits))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandEntry(Document):
    """Postings that sum to zero. Stock accounts are refused: stock moves by documents of its own.

    In another currency than the books', postings can name that one (as those without `currency` do) or the books' own; the sum is zero
    in the books' currency then. In the books' currency, postings can say by `units` which other one they stand in, each at its own rate.
    """

    kind: ClassVar[str] = "entry"

    postings: tuple[EntryPosting, ...] = required(Members(of=EntryPosting))
    narration: str | None = optional(Text(max=limits.TEXT_MAX))
    payee: str | None = optional(Text())

    def faults(self) -> Faults:
        """Find what is wrong between fields."""
        total = sum(posting.amount for posting in self.postings)
        if total and len({posting.currency or self.currency for posting in self.postings}) == 1:
            yield "postings", "must sum to zero: debits are positive, credits negative"
