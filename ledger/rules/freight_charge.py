"""One freight charge on its way to its targets: lots for inbound, orders for outbound and return."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.late import spread
from ledger.journal.draft import Draft
from ledger.rules.freight_targets import Load, Named, load, purchase_lots, share_over_loads, share_over_lots
from ledger.state.records import Order, Shipment
from ledger.work import Work


class Charge:
    """One charge on its way to its targets; used when the bill comes, and again when what it waited for becomes known.

    `bill` is the number of the bill's document, by default the one that is being posted; `expensed` says that it was expensed when billed.
    """

    def __init__(
        self,
        work: Work,
        draft: Draft,
        direction: str,
        charge: str,
        basis: str,
        pointer: str,
        *,
        bill: int | None = None,
        expensed: bool = False,
    ) -> None:
        self.bill = work.seq if bill is None else bill
        self.work = work
        self.draft = draft
        self.direction = direction
        self.charge = charge
        self.basis = basis
        self.pointer = pointer
        self.expensed = expensed

    def post_waiting(self, amount: int) -> None:
        """Debit where an amount waits for its target: inbound is an asset on its way, outbound an expense without order.

        What was expensed when it was billed waits as a memo only.
        """
        if not self.expensed:
            self.draft.add("goods_in_transit" if self.direction == "inbound" else "freight_unmatched", amount)

    def bring(self, names: Sequence[Named], amount: int) -> bool:
        """Post `amount` to what `names` stand for; False, and nothing posted, while one of them is unknown.

        Source: IAS 2.10-11 for inbound; IFRS 15.95 for outbound and return, a cost of the order.

        Example: 9.00 for the parcel that brought goods back is the order's freight too.
            given a-first-shipment
            return RET-1 on 2026-02-05 order=SO-1 | TEA-01 2
            freight_bill F-6 on 2026-02-08 carrier=Carrier | 9.00 return orders=SO-1
            Dr freight_out 9.00 order=SO-1
            Cr payable:carrier 9.00
        """
        if self.direction == "inbound":
            found = [purchase_lots(self.work, name, self.pointer) for name in names]
            lots = [lot for one in found if one is not None for lot in one]
            if any(one is None for one in found):
                return False
            shares = share_over_lots(lots, amount, self.basis, self.pointer) if amount else []
            for lot, share in zip(lots, shares, strict=False):
                spread(self.work, self.draft, lot, share, "memo" if self.expensed else "landed")
            return True
        loads = [load(self.work, name, self.pointer) for name in names]
        known = [one for one in loads if one is not None]
        if len(known) < len(names):
            return False
        shares = [amount] if len(known) == 1 else share_over_loads(self.work, known, amount, self.basis, self.pointer)
        for one, share in zip(known, shares, strict=True):
            self.to_order(one, share)
        return True

    def to_order(self, one: Load, amount: int) -> None:
        """Post an outbound charge: the shipment's first bill releases the whole accrual, the difference stays on the order.

        Source: IAS 37.14 by analogy for the accrual; IAS 8.36 for the difference, a change of estimate.

        Example: the first bill is lower than the accrual, the second one for the same shipment only adds; boxes are packaging.
            given a-first-shipment
            freight_bill F-1 on 2026-01-20 carrier=Carrier | 16.00 outbound shipments=S-1
            Dr accrued_freight 18.00 order=SO-1 reference=S-1
            Cr freight_out 2.00 order=SO-1
            Cr payable:carrier 16.00
            freight_bill F-2 on 2026-01-25 carrier=Carrier | 3.00 outbound shipments=S-1 | 1.20 outbound charge=packaging orders=SO-1
            Dr freight_out 3.00 order=SO-1
            Dr packaging 1.20 order=SO-1
            Cr payable:carrier 4.20
        """
        released = 0
        if self.direction == "outbound" and self.charge == "freight":
            for shipment in one.shipments:
                if not shipment.billed:
                    self.work.state[Shipment].edit(shipment).billed = self.bill
                    shipment.released = shipment.accrued
                    released += shipment.accrued
                    self.draft.add("accrued_freight", shipment.accrued, order=one.order, reference=shipment.number)
                    shipment.accrued = 0
            if released:
                self.work.state[Order].edit(one.order).accrued -= released
        role = "packaging" if self.charge == "packaging" else "freight_out"
        self.draft.add(role, amount - released, order=one.order)
