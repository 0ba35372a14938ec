"""A charge billed twice: what a carrier has charged for one parcel, or under one bill's number, is not charged again unmeant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.documents.purchasing import FreightBill, FreightLine
from ledger.errors import Conflict, FieldError, InvalidDocument
from ledger.money import exponent, format_scaled
from ledger.rules.freight_targets import SHARE_TYPES, TYPES, Named
from ledger.state.records import Billed, DocumentRow, Shipment, Waiting
from ledger.work import Work


class Charged(NamedTuple):
    """What makes two charges for a parcel the same: the amount is net, in minor units of `currency` (None: the books')."""

    carrier: str
    direction: str
    charge: str
    amount: int
    currency: str | None = None


Target = tuple[str, str]
"""("shipment", its number in the store) where it is known, else ("name", what the bill calls it)."""


def refuse_repeats(work: Work, document: FreightBill) -> None:
    """Refuse a bill or a charge that came before, and remember what this bill charges for single parcels (design 4).

    A charge is known by carrier, parcel, direction, charge, net amount and currency; within one bill equal lines are legal, and
    versions that a correction has replaced do not count. Credits are never refused.

    Source: Conceptual Framework 4.26: one past event makes one obligation.

    Example: 20.00 once more for the same parcel, a second delivery, because the line says `again`; the rebate of 2.00 need not.
        given a-first-shipment
        freight_bill F-1 carrier=Carrier | 20.00 outbound shipments=S-1
        freight_bill F-2 carrier=Carrier | 20.00 outbound shipments=S-1 again=true | -2.00 outbound shipments=S-1
        Dr freight_out 18.00 order=SO-1
        Cr payable:carrier 18.00 party=Carrier
    """
    _refuse_same_bill(work, document)
    faults = [fault for i, line in enumerate(document.lines) for fault in _repeats(work, document, i, line)]
    if faults:
        raise InvalidDocument("the same charge was billed before", tuple(faults))


def note_arrived(work: Work, waiting: Waiting, named: Named) -> None:
    """Remember a charge that had waited under its shipment too: a later bill may call the parcel by its other name."""
    for one in work.state[Billed].where("target", ("name", named.reference)):
        if (one.document_seq, one.line) == (waiting.document_seq, waiting.line):
            for target in _targets(work, named, "/number"):
                _note(work, target, one.document_seq, one.line, _charged(one))


def _refuse_same_bill(work: Work, document: FreightBill) -> None:
    for row in work.state[DocumentRow].where("number", (document.kind, document.number)):
        if row.source == document.source or row.superseded or json.loads(row.body)["carrier"] != document.carrier:
            continue
        known = f"is a bill of {document.carrier} that is in the books as {row.name}"
        way = "correct that one (corrects: true and a reason), or give this one a number of its own"
        raise Conflict("the same bill was posted before", (FieldError("/number", f"{known}; {way}"),))


def _repeats(work: Work, document: FreightBill, index: int, line: FreightLine) -> Iterator[FieldError]:
    """Note the charges of a line for single parcels; yield those that another bill has charged."""
    pointer = f"/lines/{index}"
    for named, amount in _parcels(line):
        charged = Charged(document.carrier, line.direction, line.charge, amount, document.currency)
        targets = _targets(work, named, pointer)
        before = None if line.again else _before(work, targets, charged)
        if before is not None:
            yield FieldError(pointer, _told(work, before, named))
        for target in targets:
            _note(work, target, work.seq, index, charged)


def _parcels(line: FreightLine) -> list[tuple[Named, int]]:
    """Return what a line charges for one parcel each: nothing where it shares an amount over several, and no credits."""
    if line.direction == "inbound":
        return []
    if line.shares:
        return [(Named(SHARE_TYPES[line.direction], name), amount) for name, amount in line.shares if amount > 0]
    given = "shipments" if line.shipments else "tracking"
    names: tuple[str, ...] = getattr(line, given)
    return [(Named(TYPES[given], names[0]), line.amount)] if len(names) == 1 and line.amount > 0 else []


def _targets(work: Work, named: Named, pointer: str) -> list[Target]:
    """Return the parcels that a name stands for: a tracking number and the number of its shipment are one. An order is none."""
    if "shipment" in named.types and work.candidates("shipment", named.reference):
        return [("shipment", str(work.find("shipment", named.reference, pointer).origin))]
    if "order" in named.types and work.candidates("order", named.reference):
        return []
    if "tracking" in named.types and (shipments := work.state[Shipment].where("tracking", named.reference)):
        return [("shipment", str(shipment.id)) for shipment in shipments]
    return [("name", named.reference)]


def _before(work: Work, targets: Sequence[Target], charged: Charged) -> Billed | None:
    rows = (row for target in targets for row in work.state[Billed].where("target", target))
    same = (row for row in rows if row.document_seq != work.seq and _charged(row) == charged)
    return next((row for row in same if not work.state[DocumentRow].require(row.document_seq).superseded), None)


def _charged(one: Billed) -> Charged:
    return Charged(one.carrier, one.direction, one.charge, one.amount, one.currency)


def _note(work: Work, target: Target, document_seq: int, line: int, charged: Charged) -> None:
    kind, reference = target
    billed = Billed(
        id=work.state.next_id(),
        type=kind,
        reference=reference,
        document_seq=document_seq,
        line=line,
        carrier=charged.carrier,
        direction=charged.direction,
        charge=charged.charge,
        amount=charged.amount,
        currency=charged.currency,
    )
    work.state[Billed].add(billed)


def _told(work: Work, before: Billed, named: Named) -> str:
    row = work.state[DocumentRow].require(before.document_seq)
    money = format_scaled(before.amount, exponent(before.currency or work.chart.currency))
    amount = f"{money} {before.currency}" if before.currency is not None else money
    what = f"{amount} of {before.direction} {before.charge} for {named.reference!r}"
    known = f"{before.carrier} has billed {what} in line {before.line + 1} of {row.name}"
    return f"{known}; leave it out, or say again: true where the carrier charges the same once more"
