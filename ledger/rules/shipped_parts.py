"""What an order line's units are in stock: themselves, or the parts of a kit; and the lots that a shipment names for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.costing.choosing import Wanted
from ledger.costing.methods import POOLED, method_of
from ledger.documents.sales import ShipmentLine
from ledger.money import MICRO, format_quantity
from ledger.state.records import OrderLine, OrderLinePart
from ledger.work import Work, fault


def parts_of(work: Work, line: OrderLine, quantity: int, pointer: str) -> list[tuple[str, int]]:
    """Return (SKU, quantity) of what leaves or comes back with `quantity` units of an order line: none where it is not of stock.

    A kit's parts are those of the version in force when the order was recorded: 3 kits of 2 cups and 0.05 kg of tea are 6 cups and
    0.15 kg.
    """
    if not line.stocked:
        return []
    if not line.kit:
        return [(line.sku, quantity)]
    parts = [part for part in work.state[OrderLinePart].where("order", line.order_id) if part.line == line.line and part.quantity]
    return [(part.part, part_quantity(line.sku, quantity, part.part, part.quantity, pointer)) for part in parts]


def part_quantity(kit: str, quantity: int, part: str, per_kit: int, pointer: str) -> int:
    """Return how much of a part `quantity` kits are; refused where that is finer than a millionth."""
    whole, rest = divmod(quantity * per_kit, MICRO)
    if rest:
        each = format_quantity(per_kit)
        raise fault(pointer, f"{format_quantity(quantity)} of {kit!r} is no quantity of {part!r} in whole millionths ({each} in one kit)")
    return whole


@dataclass(slots=True)
class NamedLots:
    """The lots that a shipment's lines name, used up from the first line on: (SKU of the line, SKU in stock) -> units."""

    lines: Sequence[ShipmentLine]
    _queues: dict[tuple[str, str], list[Wanted]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for i, line in enumerate(self.lines):
            if line.parts:
                for j, part in enumerate(line.parts):
                    self._queues[line.sku, part.sku].append(Wanted(part.quantity, part.lot, f"/lines/{i}/parts/{j}"))
            else:
                self._queues[line.sku, line.sku].append(Wanted(line.quantity, line.lot, f"/lines/{i}"))

    def take(self, work: Work, line: OrderLine, sku: str, quantity: int) -> list[Wanted]:
        """Return from which lots `quantity` units of `sku` come for an order line; what is not named comes from any."""
        self._refuse_lot_of_kit(line)
        taken = self.said(line, sku, quantity)
        _refuse_pooled(work, sku, taken)
        return taken

    def said(self, line: OrderLine, sku: str, quantity: int) -> list[Wanted]:
        """Return the same of a shipment that is posted already, whatever the method is by now."""
        taken, left = [], quantity
        queue = self._queues.get((line.sku, sku), [])
        while queue and left:
            first = queue.pop(0)
            part = min(left, first.quantity)
            left -= part
            taken.append(Wanted(part, first.lot, first.pointer))
            if first.quantity > part:
                queue.insert(0, Wanted(first.quantity - part, first.lot, first.pointer))
        if left:
            taken.append(Wanted(left, None, self._line_of(line)))
        return taken

    def refuse_left_over(self) -> None:
        """Refuse a lot that nothing was taken for: of a line without stock, or of more parts than a kit has."""
        for (_, sku), queue in self._queues.items():
            named = [one for one in queue if one.lot is not None]
            if named:
                raise fault(f"{named[0].pointer}/lot", f"no such units of {sku!r} leave stock with this line")

    def _refuse_lot_of_kit(self, line: OrderLine) -> None:
        named = [one for one in self._queues.get((line.sku, line.sku), ()) if one.lot is not None]
        if named and line.kit:
            raise fault(f"{named[0].pointer}/lot", f"{line.sku!r} is a kit: name the lots of its parts in `parts`")

    def _line_of(self, line: OrderLine) -> str:
        pointers = (f"/lines/{i}/parts" if line.kit else f"/lines/{i}" for i, one in enumerate(self.lines) if one.sku == line.sku)
        return next(pointers, "/lines")


def _refuse_pooled(work: Work, sku: str, taken: Sequence[Wanted]) -> None:
    """Under average all units cost the same: a named lot would promise what the books do not do."""
    named = [one for one in taken if one.lot is not None]
    if named and method_of(work, sku) in POOLED:
        raise fault(f"{named[0].pointer}/lot", f"{sku!r} is costed at average, one price for all units; leave the lot out")
