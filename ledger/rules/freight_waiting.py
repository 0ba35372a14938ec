"""Freight that was billed before its order, shipment or purchase was known: it moves there when that arrives, at zero total effect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ledger.errors import InvalidDocument
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_repeats import note_arrived
from ledger.rules.freight_targets import Named, load
from ledger.state.records import Order, Waiting, WaitingReference
from ledger.work import Work

FOUND = "Freight billed earlier finds its target"
"""The narration of an entry that brings waiting freight to its orders."""


def park(charge: Charge, names: Sequence[Named], amount: int, line: int, carrier: str) -> None:
    """Keep an amount waiting until all that it names is known; orders that are known stay *estimated* meanwhile (IAS 2.10; design 4).

    Example: freight for a purchase that is not in the books yet is on its way with the goods, and becomes their cost when they come.
        freight_bill F-9 on 2026-01-08 carrier=Carrier | 30.00 inbound purchases=PO-9 tax_rate=0.09
        Dr goods_in_transit 30.00
        Dr vat_input 2.70
        Cr payable:carrier 32.70 party=Carrier
        purchase PO-9 on 2026-01-15 supplier=Supplier | TEA-01 10 @ 10.00
        on 2026-01-15
        Dr inventory:TEA-01 100.00 quantity=10 lot=PO-9
        Cr payable:supplier 100.00 party=Supplier
        on 2026-01-15
        Dr inventory:TEA-01 30.00 lot=PO-9
        Cr goods_in_transit 30.00
    """
    work = charge.work
    waiting = Waiting(
        id=work.state.next_id(),
        document_seq=work.seq,
        line=line,
        carrier=carrier,
        direction=charge.direction,
        charge=charge.charge,
        basis=charge.basis,
        amount=amount,
        targets=targets_text(names),
        expensed=int(charge.expensed),
    )
    work.state[Waiting].add(waiting)
    for name in names:
        for kind in name.types:
            work.state[WaitingReference].add(WaitingReference(waiting.id, kind, name.reference, None))
    _note_known(work, waiting, names)
    charge.post_waiting(amount)


def targets_text(names: Sequence[Named]) -> str:
    """Write what a waiting amount is for, as its record keeps it."""
    return json.dumps([[list(name.types), name.reference] for name in names], ensure_ascii=False)


def arrived(work: Work, names: Iterable[tuple[str, str | None]]) -> None:
    """Match waiting freight against what the document brings: (type, name) pairs such as ("tracking", "SF123") (IFRS 15.95; design 4).

    Example: a parcel that nobody knows is billed; when its shipment is posted, the freight moves to the order at zero total effect.
        given a-tea-lot
        freight_bill F-3 on 2026-01-08 carrier=Carrier | 12.00 outbound tracking=SF100
        Dr freight_unmatched 12.00
        Cr payable:carrier 12.00 party=Carrier
        order SO-4 on 2026-01-09 customer=Customer | TEA-01 1 @ 20.00
        shipment S-4 order=SO-4 tracking=SF100
        on 2026-01-09
        Dr receivable 20.00 order=SO-4
        Cr sales 20.00 order=SO-4
        Cr inventory:TEA-01 10.00 quantity=-1 lot=PO-1
        Dr cogs 10.00 order=SO-4
        on 2026-01-09
        Dr freight_out 12.00 order=SO-4
        Cr freight_unmatched 12.00
    """
    found: dict[int, None] = {}
    for kind, name in names:
        if name is None:
            continue
        qualified = f"{work.document.source}/{name}"
        for reference in (name,) if kind == "tracking" else (name, qualified):
            for row in work.state[WaitingReference].where("reference", (kind, reference)):
                found[row.waiting_id] = None
    for waiting_id in sorted(found):
        waiting = work.state[Waiting].require(waiting_id)
        if waiting.waits:
            _match(work, waiting)


def _match(work: Work, waiting: Waiting) -> None:
    names = [Named(tuple(kinds), reference) for kinds, reference in json.loads(waiting.targets)]
    draft = work.draft(waiting.carrier, FOUND, carrier=waiting.carrier)
    draft.currency = None
    charge = Charge(
        work, draft, waiting.direction, waiting.charge, waiting.basis, "/number", bill=waiting.document_seq, expensed=bool(waiting.expensed)
    )
    if not _brought(charge, names, waiting.amount):
        _note_known(work, waiting, names)
        return
    charge.post_waiting(-waiting.amount)
    settle(work, waiting)
    if len(names) == 1:
        note_arrived(work, waiting, names[0])


def settle(work: Work, waiting: Waiting) -> None:
    """Let an amount wait no longer: the orders that it named have nothing unmatched of it."""
    work.state[Waiting].edit(waiting).waits = 0
    for row in work.state[WaitingReference].where("waiting", waiting.id):
        if row.order_id is not None:
            work.state[Order].edit(work.state[Order].require(row.order_id)).unmatched -= 1
            work.state[WaitingReference].edit(row).order_id = None


def _brought(charge: Charge, names: Sequence[Named], amount: int) -> bool:
    """Try to share the amount now; where its base is missing it goes on waiting (an alert says so): the arrival is not to blame."""
    try:
        return charge.bring(names, amount)
    except InvalidDocument:
        return False


def _note_known(work: Work, waiting: Waiting, names: Sequence[Named]) -> None:
    """Count the line as unmatched on every order that it names and that is known by now."""
    for name in names:
        one = load(work, name, "/number") if waiting.direction != "inbound" else None
        for kind in name.types if one is not None else ():
            row = work.state[WaitingReference].require((waiting.id, kind, name.reference))
            if one is not None and row.order_id is None:
                work.state[WaitingReference].edit(row).order_id = one.order.id
                work.state[Order].edit(one.order).unmatched += 1
