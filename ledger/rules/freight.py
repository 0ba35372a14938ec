"""A freight bill: inbound charges become cost of the goods, outbound ones cost of the orders; what is unknown waits."""

from __future__ import annotations

from ledger.documents.purchasing import FreightBill, FreightLine
from ledger.money import allocate
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_targets import SHARE_TYPES, TYPES, Named
from ledger.rules.freight_waiting import park
from ledger.rules.taxes import line_taxes
from ledger.work import Work


def post_freight_bill(work: Work, document: FreightBill) -> None:
    """Credit the carrier once, debit input tax, and bring each line to what it is for (IAS 2.10-11; design 3.5 and 4).

    >>> # bill 19.50 after an accrual of 18.00: the accrual is released, 1.50 more on the order (worked example, 2026-02-10)
    """
    draft = work.draft(document.carrier, f"Freight bill {document.number}", carrier=document.carrier)
    taxes = line_taxes(document.lines, [line.amount for line in document.lines])
    for i, line in enumerate(document.lines):
        charge = Charge(work, draft, line.direction, line.charge, line.basis, f"/lines/{i}")
        _post_line(charge, line, i, document.carrier)
    draft.add("vat_input", sum(taxes))
    gross = sum(line.amount for line in document.lines) + sum(taxes)
    draft.add("payable:carrier", -gross, party=document.carrier)


def _post_line(charge: Charge, line: FreightLine, index: int, carrier: str) -> None:
    for group, amount in parts_of(line):
        if not charge.bring(group, amount):
            park(charge, group, amount, index, carrier)


def parts_of(line: FreightLine) -> list[tuple[list[Named], int]]:
    """Return the amounts of a line with the names that each is for: one by one where no measure has to be known, else all together."""
    names = names_of(line)
    if line.shares:
        return [([name], name.amount or 0) for name in names]
    if line.basis == "equal" and line.direction != "inbound":
        return [([name], share) for name, share in zip(names, allocate(line.amount, [1] * len(names)), strict=True)]
    return [(names, line.amount)]


def names_of(line: FreightLine) -> list[Named]:
    """Return what a freight line names."""
    if line.shares:
        return [Named(SHARE_TYPES[line.direction], reference, share) for reference, share in line.shares]
    given = next(name for name in TYPES if getattr(line, name))
    return [Named(TYPES[given], reference) for reference in getattr(line, given)]
