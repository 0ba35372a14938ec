"""What a file's documents would post, as Beancount entries to look at: a dry run of the ledger, nothing is kept.

A preview is never an entry of the books. The service posts a document itself, so an entry saved by hand would count it twice:
each new one carries the metadata key `Preview`, whose capital letter Beancount refuses, and a saved one is dropped on loading with
an error at its line.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.position import Cost

from importers.bounds import PREVIEW_REFUSALS_MAX
from importers.found import Found
from importers.report import Refusal
from ledger.documents.base import Document
from ledger.errors import FieldError, LedgerError
from ledger.names import tag

PREVIEW = "Preview"
PREVIEW_TEXT = "not posted; orderledger import posts it"
DUPLICATE = "__duplicate__"
"""How beangulp and Fava mark entries that are in the books."""

Json = Mapping[str, Any]


class Receipt(Protocol):
    """The ledger's answer to one document."""

    @property
    def replay(self) -> bool:
        """Say whether it stood in the books before."""

    @property
    def entries(self) -> Sequence[Json]:
        """Return what it posts, or posted, as JSON."""


class DryLedger(Protocol):
    """What a preview needs of the ledger."""

    def post(self, documents: Sequence[Document], *, dry_run: bool) -> Sequence[Receipt]:
        """Post documents that stand or fall together; raise what refuses one of them."""


def dry_run(ledger: DryLedger, documents: Sequence[Found]) -> tuple[list[Any], list[Refusal]]:
    """Return the entries that the documents would post, or posted, and what the ledger would refuse.

    They are tried together, because a payment needs its order; one that is refused is left out and the rest is tried again.
    """
    left = list(documents)
    refused: list[Refusal] = []
    while left:
        try:
            receipts = ledger.post([found.document for found in left], dry_run=True)
        except LedgerError as error:
            if len(refused) >= PREVIEW_REFUSALS_MAX:
                raise
            i = _index(error, left)
            refused.append(left.pop(i).refusal(_own(error, i)))
            continue
        return [transaction(entry, new=not receipt.replay) for receipt in receipts for entry in receipt.entries], refused
    return [], refused


def document_link(document: str) -> str:
    """Return the link of a document's entries, for its name `source/kind/number`."""
    source, kind, number = document.split("/", 2)
    return f"{tag(source)}/{kind}/{tag(number)}"


def transaction(entry: Json, *, new: bool) -> Any:
    """Return an entry of the ledger as a Beancount transaction; what is numbered on posting is left out."""
    postings: Sequence[Json] = entry["postings"]
    orders = {posting.get("order") for posting in postings}
    sole = next(iter(orders)) if len(orders) == 1 else None
    meta = data.new_metadata("<orderledger>", 0, {"document": entry["document"], **({"order": sole} if sole else {})})
    meta.update({PREVIEW: PREVIEW_TEXT} if new else {DUPLICATE: True})
    return data.Transaction(
        meta=meta,
        date=datetime.date.fromisoformat(entry["date"]),
        flag="*",
        payee=entry["payee"] or None,
        narration=entry["narration"],
        tags=frozenset([f"order-{tag(sole)}"] if sole else []),
        links=frozenset([document_link(entry["document"])]),
        postings=[made for posting in postings for made in _postings(posting, own_order=sole is None)],
    )


def _postings(posting: Json, *, own_order: bool) -> list[Any]:
    names = ("order", "sku", "party") if own_order else ("sku", "party")
    account, lot, amount = posting["account"], posting.get("lot"), Decimal(posting["amount"])
    meta = {name: posting[name] for name in names if name in posting and not (lot and name == "sku")}
    made = []
    if lot and "quantity" in posting:
        quantity, price = Decimal(posting["quantity"]), Decimal(lot["unit_price"])
        cost = Cost(price, posting["currency"], datetime.date.fromisoformat(lot["date"]), lot["label"])
        made.append(data.Posting(account, Amount(quantity, account.rpartition(":")[2]), cost, None, None, dict(meta)))
        amount -= quantity * price
    # A stock account is lots at their unit price, and money for what the price does not cover.
    if amount or not made:
        made.append(data.Posting(account, Amount(amount, posting["currency"]), None, None, None, dict(meta)))
    return made


def _own(error: LedgerError, index: int) -> LedgerError:
    """Return the refusal of one document out of many in terms of that document alone."""
    prefix = f"/{index}"
    faults = tuple(FieldError(fault.pointer.removeprefix(prefix), fault.detail) for fault in error.errors)
    return type(error)(error.detail, faults, document=error.document)


def _index(error: LedgerError, documents: Sequence[Found]) -> int:
    """Find the document that was refused: by the index at the start of the pointers, else by its name."""
    for fault in error.errors:
        index = fault.pointer.split("/")[1:2]
        if index and index[0].isdecimal() and int(index[0]) < len(documents):
            return int(index[0])
    named = [i for i, found in enumerate(documents) if found.document.key == error.document]
    if not named and len(documents) > 1:
        raise error
    return named[0] if named else 0
