"""Which lots units come from: the one that the document names, else the oldest (IAS 2.23-25: identified goods cost what they carry)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.lots import on_hand
from ledger.costing.methods import SPECIFIC, method_of
from ledger.errors import InvalidDocument
from ledger.money import format_quantity
from ledger.state.opened import source_of
from ledger.state.records import Lot
from ledger.values import value
from ledger.work import Work, fault

LABELS_MAX = 5
"""Labels of lots that an error spells out."""


@value
class Wanted:
    """Units that a document takes: out of the lot that it names, or (None) out of whichever the method takes.

    `pointer` is the line that says so, where errors are put, or the list that lacks one.
    """

    quantity: int
    lot: str | None
    pointer: str


def choose(work: Work, sku: str, warehouse: str, wanted: Sequence[Wanted]) -> list[tuple[Lot, int]]:
    """Return the lots with the quantity that comes from each; what unnamed units no lot holds is left over for the caller.

    Lots dated after the document's day are not taken. A named lot that is unknown, ambiguous, too young or too small is refused, and
    under `specific` so is a line that names none.
    """
    return choose_among(work, sku, on_hand(work, sku, warehouse), wanted)


def choose_among(work: Work, sku: str, lots: Sequence[Lot], wanted: Sequence[Wanted]) -> list[tuple[Lot, int]]:
    """Choose like `choose` among some lots only, oldest first."""
    left = {lot.id: lot.quantity for lot in lots}
    picked: list[tuple[Lot, int]] = []
    for one in wanted:
        if one.lot is None and method_of(work, sku) == SPECIFIC:
            raise _unnamed(work, sku, lots, one)
        missing = one.quantity
        for lot in _named(work, sku, lots, one) if one.lot is not None else lots:
            part = min(missing, left[lot.id]) if lot.available <= work.date else 0
            if part > 0:
                picked.append((lot, part))
                left[lot.id] -= part
                missing -= part
        if missing and one.lot is not None:
            there = format_quantity(one.quantity - missing)
            raise fault(f"{one.pointer}/quantity", f"lot {one.lot!r} of {sku!r} has only {there} left on {work.date}")
    return picked


def sole_label(lots: Sequence[Lot]) -> str | None:
    """Return the label of the only lot among some, or None."""
    names = {(lot.root_id, lot.label) for lot in lots if lot.quantity > 0}
    return next(iter(names))[1] if len(names) == 1 else None


def answers_to(work: Work, lot: Lot, name: str) -> bool:
    """Tell whether a document may mean a lot by `name`: its label, or source/label."""
    return name == lot.label or name in _with_source(work, lot)


def _named(work: Work, sku: str, lots: Sequence[Lot], one: Wanted) -> list[Lot]:
    """Return the lot that a label, or source/label, means: parts of one lot that were moved apart and back are one again."""
    found = [lot for lot in lots if lot.label == one.lot] or [lot for lot in lots if one.lot in _with_source(work, lot)]
    if not found:
        raise fault(f"{one.pointer}/lot", f"no lot {one.lot!r} of {sku!r} is on hand here{_on_hand(work, lots)}")
    if len({(lot.root_id, lot.label, lot.date) for lot in found}) > 1:
        raise fault(f"{one.pointer}/lot", f"{one.lot!r} could be several lots of {sku!r}; write source/label")
    if found[0].available > work.date:
        raise fault(f"{one.pointer}/lot", f"lot {one.lot!r} of {sku!r} came on {found[0].available}, after {work.date}")
    return found


def _with_source(work: Work, lot: Lot) -> list[str]:
    """Return source/label by the document that the lot came in by, and by its receipt's (which a transfer keeps)."""
    seqs = (lot.document_seq, work.state[Lot].require(lot.root_id).document_seq)
    return [f"{source_of(work.state, seq)}/{lot.label}" for seq in seqs]


def _unnamed(work: Work, sku: str, lots: Sequence[Lot], one: Wanted) -> InvalidDocument:
    detail = f"{sku!r} is costed by specific identification: name the lot that the units come from on each line"
    whole_list = one.pointer.endswith(("/lines", "/parts"))
    return fault(one.pointer if whole_list else f"{one.pointer}/lot", detail + _on_hand(work, lots))


def _on_hand(work: Work, lots: Sequence[Lot]) -> str:
    labels = list(dict.fromkeys(lot.label for lot in lots if lot.available <= work.date))
    shown = ", ".join(repr(label) for label in labels[:LABELS_MAX])
    more = f" and {len(labels) - LABELS_MAX} more" if len(labels) > LABELS_MAX else ""
    return f"; on hand: {shown}{more}" if labels else "; none is on hand"
