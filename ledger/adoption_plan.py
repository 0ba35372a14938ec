"""What adopting hand-written entries would come to: the document of each, or what speaks against it. Changes nothing.

Equal entries are told apart by a counter; the highest is adopted first, so that those that stay keep their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.books import hand_text
from ledger.books.people import People
from ledger.documents import read
from ledger.documents.base import Document
from ledger.documents.hand import HandEntry
from ledger.errors import Conflict, LedgerError
from ledger.journal.result import units_json
from ledger.limits import TEXT_MAX
from ledger.money import exponent, format_scaled
from ledger.reports.context import ManualEntry
from ledger.reports.counting import SOURCE, adopted_numbers
from ledger.reports.periods import closed_through
from ledger.service import Ledger

_TRIES_MAX = 10

Wanted = Callable[[ManualEntry], bool]
"""Chooses entries."""


@dataclass(slots=True)
class Adopted:
    """One entry: `document` is None where it is in the journal already and only its text is left to be taken out.

    `beyond` is what its document has no field for (its text stands in `memo` then); `voucher` is "" until it is posted.
    """

    entry: ManualEntry
    number: str
    document: Document | None = None
    beyond: tuple[str, ...] = ()
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that stays where it is: its place in the files (`manual.beancount:12`), a stable code, and why."""

    place: str
    code: str
    detail: str


@dataclass(slots=True)
class Adoption:
    """What adopting came to, or would come to; `left` are files that changed meanwhile, whose text is still to be taken out."""

    adopted: list[Adopted] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def plan(ledger: Ledger, wanted: Wanted) -> tuple[Adoption, dict[str, bytes]]:
    """Return what adopting would come to, tried on the journal without a trace, and the files as they were read."""
    people, contents = _read(ledger)
    chosen = [entry for entry in people.manual if wanted(entry)]
    adoption = Adoption()
    with ledger.database.reading() as connection:
        known = adopted_numbers(connection, [entry.number for entry in people.manual])
        closed = closed_through(connection)
    for entry, number in _numbers(people.manual, chosen, known):
        one = Adopted(entry, number)
        refused = _fill(ledger, one, contents[entry.file], closed) if number not in known else None
        if refused is None:
            adoption.adopted.append(one)
        else:
            adoption.refused.append(refused)
    for name, content in contents.items():
        _refuse_entangled(adoption, name, content)
    return adoption, contents


def _read(ledger: Ledger) -> tuple[People, dict[str, bytes]]:
    """Return people's files as parsed and as text, both of the same moment."""
    for _ in range(_TRIES_MAX):
        people = ledger.people()
        contents = {name: (ledger.books / name).read_bytes() for name in dict.fromkeys(entry.file for entry in people.manual)}
        if ledger.people() is people:
            return people, contents
    raise Conflict("the hand-written files are being changed; try again in a moment")


def _numbers(entries: Sequence[ManualEntry], chosen: Sequence[ManualEntry], known: set[str]) -> list[tuple[ManualEntry, str]]:
    """Give each chosen entry its number as a document; numbers that are known first, then the highest that are free."""
    equal: dict[str, list[str]] = {}
    for entry in reversed(entries):
        equal.setdefault(_base(entry), []).append(entry.number)
    left = {base: iter(sorted(numbers, key=lambda number: number not in known)) for base, numbers in equal.items()}
    return [(entry, next(left[_base(entry)])) for entry in chosen]


def _base(entry: ManualEntry) -> str:
    return entry.number.partition("/")[0]


def _fill(ledger: Ledger, one: Adopted, content: bytes, closed: str) -> Refused | None:
    """Make the entry's document, and try it; return what speaks against it."""
    entry = one.entry
    if entry.date[:7] <= closed:
        detail = f"{entry.date[:7]} is closed: reopen it, or date the entry in an open month"
        return Refused(entry.place, "closed", detail)
    lines = hand_text.text_of(content, entry.line)
    one.beyond = entry.beyond + (("comments",) if hand_text.has_comment(lines) else ())
    memo = " | ".join(" ".join(line.split()) for line in lines)[:TEXT_MAX] if one.beyond else None
    try:
        one.document = read(_body(entry, one.number, memo, exponent(ledger.currency)), ledger.currency)
        ledger.post([one.document], dry_run=True)
    except LedgerError as error:
        return Refused(entry.place, error.code, reason_of(error))
    return None


def _body(entry: ManualEntry, number: str, memo: str | None, digits: int) -> dict[str, Any]:
    postings = []
    for posting in entry.postings:
        named: dict[str, Any] = {"order": posting.order, "sku": posting.sku, "party": posting.party}
        if posting.currency is not None and posting.units is not None:
            named["units"] = units_json(posting.currency, posting.units)
        amount = format_scaled(posting.amount, digits)
        postings.append({"account": posting.account, "amount": amount, **{k: v for k, v in named.items() if v is not None}})
    body: dict[str, Any] = {"kind": HandEntry.kind, "source": SOURCE, "number": number, "date": entry.date, "postings": postings}
    extra = {"payee": entry.payee, "narration": entry.narration or entry.payee, "attributes": dict(entry.attributes), "memo": memo}
    return body | {name: value for name, value in extra.items() if value}


def reason_of(error: LedgerError) -> str:
    """Return why a document was refused, in one line."""
    return "; ".join(f"{fault.pointer}: {fault.detail}" for fault in error.errors) or error.detail


def _refuse_entangled(adoption: Adoption, name: str, content: bytes) -> None:
    """Refuse entries whose text cannot be taken out without changing anything else of the file."""
    of_file = [one for one in adoption.adopted if one.entry.file == name]
    if hand_text.without(content, lines_to_take(adoption, name)) is not None:
        return
    for one in of_file:
        if hand_text.without(content, [one.entry.line]) is None:
            detail = "its text cannot be told from what stands around it; let it be one block of lines"
            adoption.refused.append(Refused(one.entry.place, "entangled", detail))
            adoption.adopted.remove(one)


def lines_to_take(adoption: Adoption, name: str) -> set[int]:
    """Return the first lines of the entries that leave a file."""
    return {one.entry.line for one in adoption.adopted if one.entry.file == name}
