"""Adopt hand-written entries: each becomes an `entry` document, numbered and chained like any other, and leaves its file.

Order of steps: post, then rewrite the file in one step, if it still is what was read. A kill in between leaves an entry in both
places: it counts once (`ledger.reports.counting`), and adopting again only takes its text out.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adoption_plan import Adopted, Adoption, Refused, Wanted, lines_to_take, plan, reason_of
from ledger.books import hand_text
from ledger.books.people import NotCounting
from ledger.errors import Conflict, FieldError, InvalidDocument, LedgerError
from ledger.limits import IMPORT_BATCH
from ledger.service import Ledger


def adopt_all(ledger: Ledger, *, dry_run: bool = False) -> Adoption:
    """Adopt every hand-written entry; each stands alone, refused ones are told and stay, and so do those that do not count."""
    not_counting = ledger.people().refused
    adoption = _adopt(ledger, lambda _: True, dry_run=dry_run)
    adoption.refused += _told(not_counting)
    return adoption


def adopt_at(ledger: Ledger, places: Sequence[str], *, dry_run: bool = False) -> Adoption:
    """Adopt the entries that begin at `places` (`manual.beancount:12`); a place without an entry that counts is told as refused.

    All places are of the files as they are before.
    """
    problems = {place: _problems_at(ledger, place) for place in places}
    adoption = _adopt(ledger, lambda entry: entry.place in places, dry_run=dry_run)
    found = {one.entry.place for one in adoption.adopted} | {one.place for one in adoption.refused}
    for place in (place for place in problems if place not in found):
        why = "; ".join(["no hand-written entry that counts begins here", *problems[place]])
        adoption.refused.append(Refused(place, "not-found", why))
    return adoption


def adopt_months(ledger: Ledger, closed: str, period: str) -> Adoption:
    """Adopt the entries of the months after `closed` up to `period`, all or none; InvalidDocument names each that cannot be.

    What does not count is named, too: the month would be closed without it.
    """
    adoption, contents = plan(ledger, lambda entry: closed < entry.date[:7] <= period)
    adoption.refused += _told(not_counting_in(ledger, closed, period))
    _raise_refused(adoption)
    carry_out(ledger, adoption, contents)
    _raise_refused(adoption)
    if adoption.left:
        raise Conflict(f"{', '.join(adoption.left)} changed meanwhile: its entries are adopted and still stand there; try again")
    return adoption


def _adopt(ledger: Ledger, wanted: Wanted, *, dry_run: bool) -> Adoption:
    adoption, contents = plan(ledger, wanted)
    if not dry_run:
        carry_out(ledger, adoption, contents)
    return adoption


def carry_out(ledger: Ledger, adoption: Adoption, contents: dict[str, bytes]) -> None:
    """Post what was planned, then take the text of what is in the journal out of its files."""
    new = [one for one in adoption.adopted if one.document is not None]
    for start in range(0, len(new), IMPORT_BATCH):
        _post(ledger, adoption, new[start : start + IMPORT_BATCH])
    for name, content in contents.items():
        rest = hand_text.without(content, lines_to_take(adoption, name))
        if rest is None or (rest != content and not hand_text.rewrite(ledger.books / name, content, rest)):
            adoption.left.append(name)


def _problems_at(ledger: Ledger, place: str) -> list[str]:
    """Return why the entry that begins at `place` does not count; nothing where none begins there."""
    name, _, line = place.rpartition(":")
    path, first = ledger.books / name, int(line)
    length = len(hand_text.text_of(path.read_bytes(), first)) if path.is_file() and first else 0
    lines = {f"{path.name}:{number}" for number in range(first, first + length)}
    return [f"{one.place}: {one.why}" for one in ledger.people().refused if one.place in lines]


def not_counting_in(ledger: Ledger, closed: str, period: str) -> list[NotCounting]:
    """Return what does not count of the months after `closed` up to `period`; what has no day may be of any month."""
    return [one for one in ledger.people().refused if one.date is None or closed < one.date[:7] <= period]


def _raise_refused(adoption: Adoption) -> None:
    if adoption.refused:
        faults = tuple(FieldError(f"/{one.place}", one.detail) for one in adoption.refused)
        raise InvalidDocument("hand-written entries cannot be adopted, so nothing was closed  手工分录无法入账，未结账", faults)


def _told(not_counting: Sequence[NotCounting]) -> list[Refused]:
    return [Refused(one.place, "invalid", one.why) for one in not_counting]


def _post(ledger: Ledger, adoption: Adoption, new: Sequence[Adopted]) -> None:
    for one, outcome in zip(new, ledger.post_each([one.document for one in new if one.document is not None]), strict=True):
        if isinstance(outcome, LedgerError):
            adoption.refused.append(Refused(one.entry.place, outcome.code, reason_of(outcome)))
            adoption.adopted.remove(one)
        else:
            one.voucher = ", ".join(entry["voucher"] for entry in outcome.entries)
