"""Which units of a corrected shipment move: by the lots that the shipment named before and names now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.costing.choosing import Wanted, answers_to
from ledger.costing.give_back import Returned, give_back
from ledger.costing.issue import SHIPPED, SOLD, issue
from ledger.costing.methods import POOLED, method_of
from ledger.documents.sales import Shipment as Sent
from ledger.journal.draft import Draft
from ledger.money import format_quantity
from ledger.rules.shipped_parts import NamedLots, parts_of
from ledger.state.records import Consumption, Lot, Order, OrderLine, Shipment
from ledger.work import Work, fault


@dataclass(frozen=True, slots=True)
class Restated:
    """A shipment whose units move: what it named (`was`), what it names (`now`), where units come back in and where they go out."""

    work: Work
    order: Order
    shipment: Shipment
    was: NamedLots
    now: NamedLots
    back: Draft
    out: Draft

    def move(self, line: OrderLine, before: int, quantity: int) -> list[str]:
        """Give back and issue the difference of an order line's units, lot by lot where lots are named; return the SKUs in stock."""
        parts = dict(parts_of(self.work, line, before, "/lines"))
        now = dict(parts_of(self.work, line, quantity, "/lines"))
        for sku, units in now.items():
            was = self.was.said(line, sku, parts[sku])
            wanted = self.now.said(line, sku, units) if units == parts[sku] else self.now.take(self.work, line, sku, units)
            if method_of(self.work, sku) in POOLED:
                was, wanted = [Wanted(parts[sku], None, "/lines")], [Wanted(units, None, "/lines")]
            self._move(line, sku, was, wanted)
        return list(now)

    def _move(self, line: OrderLine, sku: str, was: Sequence[Wanted], now: Sequence[Wanted]) -> None:
        kept = _by_lot(was)
        more = []
        for one in now:
            part = min(one.quantity, kept.get(one.lot, 0))
            if part:
                kept[one.lot] -= part
            if one.quantity > part:
                more.append(Wanted(one.quantity - part, one.lot, one.pointer))
        for lot, less in kept.items():
            if less:
                self._give_back(line, sku, lot, less)
        if more:
            self._issue(line, sku, more)

    def _give_back(self, line: OrderLine, sku: str, lot: str | None, less: int) -> None:
        held = SHIPPED if self.shipment.awaits_delivery else SOLD
        lots = self._lots_held(line, sku, held, lot, less) if lot is not None else None
        units = Returned(self.order, self.shipment.id, line.line, sku, less, True, self.shipment.warehouse, held, lots)
        give_back(self.work, self.back, units)

    def _lots_held(self, line: OrderLine, sku: str, held: str, name: str, less: int) -> list[int]:
        """Return the lots that the order holds units of under a name; refused where it does not hold that many any more."""
        state = self.work.state
        place = (held, self.shipment.id, line.line, sku)
        units = [c for c in state[Consumption].where("order", self.order.id) if (c.held, c.shipment_id, c.line, c.sku) == place]
        units = [c for c in units if answers_to(self.work, state[Lot].require(c.lot_id), name)]
        there = sum(c.quantity for c in units)
        if there < less:
            still = format_quantity(there)
            raise fault("/corrects", f"the order holds only {still} of lot {name!r} of {sku!r} by this shipment; the rest is a return")
        return [c.lot_id for c in units]

    def _issue(self, line: OrderLine, sku: str, more: Sequence[Wanted]) -> None:
        issue(
            self.work,
            self.out,
            sku=sku,
            warehouse=self.shipment.warehouse,
            wanted=more,
            order=self.order,
            shipment_id=self.shipment.id,
            line=line,
        )


def restated(work: Work, order: Order, shipment: Shipment, old: Sent, new: Sent, back: Draft, out: Draft) -> Restated:
    """Prepare the moves of a shipment that said `old` and says `new`."""
    return Restated(work, order, shipment, NamedLots(old.lines), NamedLots(new.lines), back, out)


def _by_lot(wanted: Sequence[Wanted]) -> dict[str | None, int]:
    sums: dict[str | None, int] = {}
    for one in wanted:
        sums[one.lot] = sums.get(one.lot, 0) + one.quantity
    return sums
