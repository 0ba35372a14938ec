"""What units cost that were shipped before the opening: held by their order without an entry, so that returned ones come back at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.costing.issue import Holder, hold
from ledger.costing.lots import Cost, last_known_cost, unit_price_of
from ledger.documents.open_orders import OpenOrder
from ledger.money import allocate, part_of
from ledger.rules.carrying import stated_cost
from ledger.rules.shipped_parts import parts_of
from ledger.state.records import Consumption, Lot, Order, OrderLine, ShipmentLine
from ledger.work import Work


def hold_shipped(work: Work, order: Order, lines: Sequence[OrderLine], given: OpenOrder, shipment_id: int | None, date: str) -> None:
    """Let the order hold what the customer has, at its stated cost, or at none until it comes back. Posts nothing.

    Source: IFRS 15.B21.

    Example: 25 shipped pieces had cost 250.00 in the old books; 2 come back into stock at that cost.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_orders":
        | [{"number": "SO-1", "customer": "Customer", "paid": "500.00", "lines": [{"sku": "TEA-01", "quantity": "25",
        | "unit_price": "20.00", "shipped": "25", "shipped_cost": "250.00"}]}]}
        return R-1 on 2026-07-02 order=SO-1 | TEA-01 2
        on 2026-07-02
        Dr returns 40.00
        Cr refund_liability 40.00
        Cr cogs 20.00
        Dr inventory:TEA-01 20.00
    """
    if shipment_id is None:
        return
    for line, cost in zip(lines, _costs(lines, given), strict=True):
        with_customer = line.shipped - line.returned
        if line.stocked and with_customer:
            for sku, units, share in _parts(work, line, with_customer, part_of(cost, with_customer, line.shipped)):
                _hold(work, order, line, _Gone(shipment_id, date, sku, units, share))
        elif line.cost is not None and line.shipped:
            line.returned_cost = part_of(line.cost_done, line.returned, line.shipped)
            order.cost_before += stated_cost(work, order, line.cost_done - line.returned_cost)


def _costs(lines: Sequence[OrderLine], given: OpenOrder) -> list[int]:
    """Return each line's cost of all shipped units: as stated, else its share of the order's by revenue, by units where there is none."""
    costs = [one.shipped_cost or 0 for one in given.lines]
    open_lines = [line for line, cost in zip(lines, costs, strict=True) if line.stocked and line.shipped and not cost]
    if given.cost is not None and open_lines:
        revenue = [max(line.net_done, 0) for line in open_lines]
        weights = revenue if any(revenue) else [line.shipped for line in open_lines]
        for line, share in zip(open_lines, allocate(given.cost, weights), strict=True):
            costs[line.line] = share
    return costs


def _parts(work: Work, line: OrderLine, quantity: int, cost: int) -> list[tuple[str, int, int]]:
    """Return (SKU in stock, units, cost): a kit's cost goes to its parts by their last known cost, by units where one is unknown."""
    parts = parts_of(work, line, quantity, f"/open_orders/lines/{line.line}/shipped")
    known = [last_known_cost(work, sku, units) for sku, units in parts]
    shares = allocate(cost, known if all(known) else [units for _, units in parts])
    return [(sku, units, share) for (sku, units), share in zip(parts, shares, strict=True)]


@dataclass(frozen=True, slots=True)
class _Gone:
    """Units of a SKU that an order has had since before these books began, by a shipment, and what they cost, minor units."""

    shipment_id: int
    date: str
    sku: str
    quantity: int
    cost: int


def _hold(work: Work, order: Order, line: OrderLine, gone: _Gone) -> None:
    """Record a lot that is gone altogether and the order that has it."""
    work.sku(gone.sku)
    lot_id = work.state.next_id()
    lot = Lot(
        id=lot_id,
        root_id=lot_id,
        document_seq=gone.shipment_id,
        line=line.line,
        sku=gone.sku,
        warehouse="",
        date=gone.date,
        label=order.label,
        supplier=None,
        unit_price=unit_price_of(gone.cost, gone.quantity, None, work.base_digits),
        received=gone.quantity,
        bought_for=gone.cost,
        tax=0,
        weight=None,
        volume=None,
        quantity=0,
        goods=0,
        landed=0,
        variance=0,
    )
    holder = Holder(order.id, gone.shipment_id, line.line, "sold", line.kit_sku)
    hold(work, work.state[Lot].add(lot), Cost(gone.cost), holder, gone.quantity, None)
    order.cost_before += gone.cost


def learn_cost(work: Work, order: Order, part: ShipmentLine) -> None:
    """Value units that come back though their cost was never stated at the last known cost of their SKU (design 3.4).

    Where nothing is stated and lots at 10.00 were opened beside it, 2 come back at 20.00.
    """
    if part.shipment_id >= 0:
        return
    for held in work.state[Consumption].where("order", order.id):
        lot = work.state[Lot].require(held.lot_id)
        if (held.shipment_id, held.line) != (part.shipment_id, part.line) or lot.bought_for or not held.quantity:
            continue
        cost = last_known_cost(work, held.sku, held.quantity)
        work.state[Lot].edit(lot).bought_for = cost
        lot.unit_price = unit_price_of(cost, held.quantity, None, work.base_digits)
        work.state[Consumption].edit(held).goods += cost
        work.state[Order].edit(order).cost_before += cost
